import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const { projectOf, testFiles } = require('./projects.cjs') as {
  projectOf: (text: string, path: string) => string;
  testFiles: () => Record<string, string[]>;
};

/** What starts another process, or is one's only way to it. */
const OUTSIDE = ['node:child_process', 'esbuild', 'playwright-core', '../src/sandbox/dynamodb.ts'];

/** What a test file imports, from the places of `test` and by name; of ours also through other files of `test`. */
function reached(path: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(join(__dirname, path), 'utf8');
  for (const [, from = ''] of text.matchAll(/(?:from|import|import\(|require\() ?'([^']+)'/g)) {
    const found = from.startsWith('.') ? join(dirname(path), from.replace(/\.js$/, '.ts')) : from;
    if (seen.has(found)) continue;
    seen.add(found);
    if (from.startsWith('.') && !found.startsWith('..') && existsSync(join(__dirname, found)))
      reached(found, seen);
  }
  return seen;
}

test('a test file that says nothing is core; one whose first line names a project that there is not, is refused', () => {
  expect(projectOf("test('it', () => {});\n", 'a')).toBe('core');
  expect(projectOf('/** @project long */\n', 'a')).toBe('long');
  expect(() => projectOf('/** @project slow */\n', 'a.test.ts')).toThrow(
    'a.test.ts: there is no project "slow"; the first line names one of core, outside, long, aws',
  );
});

test('every test file is in exactly one project', () => {
  const all = Object.values(testFiles()).flat();
  expect(all.length).toBeGreaterThan(150);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain(relative(__dirname, __filename));
});

test('what is core needs no compiler, no Java, no Python, no browser and no other process', () => {
  const wrong = testFiles()['core']!.flatMap((file) =>
    [...reached(file)].filter((name) => OUTSIDE.includes(name)).map((name) => `${file} reaches ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('what is outside is seen to be, through the files that help it', () => {
  expect(reached('store/dynamodb.test.ts')).toContain('../src/sandbox/dynamodb.ts');
  expect(reached('grants/moto.test.ts')).toContain('node:child_process');
  expect(reached('browser/sandbox.test.ts')).toContain('playwright-core');
});

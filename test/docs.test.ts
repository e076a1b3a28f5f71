import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const REFERENCE = /`(test\/[\w./-]+\.ts)` › `([^`]+)`/g;
const references = [...text.matchAll(REFERENCE)].map(([, file, name]) => [file!, name!] as const);

/** Whether a test, or a table of tests, of exactly this name stands in a file. */
function hasTest(file: string, name: string): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  const written = name.replaceAll("'", String.raw`\'`);
  const quoted = [`'${name}'`, `'${written}'`, `"${name}"`, `\`${name}\``];
  const source = readFileSync(path, 'utf8');
  return quoted.some((literal) => source.includes(`${literal}, `) || source.includes(`${literal},\n`));
}

describe('the threat model', () => {
  test('names tests', () => {
    expect(references.length).toBeGreaterThan(40);
  });

  test.each(references)('%s has the test “%s”', (file, name) => {
    expect(hasTest(file, name)).toBe(true);
  });

  test('every row names its test', () => {
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (?:-+|wants|mistake) +\|/.test(line));
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !row.includes('` › `'))).toEqual([]);
  });

  test('every adversary says what is not covered', () => {
    const sections = text.split(/^### /m).slice(1);
    expect(sections.length).toBeGreaterThan(8);
    expect(sections.filter((section) => !section.includes('**Not covered.**'))).toEqual([]);
  });

  test('a name that no test has is found', () => {
    expect(hasTest('test/docs.test.ts', 'a name that no test has is found')).toBe(true);
    expect(hasTest('test/docs.test.ts', 'a name that no test has')).toBe(false);
    expect(hasTest('test/nowhere.test.ts', 'anything')).toBe(false);
  });
});

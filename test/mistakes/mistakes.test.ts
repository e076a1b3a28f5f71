import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Mistake {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  test: string;
  /** In full, as jest reports it. */
  testName: string;
  /** Part of what the test then says: it fails because of this mistake, and of no other. */
  says: string;
}

const ROOT = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const mistakes = JSON.parse(read('test/mistakes/mistakes.json')) as Mistake[];
const [, table = ''] = read('docs/security.md').split('## What others got wrong');
const rows = [...table.matchAll(/^\| (?!mistake|-)(.+?) +\| (.+?) +\|$/gm)];
const shownBy = new Map(rows.map(([, mistake, tests]) => [mistake!, tests!]));

/** Whether a test of this full name may come of a name as it is written, with places for values. */
function isNamed(fullName: string, written: string): boolean {
  const parts = written.split(/%[a-z]|\$\w+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`(?:^| )${parts.join('.+')}$`).test(fullName);
}

test.each(mistakes)('$name: can be put in', ({ file, find, replace }) => {
  expect(read(file).split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test.each(mistakes)('$name: docs/security.md names the test', ({ name, test, testName }) => {
  const named = [...(shownBy.get(name) ?? '').matchAll(/`([^`]+)` › `([^`]+)`/g)];
  expect(named.filter(([, file, written]) => file === test && isNamed(testName, written!))).toHaveLength(1);
});

test('every mistake that docs/security.md lists is made, here or by the simulation', () => {
  const made = new Set(mistakes.map(({ name }) => name));
  const bySimulation = '`test/simulation/simulation.test.ts` › `caught: $name`';
  expect(rows.length).toBeGreaterThan(15);
  expect(made.size).toBe(mistakes.length);
  const unmade = rows.filter(([, mistake, tests]) => !made.has(mistake!) && !tests!.includes(bySimulation));
  expect(unmade.map(([, mistake]) => mistake)).toEqual([]);
});

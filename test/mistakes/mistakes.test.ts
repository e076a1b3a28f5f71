import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MISTAKES, type Seam } from './mistakes.js';

const ROOT = resolve(__dirname, '../..');
const read = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '');
const [, table = ''] = read('docs/security.md').split('## What others got wrong');
const rows = [...table.matchAll(/^\| (?!mistake|-)(.+?) +\| (.+?) +\|$/gm)];
const shownBy = new Map(rows.map(([, mistake, tests]) => [mistake!, tests!]));

/** What the program has not, of what a seam takes the place of. */
function missing({ module, wrong }: Seam): string[] {
  if (!existsSync(join(ROOT, module))) return [`there is no ${module}`];
  const exported = (name: string) =>
    new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').test(read(module));
  return Object.keys(wrong)
    .filter((name) => !exported(name))
    .map((name) => `${module} exports no function ${name}`);
}

/** Whether a test of this full name may come of a name as it is written, with places for values. */
function isNamed(fullName: string, written: string): boolean {
  const parts = written.split(/%[a-z]|\$\w+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`(?:^| )${parts.join('.+')}$`).test(fullName);
}

test.each(MISTAKES)('$name: can be put in', ({ seam }) => {
  expect(Object.keys(seam.wrong).length).toBeGreaterThan(0);
  expect(missing(seam)).toEqual([]);
});

test('a module or a function that the program has not is named', () => {
  const wrong = { isYoung: () => undefined, isOld: () => undefined };
  expect(missing({ module: 'src/people/snapshot.ts', wrong })).toEqual([
    'src/people/snapshot.ts exports no function isOld',
  ]);
  expect(missing({ module: 'src/people/nowhere.ts', wrong })).toEqual(['there is no src/people/nowhere.ts']);
});

test.each(MISTAKES)('$name: docs/security.md names the test', ({ name, test, testName }) => {
  const named = [...(shownBy.get(name) ?? '').matchAll(/`([^`]+)` › `([^`]+)`/g)];
  const written = named.filter(([, file, text]) => file === test && isNamed(testName, text!));
  expect(written).toHaveLength(1);
  // That the file has it, test/docs.test.ts checks for all that the document names.
  expect(read(test)).toContain(written[0]![2]!.replaceAll("'", String.raw`\'`));
});

test('every mistake that docs/security.md lists is made, here or by the simulation', () => {
  const made = new Set(MISTAKES.map(({ name }) => name));
  const bySimulation = '`test/simulation/simulation.test.ts` › `caught: $name`';
  expect(rows.length).toBeGreaterThan(15);
  expect(made.size).toBe(MISTAKES.length);
  const unmade = rows.filter(([, mistake, tests]) => !made.has(mistake!) && !tests!.includes(bySimulation));
  expect(unmade.map(([, mistake]) => mistake)).toEqual([]);
});

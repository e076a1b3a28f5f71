import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCases, type CaseResult } from '../../src/policy/cases/run.js';
import type { Bundle } from '../../src/ports/policy.js';
import { FROM, loadedAt, POLICIES } from '../support/policy.js';

let bundle: Bundle;
let results: CaseResult[];
beforeAll(async () => {
  const loaded = await loadedAt(POLICIES);
  bundle = loaded.bundle;
  results = await runCases(POLICIES, loaded, { from: FROM });
});

test('the default bundle loads without a warning', () => {
  expect(bundle.warnings).toEqual([]);
});

test('every case of the default bundle passes', () => {
  expect(results.length).toBeGreaterThan(30);
  const failed = results
    .filter(({ passed }) => !passed)
    .map(({ file, line, name, expected, actual }) => ({ where: `${file}:${line}`, name, expected, actual }));
  expect(failed).toEqual([]);
});

test('every policy of the default bundle decides at least one case, and not every one of its kind', async () => {
  const ids: string[] = [];
  for (const file of (await readdir(POLICIES)).filter((name) => name.endsWith('.cedar'))) {
    const text = await readFile(join(POLICIES, file), 'utf8');
    ids.push(...[...text.matchAll(/^@id\("(.+)"\)/gm)].map((match) => match[1]!));
  }
  expect(ids.length).toBeGreaterThan(10);
  for (const id of ids) {
    const deciding = results.filter(({ policies }) => policies.includes(id));
    const files = new Set(deciding.map(({ file }) => file));
    const others = results.filter(({ policies, file }) => files.has(file) && !policies.includes(id));
    expect({ id, decides: deciding.length > 0, doesNot: others.length > 0 }).toEqual({
      id,
      decides: true,
      doesNot: true,
    });
  }
});

test('each policy follows a sentence that says what it means', async () => {
  for (const file of (await readdir(POLICIES)).filter((name) => name.endsWith('.cedar'))) {
    const text = await readFile(join(POLICIES, file), 'utf8');
    const policies = text.split(/;\n/).filter((piece) => piece.trim() !== '');
    for (const policy of policies) expect(policy).toMatch(/^\s*\/\/ [A-Z][^]*?\.\n@id\(/);
  }
});

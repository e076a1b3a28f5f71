import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { grantKinds } from '../../src/grants/kinds.js';
import { loadFolder, type LoadOptions } from '../../src/policy/load.js';
import { freeze, stillHolds, thaw, type Prepared } from '../../src/policy/prepared.js';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'jit-prepared-'));
  cpSync('policies', dir, { recursive: true });
  return dir;
}

async function loaded(dir: string, options: Partial<LoadOptions> = {}) {
  const found = await loadFolder(dir, { kinds: grantKinds, ...options });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}

async function prepare(dir: string): Promise<Prepared> {
  const { parts, bundle } = await loaded(dir);
  return thaw(freeze({ parts, warnings: bundle.warnings }));
}

test('what was prepared comes back whole, and is what reading finds', async () => {
  const { parts, bundle } = await loaded('policies');
  const prepared = await prepare('policies');
  expect(isDeepStrictEqual(prepared, thaw(freeze({ parts, warnings: bundle.warnings })))).toBe(true);
  expect(prepared.parts.policies.map(({ text }) => text)).toEqual(parts.policies.map(({ text }) => text));
  expect([...prepared.parts.entitlements.keys()]).toEqual([...parts.entitlements.keys()]);
});

test('of the same files it is taken, and decides the same', async () => {
  const prepared = await prepare('policies');
  const [read, taken] = [await loaded('policies'), await loaded('policies', { prepared: () => prepared })];
  expect(taken.parts).toBe(prepared.parts);
  expect(taken.bundle.warnings).toEqual(read.bundle.warnings);
  const who = { email: 'ana@corp.example', groups: ['engineers'] };
  for (const [entitlement, { durations }] of read.bundle.entitlements)
    for (const duration of durations) {
      const question = {
        who,
        entitlement,
        duration,
        at: Date.parse('2026-11-20T12:00:00Z'),
        ticket: 'OPS-1',
      };
      expect(taken.bundle.pdp.request(question)).toEqual(read.bundle.pdp.request(question));
    }
});

test('one sign more in any of its files, and they are read', async () => {
  const dir = folder();
  const prepared = await prepare(dir);
  for (const file of ['catalog.yml', 'directory.yml', 'sandbox.cedar', 'schema.cedarschema']) {
    const text = readFileSync(join(dir, file), 'utf8');
    writeFileSync(join(dir, file), `${text}\n`);
    expect((await loaded(dir, { prepared: () => prepared })).parts).not.toBe(prepared.parts);
    writeFileSync(join(dir, file), text);
  }
  expect((await loaded(dir, { prepared: () => prepared })).parts).toBe(prepared.parts);
});

test('a forbid that was added holds, whatever was prepared', async () => {
  const dir = folder();
  const prepared = await prepare(dir);
  writeFileSync(join(dir, 'never.cedar'), '@id("never")\nforbid (principal, action, resource);\n');
  const { bundle } = await loaded(dir, { prepared: () => prepared });
  expect(bundle.forbids).toContain('never');
});

test('a folder that says another account than the one jit runs in is read, and so refused', async () => {
  const { parts, warnings } = await prepare('policies');
  const directory = { ...parts.directory, account: '111122223333' };
  const prepared = { parts: { ...parts, directory }, warnings };
  const { hash } = parts;
  expect(stillHolds(prepared, { hash, ownAccount: '111122223333' })).toBe(true);
  expect(stillHolds(prepared, { hash })).toBe(true);
  expect(stillHolds(prepared, { hash, ownAccount: '444455556666' })).toBe(false);
});

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { grantKinds } from '../../src/grants/index.js';
import { folderSource } from '../../src/policy/source.js';
import { livePolicies, type LivePolicies, type PolicyStatus } from '../../src/policy/live.js';

const DEFAULT = resolve(__dirname, '../../policies');
let dir: string;
let told: PolicyStatus[];
let at = 1_000;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jit-policies-'));
  cpSync(DEFAULT, dir, { recursive: true });
  told = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

async function live(): Promise<LivePolicies> {
  const policies = await livePolicies(
    [folderSource(dir)],
    { kinds: grantKinds },
    { now: () => at, told: (status) => told.push(status) },
  );
  if ('problems' in policies) throw new Error(JSON.stringify(policies.problems));
  return policies;
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(dir, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('a policy folder that changes', () => {
  test('one that does not load is refused with every problem, and the last good one stays in force', async () => {
    const policies = await live();
    const { hash } = policies.bundle();
    edit('catalog.yml', (text) => text.replace('risk: low', 'risk: none'));
    expect(await policies.refresh()).toBe('refused');
    expect(policies.bundle().hash).toBe(hash);
    expect(policies.status()).toMatchObject({ hash, problems: [{ file: 'catalog.yml' }] });
    expect(told).toHaveLength(1);
  });

  test('one whose own cases fail is refused, naming the case', async () => {
    const policies = await live();
    const { hash } = policies.bundle();
    edit('staging.cedar', (text) => text.replace('@chain("manager")', '@chain("auto")'));
    expect(await policies.refresh()).toBe('refused');
    expect(policies.bundle().hash).toBe(hash);
    const [problem] = policies.status().problems;
    expect(problem).toMatchObject({ file: 'cases/staging.yml' });
    expect(problem?.message).toMatch(/^the case ".+" fails: expected .*manager.*, got .*auto/);
  });

  test('a case that cannot be read is a failed one', async () => {
    const policies = await live();
    edit('cases/sandbox.yml', () => 'neither: a list');
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems[0]).toMatchObject({ file: 'cases/sandbox.yml' });
  });

  test('a folder that is gone is refused, and taken again when it is back as it was', async () => {
    const policies = await live();
    const { hash } = policies.bundle();
    rmSync(dir, { recursive: true });
    expect(await policies.refresh()).toBe('refused');
    expect(policies.bundle().hash).toBe(hash);
    cpSync(DEFAULT, dir, { recursive: true });
    expect(await policies.refresh()).toBe('taken');
    expect(policies.status()).toMatchObject({ hash, problems: [] });
  });

  test('a good one is taken, with its time', async () => {
    const policies = await live();
    const before = policies.bundle();
    at = 2_000;
    edit('directory.yml', (text) => text.replace('warnBefore: 10m', 'warnBefore: 5m'));
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle().hash).not.toBe(before.hash);
    expect(policies.status()).toMatchObject({ hash: policies.bundle().hash, loadedAt: 2_000, problems: [] });
    expect(await policies.refresh()).toBe('unchanged');
    expect(told).toHaveLength(1);
  });

  test('changes are noticed without being asked for', async () => {
    const policies = await live();
    const seen = new Promise<void>((resolve) => {
      told.push = (status) => {
        resolve();
        return status.problems.length;
      };
    });
    const stop = policies.watch();
    edit('directory.yml', (text) => text.replace('warnBefore: 10m', 'warnBefore: 5m'));
    await seen;
    stop();
    expect(policies.status().problems).toEqual([]);
  });
});

test('a folder that does not load at first is said, whole', async () => {
  writeFileSync(join(dir, 'catalog.yml'), 'entitlements: 7');
  const policies = await livePolicies(
    [folderSource(dir)],
    { kinds: grantKinds },
    { now: () => at, told: () => undefined },
  );
  expect(policies).toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ file: 'catalog.yml' })]),
  });
});

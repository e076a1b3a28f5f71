import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { grantKinds } from '../../src/grants/index.js';
import { folderSource, type After } from '../../src/policy/live/source.js';
import { Unknowable } from '../../src/ports/policy.js';
import type { PolicyStatus } from '../../src/policy/live/begin.js';
import { livePolicies, type LivePolicies } from '../../src/policy/live/live.js';
import { PAYMENTS } from '../support/sub-folder.js';

const DEFAULT = resolve(__dirname, '../../policies');
let dir: string;
let told: PolicyStatus[];
let at = 1_000;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jit-policies-'));
  // The other cases are run in tests of their own.
  const filter = (path: string) => !/cases\/(?!sandbox|staging)/.test(path);
  cpSync(DEFAULT, dir, { recursive: true, filter });
  told = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

async function open(more: Partial<Parameters<typeof livePolicies>[2]> = {}, after: After = atOnce) {
  return livePolicies(
    [folderSource(dir, { after })],
    { kinds: grantKinds },
    { now: () => at, after: (ms, run) => after(ms, run), told: (status) => told.push(status), ...more },
  );
}

async function live(...how: Parameters<typeof open>): Promise<LivePolicies> {
  const policies = await open(...how);
  if ('problems' in policies) throw new Error(JSON.stringify(policies.problems));
  return policies;
}

/** A clock that has nothing to wait for. */
const atOnce: After = (_, run) => {
  setImmediate(run);
  return () => undefined;
};

function edit(file: string, change: (text: string) => string): void {
  const path = join(dir, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('a policy folder that does not load at the start', () => {
  const broken = () => join(dir, 'extra.cedar');
  beforeEach(() => writeFileSync(broken(), 'permit (principal, action, resource);\n'));

  test('is no start, unless there may be none; then nothing is known, until it is mended', async () => {
    expect(await open()).toMatchObject({ problems: [{ file: 'extra.cedar' }, { file: 'extra.cedar' }] });
    const policies = await live({ evenNone: true });
    expect(() => policies.bundle()).toThrow(Unknowable);
    expect(policies.status()).toMatchObject({
      none: { since: at },
      problems: [{ file: 'extra.cedar' }, { file: 'extra.cedar' }],
    });
    expect(policies.status().standIn).toBeUndefined();
    expect(await policies.refresh()).toBe('unchanged');
    rmSync(broken());
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle().hash).toMatch(/^[0-9a-f]{64}$/);
    expect(policies.bundle().standIn).toBeUndefined();
    expect(policies.status()).toMatchObject({ source: dir, problems: [] });
    expect(policies.status().none).toBeUndefined();
  });

  test('invariant 4: mended without a forbid that counted before, it waits like any other', async () => {
    const before = { forbids: ['a-freeze'], files: [] };
    const policies = await live({ evenNone: true, before });
    rmSync(broken());
    expect(await policies.refresh()).toBe('waiting');
    expect(() => policies.bundle()).toThrow(Unknowable);
    at += 10_000;
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle().forbids?.length).toBeGreaterThan(0);
  });
});

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

const FREEZE = 'freeze.cedar';
const FORBID =
  '@id("freeze")\nforbid (principal, action == Jit::Action::"request", resource in Jit::Environment::"staging");\n';
/** Somebody whom only the freeze stops. */
const QUESTION = {
  who: { email: 'ana@corp.example', groups: ['engineers'] },
  entitlement: 'staging-deployer',
  duration: 3_600_000,
  at: Date.parse('2026-11-20T10:00:00Z'),
};
const frozen = (policies: LivePolicies) =>
  policies.bundle().pdp.request(QUESTION).policies.includes('freeze');

/** The company in a freeze, with no case that speaks of it. */
function freeze(): void {
  rmSync(join(dir, 'cases'), { recursive: true });
  writeFileSync(join(dir, FREEZE), FORBID);
}

/** While the program waits for its second look, what somebody does meanwhile; then nothing more. */
function meanwhile(...steps: (() => void)[]) {
  const waited: number[] = [];
  const after: After = (ms, run) => {
    waited.push(ms);
    steps.shift()?.();
    setImmediate(run);
    return () => undefined;
  };
  return { after, waited };
}

describe('a folder that is being written', () => {
  beforeEach(freeze);
  const write = (text: string) => () => writeFileSync(join(dir, FREEZE), text);
  const away = () => renameSync(join(dir, FREEZE), join(dir, 'away'));
  const back = () => renameSync(join(dir, 'away'), join(dir, FREEZE));

  test.each([
    ['emptied, then written bit by bit', write(''), [write(FORBID.slice(0, 40)), write(FORBID)], 3],
    ['renamed away and back', away, [back], 1],
    ['renamed away, with another in its place later', away, [write('// '), write(FORBID)], 3],
  ])(
    'invariant 4: %s is taken when two looks a second apart find the same',
    async (_, begin, steps, looks) => {
      const seen: boolean[] = [];
      const watched = steps.map((step) => () => {
        seen.push(frozen(policies));
        step();
      });
      let now: After = atOnce;
      const policies = await live({}, (ms, run) => now(ms, run));
      const doing = meanwhile(...watched);
      now = doing.after;
      begin();
      expect(['taken', 'unchanged']).toContain(await policies.refresh());
      expect(seen).toEqual(steps.map(() => true));
      expect(frozen(policies)).toBe(true);
      expect(policies.status()).toMatchObject({ problems: [] });
      expect(policies.status()).not.toHaveProperty('waiting');
      expect(doing.waited).toEqual(Array.from({ length: looks }, () => 1_000));
    },
  );

  test('invariant 4: at the start, too', async () => {
    away();
    const { after, waited } = meanwhile(write(FORBID.slice(0, 40)), write(FORBID));
    const policies = await live({}, after);
    expect(frozen(policies)).toBe(true);
    expect(waited).toEqual([1_000, 1_000, 1_000]);
  });

  test('for ever is said, and leaves the last good ones in force; at a start nothing else is there', async () => {
    let n = 0;
    const endless: After = (_, run) => {
      write(`${FORBID}// ${'x'.repeat(++n)}`)();
      setImmediate(run);
      return () => undefined;
    };
    expect(await open({}, endless)).toEqual({
      problems: [{ file: dir, message: expect.stringContaining('it is being written') }],
    });
    let now: After = atOnce;
    const policies = await live({}, (ms, run) => now(ms, run));
    const { hash } = policies.bundle();
    now = endless;
    write(FORBID)();
    expect(await policies.refresh()).toBe('unreachable');
    expect(policies.bundle().hash).toBe(hash);
  });

  test('what is not read of it may change as it likes', async () => {
    let n = 0;
    const busy: After = (_, run) => {
      writeFileSync(join(dir, 'nohup.out'), 'x'.repeat(++n));
      setImmediate(run);
      return () => undefined;
    };
    const policies = await live({}, busy);
    edit('directory.yml', (text) => text.replace('warnBefore: 10m', 'warnBefore: 5m'));
    expect(await policies.refresh()).toBe('taken');
  });

  test('many changes while one look waits cause one look more', async () => {
    let now: After = atOnce;
    const policies = await live({}, (ms, run) => now(ms, run));
    let go = () => {};
    const begun = new Promise<void>((resolve) => {
      now = (_, run) => {
        go = run;
        resolve();
        return () => undefined;
      };
    });
    edit('directory.yml', (text) => text.replace('warnBefore: 10m', 'warnBefore: 5m'));
    const first = policies.refresh();
    await begun;
    const more = Array.from({ length: 50 }, () => policies.refresh());
    expect(new Set(more).size).toBe(1);
    now = atOnce;
    go();
    expect(await first).toBe('taken');
    expect(await more[0]).toBe('unchanged');
  });
});

describe('a folder that has lost a forbid', () => {
  beforeEach(freeze);
  const lose = () => rmSync(join(dir, FREEZE));

  test('invariant 4: counts ten seconds later, and says which', async () => {
    const policies = await live();
    lose();
    expect(await policies.refresh()).toBe('waiting');
    expect(policies.status()).toMatchObject({ waiting: { since: at, gone: ['freeze'] } });
    expect(told.map(({ waiting }) => waiting?.gone)).toEqual([['freeze']]);
    at += 9_999;
    expect(await policies.refresh()).toBe('waiting');
    expect(frozen(policies)).toBe(true);
    at += 1;
    expect(await policies.refresh()).toBe('taken');
    expect(frozen(policies)).toBe(false);
    expect(policies.status()).not.toHaveProperty('waiting');
  });

  test('invariant 4: and not at all when it comes back meanwhile', async () => {
    const policies = await live();
    const { hash } = policies.bundle();
    lose();
    await policies.refresh();
    at += 9_000;
    writeFileSync(join(dir, FREEZE), FORBID);
    expect(await policies.refresh()).toBe('taken');
    at += 60_000;
    expect(await policies.refresh()).toBe('unchanged');
    expect(policies.bundle().hash).toBe(hash);
    expect(policies.status()).not.toHaveProperty('waiting');
  });

  test('invariant 4: a forbid that has become a permit of the same name is one that has gone', async () => {
    const policies = await live();
    writeFileSync(join(dir, FREEZE), FORBID.replace('forbid (', '@chain("auto") permit ('));
    expect(await policies.refresh()).toBe('waiting');
  });

  test('is looked at again by itself', async () => {
    const planned: [number, () => void][] = [];
    const policies = await live({
      after(ms, run) {
        planned.push([ms, run]);
        return () => undefined;
      },
    });
    const stop = policies.watch();
    lose();
    await policies.refresh();
    expect(planned.map(([ms]) => ms)).toEqual([10_000]);
    at += 10_000;
    planned[0]![1]();
    // The one that waits in turn is that one.
    await policies.refresh();
    expect(frozen(policies)).toBe(false);
    stop();
  });

  test('a clock that is put back does not put it off for ever', async () => {
    const policies = await live();
    lose();
    await policies.refresh();
    at -= 3_600_000;
    expect(await policies.refresh()).toBe('waiting');
    at += 10_000;
    expect(await policies.refresh()).toBe('taken');
  });

  test('invariant 4: before this process began, stands in for itself for as long', async () => {
    lose();
    const before = { forbids: ['freeze', 'high-risk-four-hours'], files: [] };
    const counted: unknown[] = [];
    const policies = await live({ before, counts: ({ held }) => counted.push(held.forbids) });
    expect(policies.bundle().standIn).toBe(true);
    expect(policies.status()).toMatchObject({ standIn: true, waiting: { gone: ['freeze'] } });
    at += 9_999;
    await policies.refresh();
    expect(policies.bundle().standIn).toBe(true);
    expect(counted).toEqual([]);
    at += 1;
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
    expect(counted).toEqual([expect.not.arrayContaining(['freeze'])]);
  });
});

describe('a file that was emptied and not written', () => {
  beforeEach(freeze);

  test.each(['', ' \n'])('invariant 4: is refused however long it lies there: %j', async (text) => {
    const policies = await live();
    writeFileSync(join(dir, FREEZE), text);
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems).toEqual([
      { file: FREEZE, message: expect.stringMatching(/^is empty, and was not before: .*delete it/) },
    ]);
    at += 24 * 3_600_000;
    await policies.refresh();
    expect(frozen(policies)).toBe(true);
    rmSync(join(dir, FREEZE));
    expect(await policies.refresh()).toBe('waiting');
  });

  test('invariant 4: is refused at a start, too, where it is known that something was in it', async () => {
    writeFileSync(join(dir, FREEZE), '');
    expect(await open({ before: { forbids: [], files: [FREEZE] } })).toMatchObject({
      problems: [{ file: FREEZE }],
    });
    expect(await open({ before: { forbids: [], files: [] } })).not.toHaveProperty('problems');
  });
});

test('a folder that does not load at first is said, whole', async () => {
  writeFileSync(join(dir, 'catalog.yml'), 'entitlements: 7');
  expect(await open()).toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ file: 'catalog.yml' })]),
  });
});

describe('a sub-folder', () => {
  const FILE = 'payments/freeze.cedar';
  function come(): void {
    for (const [file, text] of Object.entries(PAYMENTS)) {
      mkdirSync(join(dir, file, '..'), { recursive: true });
      writeFileSync(join(dir, file), text);
    }
  }
  const has = (policies: LivePolicies) => policies.bundle().forbids.includes('payments-freeze');

  test('that comes later is noticed, and so is what changes in it then', async () => {
    const policies = await live();
    const stop = policies.watch();
    const next = () =>
      new Promise<PolicyStatus>((resolve) => {
        told.push = (status) => {
          resolve(status);
          return 0;
        };
      });
    let heard = next();
    come();
    while (!has(policies)) {
      // Half of it may have been seen first.
      await heard;
      heard = next();
    }
    for (const file of [FILE, 'payments/catalog.yml', 'payments/cases/freeze.yml']) {
      const { version } = policies.status();
      edit(file, (text) => `${text}\n`);
      expect(await heard).toMatchObject({ problems: [] });
      expect(policies.status().version).not.toBe(version);
      heard = next();
    }
    stop();
  });

  test('invariant 4: that has gone with a forbid counts as one that has lost it', async () => {
    come();
    const policies = await live();
    rmSync(join(dir, 'payments'), { recursive: true });
    expect(await policies.refresh()).toBe('waiting');
    expect(policies.status()).toMatchObject({ waiting: { gone: ['payments-freeze'] } });
    expect(has(policies)).toBe(true);
  });

  test('invariant 4: of which a file was emptied is refused', async () => {
    come();
    const policies = await live();
    writeFileSync(join(dir, FILE), '');
    rmSync(join(dir, 'payments/cases'), { recursive: true });
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems).toEqual([{ file: FILE, message: expect.stringMatching(/^is empty/) }]);
    expect(has(policies)).toBe(true);
  });

  test('whose own cases fail is refused, naming the case', async () => {
    come();
    const policies = await live();
    edit('payments/cases/freeze.yml', (text) => text.replace('denied', 'auto'));
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems).toMatchObject([{ file: 'payments/cases/freeze.yml', line: 1 }]);
  });

  test('invariant 4: that comes with a policy which reaches further is refused; the last good ones stay in force', async () => {
    const policies = await live();
    const { hash } = policies.bundle();
    come();
    edit(FILE, (text) => text.replace(', resource in Jit::Environment::"payments"', ', resource'));
    expect(await policies.refresh()).toBe('refused');
    expect(policies.bundle().hash).toBe(hash);
    expect(policies.status().problems).toEqual([
      {
        file: FILE,
        line: 2,
        column: 1,
        message: expect.stringContaining('may reach only what payments/catalog.yml has'),
      },
    ]);
  });
});

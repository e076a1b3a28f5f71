import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPolicies } from '../../../src/run/policies/open.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import { createLog } from '../../../src/log.js';
import type { After } from '../../../src/policy/live/source.js';
import { packFolder } from '../../../src/policy/cases/folder.js';
import type { JsonObject } from '../../../src/domain/entitlement.js';
import { copyOfPolicies, folder, MINUTE, POLICIES } from '../../support/company.js';
import { startS3 } from '../../support/s3.js';

const NAME = 'corp-jit/live/bundle.json';
const OWN = '999900001111';
const ADDRESS = `s3://${NAME}`;
const REFUSED = 'the policies that are there now are refused; the last good ones stay in force';
const UNREACHABLE = 'the policies cannot be looked at; the last good ones stay in force';
const STANDS_IN =
  'policies stand in: requests and votes are recorded, and nothing is given until others count';
const before = { ...process.env };

let s3: Awaited<ReturnType<typeof startS3>>;
let lines: Record<string, unknown>[];
let notes: Record<string, JsonObject>;
let at: number;
beforeEach(async () => {
  s3 = await startS3();
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_S3: s3.url,
  });
  lines = [];
  notes = {};
  at = 1_000_000;
});
afterEach(async () => {
  process.env = { ...before };
  await s3.close();
});

const PACKED = packed();
/** As somebody's editor leaves it: it loads, and nothing of its own contradicts it. */
const CHANGED = PACKED.then((text) => text.replace('warnBefore: 10m', 'warnBefore: 5m'));
const BROKEN = PACKED.then((text) => text.replace('risk: low', 'risk: none'));
/** A forbid that no case asks for. */
const GONE = 'freeze';
/** Without it, and otherwise the same. */
const WITHOUT = PACKED.then((text) => text.replace(/@id\(\\"freeze\\"\)[^;]*;/, ''));
/** It loads, and its own cases contradict it. */
const CONTRADICTED = PACKED.then((text) =>
  text.replaceAll(String.raw`@chain(\"manager\")`, String.raw`@chain(\"auto\")`),
);

async function packed(dir = inFreeze()): Promise<string> {
  const done = await packFolder(dir, { kinds: grantKinds }, 0);
  if ('problems' in done) throw new Error(JSON.stringify(done.problems));
  return done.text;
}

/** The company’s folder, and in it a forbid more that none of its cases meets. */
function inFreeze(): string {
  const dir = copyOfPolicies('staging.yml');
  writeFileSync(
    join(dir, 'freeze.cedar'),
    '// Nobody is called that.\n@id("freeze") forbid (principal == Jit::User::"nobody@corp.example", action, resource);\n',
  );
  return dir;
}

/** A folder that is not the one in S3. */
function standIn(): string {
  const dir = copyOfPolicies();
  const file = join(dir, 'directory.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('warnBefore: 10m', 'warnBefore: 7m'));
  return dir;
}
const warnBefore = (policies: Awaited<ReturnType<typeof open>>) => policies.bundle().directory.warnBefore;

/** Until the notes are written, for which nobody waits. */
async function written(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
}

function open({
  mayWrite = true,
  patience = 1_000,
  policyDir = standIn(),
  ownAccount = async () => OWN,
  after,
  region,
}: {
  mayWrite?: boolean;
  patience?: number;
  policyDir?: string;
  ownAccount?: () => Promise<string | undefined>;
  after?: After;
  region?: string;
} = {}) {
  const note = async (name: string) => notes[name];
  const saveNote = async (name: string, text: JsonObject) => void (notes[name] = text);
  return openPolicies(
    {
      policyDir,
      policyObject: { bucket: 'corp-jit', key: 'live/bundle.json' },
      ...(region !== undefined && { region }),
    },
    {
      log: createLog('info', {
        write: (line: string) => void lines.push(JSON.parse(line) as object as never),
      }),
      now: () => at,
      ownAccount,
      notes: { note, ...(mayWrite && { saveNote }) },
      patience,
      apart: 0,
      ...(after && { after }),
    },
  );
}
const logged = (msg: string) => lines.filter((line) => line['msg'] === msg);
const later = (ms = 30_000) => {
  at += ms;
};

describe('policies in S3 that are not good are refused', () => {
  test.each([
    ['one that does not load', BROKEN, 'catalog.yml'],
    ['one whose own cases fail', CONTRADICTED, 'cases/staging.yml'],
    ['no JSON', Promise.resolve('catalog: yes'), ADDRESS],
    ['JSON of another kind', Promise.resolve('{"files": ["catalog.yml"]}'), ADDRESS],
    ['an empty one', Promise.resolve('{"files": {}}'), 'catalog.yml'],
    ['no bytes', Promise.resolve(''), ADDRESS],
    [
      'one with a file that this program does not read',
      PACKED.then((text) => text.replace('"catalog.yml":', '"holidays.ics": "", "catalog.yml":')),
      'holidays.ics',
    ],
    [
      'one with half a character',
      PACKED.then((text) => text.replace('"files": {', String.raw`"files": { "a.cedar": "// \ud800",`)),
      'a.cedar',
    ],
  ])('%s: the last good ones stay in force, and it is said why', async (_, text, file) => {
    s3.put(NAME, await CHANGED);
    const policies = await open();
    const { hash } = policies.bundle();
    s3.put(NAME, await text);
    later();
    expect(await policies.refresh()).toBe('refused');
    expect(policies.bundle().hash).toBe(hash);
    expect(policies.status()).toMatchObject({ hash, version: 'v1' });
    expect(policies.status().problems.map((problem) => problem.file)).toContain(file);
    expect(logged(REFUSED)).toEqual([expect.objectContaining({ level: 'error', bundle: hash })]);
    expect(notes['policies']).toEqual({ source: ADDRESS, version: 'v1' });
  });

  test('again and again, as long as they lie there, so that an alarm does not go out', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    s3.put(NAME, await BROKEN);
    for (let n = 0; n < 18; n++) {
      later();
      await policies.refresh();
    }
    expect(logged(REFUSED)).toHaveLength(3);
  });

  test('an object that is deleted takes nothing out of force, and one that is put back as it was is taken', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    s3.remove(NAME);
    later();
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems).toEqual([
      {
        file: ADDRESS,
        message: expect.stringMatching(/^the object does not exist; upload it: jit policy pack/),
      },
    ]);
    later();
    expect(await policies.refresh()).toBe('unchanged');
    s3.put(NAME, await PACKED);
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(policies.status().problems).toEqual([]);
  });

  test('a right that is lost is said as such', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    s3.how.fail = [403, 'AccessDenied'];
    later();
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems[0]?.message).toMatch(/\(AccessDenied\); allow jit s3:GetObject/);
  });
});

describe('while S3 cannot be reached the last good ones stay in force', () => {
  test.each([
    ['it fails', { fail: [500, 'InternalError'] as [number, string] }],
    ['it has too much to do', { fail: [503, 'SlowDown'] as [number, string] }],
    ['it does not answer in time', { slow: 'answer' as const }],
    ['its answer does not come to an end in time', { slow: 'body' as const }],
  ])('%s: a warning, and no refusal', async (_, how) => {
    s3.put(NAME, await PACKED);
    const policies = await open({ patience: 300 });
    s3.put(NAME, await CHANGED);
    Object.assign(s3.how, how);
    later();
    // Neither answer would ever come to an end by itself.
    expect(await policies.refresh()).toBe('unreachable');
    expect(policies.status()).toMatchObject({ version: 'v1', problems: [], unreachable: { since: at } });
    expect(logged(UNREACHABLE)).toEqual([expect.objectContaining({ level: 'warn' })]);

    delete s3.how.fail;
    delete s3.how.slow;
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(policies.status()).not.toHaveProperty('unreachable');
    expect(warnBefore(policies)).toBe(5 * MINUTE);
  });

  test('after ten minutes the warning is an error', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open({ patience: 300 });
    s3.how.fail = [500, 'InternalError'];
    later();
    await policies.refresh();
    later(11 * MINUTE);
    await policies.refresh();
    expect(logged(UNREACHABLE).map(({ level }) => level)).toEqual(['warn', 'error']);
  });
});

describe('an object for another account than jit’s own', () => {
  const OTHER = '777788889999';
  const of = (account: string) =>
    PACKED.then((text) => text.replace('channel: C0ACCESS', `account: '${account}'\\nchannel: C0ACCESS`));
  const refusal = expect.objectContaining({
    file: 'directory.yml',
    message: expect.stringContaining(`jit does not run in ${OTHER}, but in ${OWN}`),
  });

  test('invariant 4: is refused by name, and the last good one stays in force', async () => {
    s3.put(NAME, await of(OWN));
    const policies = await open();
    const { hash } = policies.bundle();
    s3.put(NAME, await of(OTHER));
    later();
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status().problems).toEqual([refusal]);
    expect(policies.bundle()).toMatchObject({ hash });
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });

  test('invariant 4: is not judged while AWS does not say which account this is; then it only stands in', async () => {
    let own: string | undefined;
    s3.put(NAME, await of(OTHER));
    const policies = await open({ ownAccount: async () => own });
    expect(policies.bundle()).toMatchObject({ directory: { account: OTHER } });
    expect(policies.bundle()).not.toHaveProperty('standIn');
    later();
    expect(await policies.refresh()).toBe('unchanged');
    own = OWN;
    later();
    expect(await policies.refresh()).toBe('refused');
    expect(policies.status()).toMatchObject({ problems: [refusal], standIn: true });
    expect(policies.bundle()).toMatchObject({ standIn: true });
    expect(logged(REFUSED)).toHaveLength(1);
    s3.put(NAME, await of(OWN));
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });

  test('is judged at once where AWS says it late and S3 is silent by then', async () => {
    let own: string | undefined;
    s3.put(NAME, await of(OTHER));
    const policies = await open({ ownAccount: async () => own });
    s3.how.fail = [503, 'SlowDown'];
    own = OWN;
    later();
    expect(await policies.refresh()).toBe('unreachable');
    expect(policies.bundle()).toMatchObject({ standIn: true });
    delete s3.how.fail;
    later();
    expect(await policies.refresh()).toBe('refused');
  });

  test('a good one stays in force when AWS says it late, and from then on the bucket must be of that account', async () => {
    let own: string | undefined;
    s3.put(NAME, await of(OWN));
    const policies = await open({ ownAccount: async () => own });
    own = OWN;
    later();
    expect(await policies.refresh()).toBe('taken');
    later();
    expect(await policies.refresh()).toBe('unchanged');
    expect(s3.asked.map(({ owner }) => owner)).toEqual([undefined, OWN, OWN]);
  });

  test('what only its account lacked loads once AWS says it', async () => {
    let own: string | undefined;
    const lacking = PACKED.then((text) => text.replaceAll(/'777788889999':\\n[^}]*\}\\n/g, ''));
    s3.put(NAME, await lacking);
    const policies = await open({ ownAccount: async () => own });
    expect(policies.status().problems[0]?.message).toContain('write account: "777788889999" there');
    expect(policies.bundle()).toMatchObject({ standIn: true });
    own = '777788889999';
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });
});

describe('at the start', () => {
  test('what is in S3 counts, and not the folder', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    expect(warnBefore(policies)).toBe(10 * MINUTE);
    expect(policies.status()).toMatchObject({ source: ADDRESS, version: 'v1', problems: [] });
    expect(s3.asked).toEqual([{ bucket: 'corp-jit', key: 'live/bundle.json', owner: OWN }]);
  });

  test('unreachable: the folder stands in, with an error, until S3 answers', async () => {
    s3.put(NAME, await PACKED);
    notes['policies'] = { source: ADDRESS, version: 'v1' };
    s3.how.slow = 'answer';
    const policies = await open({ patience: 300 });
    expect(warnBefore(policies)).toBe(7 * MINUTE);
    expect(logged(UNREACHABLE)).toEqual([expect.objectContaining({ level: 'error' })]);
    // Nobody waits a second time for what has just been silent.
    expect(s3.asked).toHaveLength(1);
    delete s3.how.slow;
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(warnBefore(policies)).toBe(10 * MINUTE);
  });

  test('a broken one: the version that was the last good one, whoever starts', async () => {
    s3.put(NAME, await CHANGED);
    await open();
    s3.put(NAME, await BROKEN);
    const policies = await open({ mayWrite: false });
    expect(warnBefore(policies)).toBe(5 * MINUTE);
    expect(policies.status()).toMatchObject({ source: ADDRESS, version: 'v1' });
    expect(policies.status().problems.length).toBeGreaterThan(0);
    expect(logged(REFUSED)).toHaveLength(1);
    later();
    expect(await policies.refresh()).toBe('unchanged');
    s3.put(NAME, await PACKED);
    later();
    expect(await policies.refresh()).toBe('taken');
    expect(policies.status()).toMatchObject({ version: 'v3', problems: [] });
  });

  test('one whose cases fail is refused then, too', async () => {
    s3.put(NAME, await CONTRADICTED);
    expect(warnBefore(await open())).toBe(7 * MINUTE);
    expect(logged(REFUSED)).toHaveLength(1);
  });

  test('a broken one in a bucket without versions, or of which no good version is known: the folder stands in', async () => {
    notes['policies'] = { source: 's3://another/bundle.json', version: 'v1' };
    s3.put(NAME, await PACKED);
    s3.put(NAME, await BROKEN);
    expect(warnBefore(await open())).toBe(7 * MINUTE);
    s3.how.versions = false;
    notes['policies'] = { source: ADDRESS, version: '"an etag"' };
    expect(warnBefore(await open())).toBe(7 * MINUTE);
  });

  test('nothing good anywhere: it does not start, and says everything that is wrong with S3 and with the folder', async () => {
    s3.put(NAME, await BROKEN);
    const policyDir = folder();
    await expect(open({ policyDir })).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.stringMatching(/^catalog\.yml:\d+: .*risk/),
        expect.stringMatching(/^catalog\.yml: is missing/),
      ]),
    });
  });
});

describe('what only stands in', () => {
  test('invariant 4: the packed folder, while S3 has not answered yet; S3 is asked again two seconds later', async () => {
    s3.put(NAME, await PACKED);
    s3.how.slow = 'answer';
    const policies = await open({ patience: 300 });
    expect(policies.bundle()).toMatchObject({ standIn: true, directory: { warnBefore: 7 * MINUTE } });
    expect(policies.status()).toMatchObject({ standIn: true });
    expect(logged(STANDS_IN)).toHaveLength(1);
    expect(notes).toEqual({});
    delete s3.how.slow;
    later(1_999);
    expect(await policies.refresh()).toBe('unchanged');
    later(1);
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
    expect(policies.status()).not.toHaveProperty('standIn');
    expect(warnBefore(policies)).toBe(10 * MINUTE);
  });

  test('asks S3 less and less often, and by itself', async () => {
    s3.how.fail = [500, 'InternalError'];
    const waits: number[] = [];
    const policies = await open({
      patience: 300,
      after(ms) {
        waits.push(ms);
        return () => undefined;
      },
    });
    const stop = policies.watch();
    for (let n = 0; n < 4; n++) {
      later(waits.at(-1));
      expect(await policies.refresh()).toBe('unreachable');
    }
    stop();
    // At thirty seconds it is the rhythm that there is anyway.
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
  });

  test('invariant 4: the packed folder, while there is nothing good in S3', async () => {
    const policies = await open();
    expect(policies.bundle()).toMatchObject({ standIn: true });
    s3.put(NAME, await packed(standIn()));
    later();
    expect(await policies.refresh()).toBe('taken');
    // The very same files: but now they count.
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });

  test('invariant 4: an object in which a forbid is missing since the last start, for ten seconds', async () => {
    s3.put(NAME, await PACKED);
    await open();
    await written();
    s3.put(NAME, await WITHOUT);
    const policies = await open({ mayWrite: false });
    expect(policies.bundle()).toMatchObject({ standIn: true });
    const said = `a forbid has gone: ${GONE}; if it is still so in ten seconds, it counts`;
    expect(logged(said)).toEqual([expect.objectContaining({ level: 'warn', gone: [GONE] })]);
    later(10_000);
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });
});

test('invariant 4: an object that has lost a forbid counts ten seconds later, and not at all if it comes back', async () => {
  s3.put(NAME, await PACKED);
  const policies = await open();
  const { hash } = policies.bundle();
  s3.put(NAME, await WITHOUT);
  later();
  expect(await policies.refresh()).toBe('waiting');
  s3.put(NAME, await PACKED);
  later(10_000);
  expect(await policies.refresh()).toBe('taken');
  expect(policies.bundle().hash).toBe(hash);
  s3.put(NAME, await WITHOUT);
  later();
  expect(await policies.refresh()).toBe('waiting');
  later(10_000);
  expect(await policies.refresh()).toBe('taken');
  expect(policies.bundle().forbids).not.toContain(GONE);
});

describe('the engine’s copy in the table', () => {
  const silent = () => open({ patience: 300, mayWrite: false });
  const HOURS = 60 * MINUTE;

  test('counts for a day after it was last known to be live, with an error all the while; then it stands in', async () => {
    s3.put(NAME, await PACKED);
    await open();
    await written();
    s3.how.fail = [503, 'SlowDown'];
    later(23 * HOURS);
    lines = [];
    const policies = await silent();
    expect(warnBefore(policies)).toBe(10 * MINUTE);
    expect(policies.bundle()).not.toHaveProperty('standIn');
    expect(policies.status()).toMatchObject({ source: `the copy of ${ADDRESS} in the table`, version: 'v1' });
    expect(logged(UNREACHABLE)).toEqual([expect.objectContaining({ level: 'error' })]);
    later(HOURS - 1);
    expect(policies.bundle()).not.toHaveProperty('standIn');
    later(1);
    expect(policies.bundle()).toMatchObject({ standIn: true });
    expect((await silent()).bundle()).toMatchObject({ standIn: true });
    delete s3.how.fail;
    expect(await policies.refresh()).toBe('taken');
    expect(policies.bundle()).not.toHaveProperty('standIn');
    expect(policies.status()).toMatchObject({ source: ADDRESS });
  });

  test('is known to be live for as long as the engine sees that it is', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    for (let n = 0; n < 30; n++) {
      later(HOURS);
      expect(await policies.refresh()).toBe('unchanged');
      await written();
    }
    s3.how.fail = [503, 'SlowDown'];
    expect((await silent()).bundle()).not.toHaveProperty('standIn');
  });

  test('is of the newest that counted, and of nothing that was refused or waits', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    for (const text of [await CHANGED, await BROKEN, await WITHOUT]) {
      s3.put(NAME, text);
      later();
      await policies.refresh();
      await written();
    }
    s3.how.fail = [503, 'SlowDown'];
    const other = await silent();
    expect(warnBefore(other)).toBe(5 * MINUTE);
    expect(other.bundle().forbids).toContain(GONE);
  });

  test('counts where a broken object lies on top in a bucket without versions', async () => {
    s3.how.versions = false;
    s3.put(NAME, await CHANGED);
    await open();
    await written();
    s3.put(NAME, await BROKEN);
    const policies = await silent();
    expect(warnBefore(policies)).toBe(5 * MINUTE);
    expect(policies.bundle()).not.toHaveProperty('standIn');
  });

  test.each<[string, () => void]>([
    ['a part is missing', () => delete notes['policies-copy-0-0']],
    ['a part is another', () => (notes['policies-copy-0-0'] = { text: 'H4sIAAAAAAAA' })],
    ['its list is of another kind', () => (notes['policies-copy'] = { parts: 'all' })],
    [
      'it is of another object',
      () => {
        const { about, ...rest } = notes['policies-copy'] as Record<string, JsonObject>;
        notes['policies-copy'] = { ...rest, about: { ...about, source: 's3://another/bundle.json' } };
      },
    ],
  ])('invariant 4: is none when %s', async (_, spoil) => {
    s3.put(NAME, await PACKED);
    await open();
    await written();
    spoil();
    s3.how.fail = [503, 'SlowDown'];
    const policies = await silent();
    expect(warnBefore(policies)).toBe(7 * MINUTE);
    expect(policies.bundle()).toMatchObject({ standIn: true });
  });

  test('has no part that an item of the table could not hold, and what it had is good until it is whole', async () => {
    const noise = Array.from({ length: 20_000 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex'));
    s3.put(NAME, await PACKED);
    const policies = await open();
    await written();
    const large = JSON.parse(await PACKED) as { files: Record<string, string> };
    large.files['noise.cedar'] = noise.map((line) => `// ${line}`).join('\n');
    s3.put(NAME, JSON.stringify(large));
    later();
    expect(await policies.refresh()).toBe('taken');
    await written();
    const parts = Object.keys(notes).filter((name) => name.startsWith('policies-copy-1-'));
    expect(parts.length).toBeGreaterThan(2);
    for (const name of Object.keys(notes)) expect(JSON.stringify(notes[name]).length).toBeLessThan(310_000);
    s3.how.fail = [503, 'SlowDown'];
    expect((await silent()).bundle().hash).toBe(policies.bundle().hash);
  });

  test('invariant 13: is not written by what faces people', async () => {
    s3.put(NAME, await PACKED);
    await open({ mayWrite: false });
    await written();
    expect(notes).toEqual({});
  });
});

describe('a changed object', () => {
  test('is looked at after 30 seconds and not before, and only what has changed is sent', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    s3.put(NAME, await CHANGED);
    later(29_999);
    expect(await policies.refresh()).toBe('unchanged');
    expect(s3.asked).toHaveLength(1);
    later(1);
    expect(await policies.refresh()).toBe('taken');
    expect(policies.status()).toMatchObject({ version: 'v2', loadedAt: at });
    expect(notes['policies']).toEqual({ source: ADDRESS, version: 'v2' });
    later();
    expect(await policies.refresh()).toBe('unchanged');
    expect(s3.asked.map(({ ifNoneMatch }) => ifNoneMatch !== undefined)).toEqual([false, true, true]);
  });

  test('is looked at, too, when the clock has been put back', async () => {
    s3.put(NAME, await PACKED);
    const policies = await open();
    s3.put(NAME, await CHANGED);
    later(-60 * MINUTE);
    expect(await policies.refresh()).toBe('taken');
  });

  test('a note that cannot be written holds nothing up', async () => {
    s3.put(NAME, await PACKED);
    notes = Object.freeze({}) as typeof notes;
    await open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged('which policies were good could not be written down')).toHaveLength(1);
  });
});

test('a packed folder is the folder: the same hash', async () => {
  s3.put(NAME, await packed(POLICIES));
  const policies = await open();
  s3.how.fail = [500, 'InternalError'];
  const folderOnly = await open({ policyDir: POLICIES, patience: 300 });
  expect(policies.bundle().hash).toBe(folderOnly.bundle().hash);
});

test('entitlements of another partition than that of the region in which jit runs do not load', async () => {
  await expect(open({ region: 'us-gov-west-1' })).rejects.toMatchObject({
    problems: expect.arrayContaining([
      expect.stringContaining('is in the partition aws of AWS, and jit runs in aws-us-gov'),
    ]) as string[],
  });
  await expect(open({ region: 'eu-west-1' })).resolves.toHaveProperty('bundle');
});

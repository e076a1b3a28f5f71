import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { exported } from '../../../src/cli/audit/export.js';
import type { PolicyDiff } from '../../../src/policy/diff/index.js';
import { readRecorded } from '../../../src/policy/diff/history.js';
import { jitIn } from '../../support/cli.js';
import { lived } from '../../support/record.js';

const POLICIES = join(__dirname, '../../../policies');
const made: string[] = [];
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

const jit = (...args: string[]) => jitIn({}, 'policy', 'diff', ...args);

/** A few of the default policies' entitlements, for one hour: with all of them, most of a minute goes by. */
const KEPT = ['sandbox-power-user', 'orders-logs', 'orders-db-admin'];

/** The default policies with fewer entitlements, and a place for other files. */
async function few(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'jit-diff-'));
  made.push(dir);
  await cp(POLICIES, dir, { recursive: true });
  const { entitlements } = parse(await readFile(join(dir, 'catalog.yml'), 'utf8')) as {
    entitlements: { id: string }[];
  };
  const kept = entitlements.filter(({ id }) => KEPT.includes(id));
  expect(kept).toHaveLength(KEPT.length);
  const entries = kept.map((entry) => ({ ...entry, durations: ['1h'] }));
  await writeFile(join(dir, 'catalog.yml'), stringify({ entitlements: entries }));
  return dir;
}

async function changed(file: string, from: string, to: string): Promise<string> {
  const dir = await few();
  const text = await readFile(join(dir, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(dir, file), text.replace(from, to));
  return dir;
}

const weaker = () => changed('production.cedar', 'manager, 2 of security', 'manager');
let base: string;
beforeAll(async () => {
  base = await few();
});

function record(id: string, more: object, type = 'RequestSubmitted') {
  const asked = {
    requester: { email: 'ana@corp.example' },
    entitlement: { id: 'orders-db-admin' },
    duration: 3_600_000,
    ticket: 'OPS-12',
    requestedAt: Date.UTC(2026, 10, 20, 10),
    chain: [
      { name: 'manager', quorum: 1 },
      { name: 'security', quorum: 2 },
    ],
    ruling: { policies: ['production-two-stage'], advice: [], bundle: 'an older one' },
    ...more,
  };
  return `${JSON.stringify({ record: { requestId: id, event: { type, asked } } })}\n`;
}

test('the same folder twice: nothing differs, and --exit-code is 0', async () => {
  const { code, out } = await jit(base, base, '--exit-code');
  expect(out).toMatch(/^Nothing differs\.\n/);
  expect(code).toBe(0);
});

test('what differs is said in a few lines, and only --exit-code exits with 1', async () => {
  const dir = await weaker();
  const { code, out } = await jit(base, dir, '--exit-code');
  expect(code).toBe(1);
  expect(out).toMatch(
    /Lost approval \(hours in Europe\/Berlin\)\n(?: {2}.*\n)* {2}engineers: orders-db-admin, orders-logs, Mon–Fri 8–18, with a ticket: manager, 2 of security → manager\n/,
  );
  expect(out).toContain('production-two-stage: changed');
  expect(out.split('\n').length).toBeLessThan(25);
});

test('--json has all of it, --markdown is for a pull request, and both at once are refused', async () => {
  const dir = await changed('directory.yml', ', lee@corp.example', '');
  const json = JSON.parse((await jit(base, dir, '--json')).out) as PolicyDiff;
  expect(json.rows).toEqual([]);
  expect(json.files.directory).toEqual([
    'group security: −lee@corp.example; 2 in all; who may agree for security',
  ]);
  const { out } = await jit(base, dir, '--markdown');
  expect(out).toMatch(
    /^### Who may end access and read the record changes\.\n\n\*\*Who may approve, end and read\*\*\n\n- lee@\u2060corp\.example: may no longer end access to /,
  );
  expect(out).not.toContain('@corp');
  expect((await jit(base, dir, '--markdown', '--json')).code).toBe(2);
});

test('recorded requests are decided again, where it can be told how they were', async () => {
  const dir = await weaker();
  const history = join(dir, 'audit.jsonl');
  const lines = [
    record('R1', {}),
    record('R2', { requester: { email: 'cleo@corp.example' }, chain: [{ name: 'owners', quorum: 1 }] }),
    record('R3', {
      entitlement: { id: 'sandbox-power-user' },
      chain: [],
      ruling: { policies: ['sandbox-at-once'], bundle: '' },
    }),
    `${JSON.stringify({ record: { requestId: 'R1', event: { type: 'Voted' } } })}\n`,
  ];
  await writeFile(history, lines.join(''));
  const { code, out } = await jit(base, dir, '--history', history);
  expect(code).toBe(0);
  const title =
    '1 of 3 recorded requests would differ: 1 lose approval by security, 0 become automatic; 1 could not be judged';
  expect(out).toContain(
    `Recorded requests: ${title}\n  R1  ana@corp.example, orders-db-admin: manager, 2 of security → manager\n`,
  );
  expect(out).toContain('(say it with --groups): R2\n');

  const groups = join(dir, 'groups.yml');
  await writeFile(groups, 'Cleo@corp.example: [engineers]\n');
  const told = await jit(base, dir, '--history', history, '--groups', groups, '--exit-code');
  expect(told.out).toContain('2 of 3 recorded requests would differ: 2 lose approval by security');
  expect(told.code).toBe(1);
});

test('what jit audit export writes can be read', async () => {
  const { w } = await lived();
  const lines: string[] = [];
  for await (const line of exported(w.store, 'jsonl')) lines.push(line);
  const requests = lines.flatMap((line) => readRecorded(line) ?? []);
  expect(lines.length).toBeGreaterThan(requests.length);
  expect(requests).toMatchObject([
    { question: { entitlement: expect.any(String) }, requester: expect.any(String) },
  ]);
});

test.each([
  [
    'a folder that does not load',
    [POLICIES, '/nowhere'],
    /The policy folder \/nowhere does not load:\n +\/nowhere: /,
  ],
  [
    'a history that is not there',
    [POLICIES, POLICIES, '--history', '/nowhere'],
    /\/nowhere cannot be read \(ENOENT\)/,
  ],
  [
    'a history that is none',
    [POLICIES, POLICIES, '--history', __filename],
    /diff\.test\.ts:1 is not a line of the record/,
  ],
  [
    'groups that are none',
    [POLICIES, POLICIES, '--groups', join(POLICIES, 'cases/sandbox.yml')],
    /sandbox\.yml: write one line/,
  ],
  ['only one folder', [POLICIES], /missing required argument 'new'/],
])('%s: exits with 2 and says what to do', async (_, args, message) => {
  const { code, out, err } = await jit(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

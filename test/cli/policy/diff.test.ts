import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { PolicyDiff } from '../../../src/policy/diff/index.js';
import { jitIn } from '../../support/cli.js';

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
    /Lost approval \(hours in Europe\/Berlin\)\n(?: {2}.*\n)* {2}engineers: orders-db-admin, orders-logs, Mon–Fri 8–18, with a ticket, in no emergency: manager, 2 of security → manager\n/,
  );
  expect(out).toContain(
    '  engineers: orders-db-admin, orders-logs, in an emergency: manager, 2 of security → manager\n',
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
    /^### Who may approve, end access, read the record and review emergencies changes\.\n\n\*\*Who sits in the stages\*\*\n\n- security: − lee@\u2060corp\.example \(for orders-logs, orders-db-admin\)\n\n\*\*Who may approve, end, read and review\*\*\n\n- lee@\u2060corp\.example: may no longer end access to /,
  );
  expect(out).not.toContain('@corp');
  expect((await jit(base, dir, '--markdown', '--json')).code).toBe(2);
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

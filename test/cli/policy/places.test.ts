import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCli } from '../../../src/run/cli/index.js';
import { jitIn, jitPolicy } from '../../support/cli.js';
import { FILES, folder, POLICIES, removeFolders } from '../../support/policy.js';
import { FRIDAY } from '../../support/units.js';

afterAll(removeFolders);

/** Every command on a folder, with what it needs besides. */
const COMMANDS: [string, (dir: string) => string[]][] = [
  ['validate', (dir) => ['validate', dir]],
  ['test', (dir) => ['test', dir]],
  ['lint', (dir) => ['lint', dir]],
  ['pack', (dir) => ['pack', dir]],
  ['diff', (dir) => ['diff', dir, dir]],
  ['who-can', (dir) => ['who-can', 'logs', dir]],
  ['what-can', (dir) => ['what-can', dir, '--requester', 'ana@corp.example']],
  [
    'explain',
    (dir) => ['explain', dir, '--requester', 'ana@corp.example', '--entitlement', 'logs', '--duration', '1h'],
  ],
];

describe('a folder that cannot be read exits with 2', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'jit-place-'));
    await writeFile(join(place, 'file'), 'x');
    await symlink('loop', join(place, 'loop'));
  });
  afterAll(() => rm(place, { recursive: true, force: true }));

  test.each(COMMANDS)('%s: it is missing', async (_, args) => {
    const { code, out, err } = await jitPolicy(...args(join(place, 'none')));
    expect(code).toBe(2);
    expect(out + err).toContain(`${join(place, 'none')}: the policy folder cannot be read (ENOENT)`);
  });

  test.each(COMMANDS)('%s: it is a file', async (_, args) => {
    const { code, out, err } = await jitPolicy(...args(join(place, 'file')));
    expect(code).toBe(2);
    expect(out + err).toContain('the policy folder cannot be read (ENOTDIR)');
  });

  // What permissions forbid, root may read all the same; a link to itself nobody can.
  test.each(COMMANDS)('%s: the system refuses', async (_, args) => {
    const { code, out, err } = await jitPolicy(...args(join(place, 'loop')));
    expect(code).toBe(2);
    expect(out + err).toContain('the policy folder cannot be read (ELOOP)');
  });
});

describe('the folder', () => {
  const broken = { 'catalog.yml': 'entitlements: 1\n' };

  test.each(COMMANDS)('%s takes it as [dir]', async (_, args) => {
    const good = await jitPolicy(...args(await folder()));
    expect({ ...good, out: '' }).toMatchObject({ code: 0, err: '' });
    const { code, out, err } = await jitPolicy(...args(await folder(broken)));
    expect(code).toBeGreaterThan(0);
    expect(out + err).toContain('entitlements: 1 is not right');
  });

  test.each(COMMANDS.slice(-3))('%s takes it as --dir too, but not two of them', async (_, args) => {
    const [dir, other] = [await folder(), await folder(broken)];
    const without = args(dir).filter((one) => one !== dir);
    expect((await jitPolicy(...without, '--dir', dir)).code).toBe(0);
    expect((await jitPolicy(...args(dir), '--dir', dir)).code).toBe(0);
    expect(await jitPolicy(...args(dir), '--dir', other)).toEqual({
      code: 2,
      out: '',
      err: `jit: name one policy folder, and not both ${dir} and ${other}\n`,
    });
  });

  test.each(COMMANDS.filter(([name]) => name !== 'diff'))(
    '%s takes JIT_POLICY_DIR where the command line names none',
    async (_, args) => {
      const dir = await folder();
      const without = args(dir).filter((one) => one !== dir);
      expect((await jitIn({ now: () => FRIDAY, folder: dir }, 'policy', ...without)).code).toBe(0);
    },
  );
});

describe('under a problem stands the line of the file', () => {
  const wrong = { 'catalog.yml': FILES['catalog.yml'].replace('risk: low', '\trisk: lo') };
  const lo = { 'catalog.yml': FILES['catalog.yml'].replace('risk: low', 'risk: lo') };

  test('with a caret under the place', async () => {
    const { out } = await jitPolicy('validate', await folder(lo));
    expect(out).toContain(
      'catalog.yml:7:5: risk: "lo" is not right; write low, medium or high\n  7 |     risk: lo\n    |     ^\n',
    );
    expect(out).not.toContain('\u001B');
  });

  test.each(COMMANDS.slice(2))('%s shows it as well', async (_, args) => {
    const { err } = await jitPolicy(...args(await folder(lo)));
    expect(err).toMatch(/\n +7 \| {5}risk: lo\n +\| {5}\^\n/);
  });

  test('not for programs, nor for GitHub', async () => {
    for (const how of ['--json', '--github']) {
      const { out } = await jitPolicy('validate', await folder(lo), how);
      expect(out).not.toContain('^');
      expect(out.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  test('control characters of the file do not reach the terminal', async () => {
    const hostile = `entitlements:\n  - id: "\u001B]0;x"\n    risk: lo\n`;
    for (const files of [wrong, { 'catalog.yml': hostile }]) {
      const { out } = await jitPolicy('validate', await folder(files));
      expect(out).toContain('|');
      expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });

  test('in colour only on a terminal', async () => {
    let out = '';
    const screen = Object.assign(
      new Writable({ write: (chunk, _, done) => ((out += String(chunk)), done()) }),
      { hasColors: () => true },
    );
    const stderr = new Writable({ write: (_chunk, _, done) => done() });
    await runCli(['policy', 'validate', await folder(lo)], { stdout: screen, stderr });
    expect(out).toContain('\u001B[1;31m^\u001B[0m\n');
  });

  test('the default folder has nothing to show', async () => {
    expect((await jitPolicy('validate', POLICIES)).out).not.toContain('^');
  });
});

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder, POLICIES, removeFolders } from '../../support/policy.js';
import { expectToFit, jitPolicy } from '../../support/cli.js';

afterAll(removeFolders);

const asks = (expected: string, name = 'a case') => `- name: ${name}
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: logs, duration: 1h }
  expect: ${expected}
`;

const FORBIDDEN = {
  'more.cedar':
    '@id("never") @advice("Ask somebody else.") forbid (principal, action == Jit::Action::"revoke", resource);\n',
};

describe('jit policy test', () => {
  test('a case that fails is shown with what was expected and what came out, and exits with 1', async () => {
    const dir = await folder({ 'cases/a.yml': asks('{ outcome: denied, policies: [other] }') });
    const { code, out } = await jitPolicy('test', dir);
    expect(code).toBe(1);
    expect(out).toContain(`FAILED ${join(dir, 'cases/a.yml')}:1: a case`.slice(0, 60));
    expect(out).toMatch(/outcome:\n {4}- expected {2}denied\n {4}\+ actual {4}auto\n/);
    expect(out).toMatch(/policies:\n {4}- expected {2}other\n {4}\+ actual {4}low-at-once\n/);
    expect(out).toContain('0 of 1 cases pass.');
  });

  test('what the case does not speak of, and the advice, are shown with the failure', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'jit-test-'));
    await cp(POLICIES, dir, { recursive: true });
    const file = join(dir, 'cases/staging.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      `${text}- name: wrong
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: staging-secrets-reader, duration: 8h }
  expect: { outcome: auto }
- name: wrong too
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: staging-secrets-reader, duration: 1h }
  expect: { outcome: denied }
`,
    );
    const { code, out } = await jitPolicy('test', dir);
    await rm(dir, { recursive: true });
    expect(code).toBe(1);
    expect(out).toContain('  advice: High-risk access lasts four hours at most.');
    expect(out).toMatch(/chain:\n {4}\+ actual {4}manager\n/);
    expectToFit(out.replaceAll(dir, 'policies'));
  });

  test('a case that cannot be read fails, with the reason', async () => {
    const dir = await folder({ 'cases/a.yml': asks('{ outcme: denied }') });
    const { code, out } = await jitPolicy('test', dir);
    expect(code).toBe(1);
    expect(out).toContain('cannot be read:');
    expect(out).toContain('did you mean "outcome"?');
  });

  test('a folder that does not load exits with 2, and runs no case', async () => {
    const { code, out } = await jitPolicy('test', await folder({ 'catalog.yml': undefined }));
    expect(code).toBe(2);
    expect(out).toContain('no case was run');
  });

  test('policies that no case decides are named, and too few covered fail where a minimum is given', async () => {
    const dir = await folder({ ...FORBIDDEN, 'cases/a.yml': asks('{ outcome: auto }') });
    const { code, out } = await jitPolicy('test', dir);
    expect(code).toBe(0);
    expect(out).toContain('1 of 2 policies decide a case (50 %).\nNo case is decided by:\n  never\n');
    expect((await jitPolicy('test', dir, '--min-coverage', '50')).code).toBe(0);
    const short = await jitPolicy('test', dir, '--min-coverage', '51');
    expect(short.code).toBe(1);
    expect(short.out).toContain('That is less than 51 %');
  });

  test('a folder without cases says so, and fails only where a minimum is given', async () => {
    const dir = await folder();
    const { code, out } = await jitPolicy('test', dir);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('has no cases');
    expect((await jitPolicy('test', dir, '--min-coverage', '1')).code).toBe(1);
  });

  test('a percentage that is none exits with 2', async () => {
    for (const percent of ['101', '-1', 'all', ''])
      expect((await jitPolicy('test', POLICIES, '--min-coverage', percent)).code).toBe(2);
  });

  test('the default folder passes, and each of its policies decides a case', async () => {
    const { code, out } = await jitPolicy('test', POLICIES, '--min-coverage', '100', '--json');
    expect(code).toBe(0);
    const { ok, percent, coverage } = JSON.parse(out) as {
      ok: boolean;
      percent: number;
      coverage: { cases: number }[];
    };
    expect({ ok, percent }).toEqual({ ok: true, percent: 100 });
    expect(coverage.every(({ cases }) => cases > 0)).toBe(true);
  });
});

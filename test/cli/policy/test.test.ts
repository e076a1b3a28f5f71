import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder, POLICIES, removeFolders, schemaText } from '../../support/policy.js';
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

describe('jit policy test of laws', () => {
  const law = (never: string, name = 'a law') => `- name: ${name}\n  never: ${never}\n`;
  const at = ['--at', '2026-11-20T10:00:00Z'];
  const text = (out: string) => out.replaceAll(/\s+/g, ' ');

  test('one that holds counts as a case, and it is said from when on', async () => {
    const dir = await folder({
      'cases/a.yml': asks('{ outcome: auto }') + law('{ requester: { notIn: [engineers] } }'),
    });
    const { code, out } = await jitPolicy('test', dir, ...at);
    expect(code).toBe(0);
    expect(out).toContain(
      '2 of 2 cases pass.\n1 of them is a law: it speaks of every request from 2026-11-20T10:00Z on.\n',
    );
  });

  test('one that is broken exits with 1, with a question that can be asked again as a case', async () => {
    const dir = await folder({ 'cases/a.yml': law('{ environment: staging, outcome: auto }') });
    const { code, out } = await jitPolicy('test', dir, ...at);
    expect(code).toBe(1);
    const [, example = ''] = /which this is the answer:\n((?: {4}.*\n)+)/.exec(out) ?? [];
    expect(example).toContain('requester: { email: somebody@corp.example, groups: [engineers] }');
    await writeFile(join(dir, 'cases/a.yml'), example.replaceAll(/^ {4}/gm, ''));
    expect(await jitPolicy('test', dir)).toMatchObject({ code: 0 });
    const { results } = JSON.parse((await jitPolicy('test', dir, '--json')).out) as { results: unknown[] };
    expect(results).toHaveLength(1);
  });

  test('one that is not proven exits with 3, if nothing is worse', async () => {
    const odd =
      '@id("odd") @chain("auto") permit (principal, action == Jit::Action::"request", resource) when { context.hour > 12 && context.now.toTime().toHours() > context.hour * 3 };\n';
    const files = { 'policies.cedar': odd, 'cases/a.yml': law('{ outcome: auto }') };
    const { code, out } = await jitPolicy('test', await folder(files), ...at);
    expect(code).toBe(3);
    expect(out).toContain('not proven: not understood: what odd (policies.cedar:1) reads');
    const worse = { ...files, 'cases/b.yml': asks('{ outcome: auto }') };
    expect((await jitPolicy('test', await folder(worse), ...at)).code).toBe(1);
  });

  test('one that cannot be read is a problem for validate, and one that is broken keeps a folder from being packed', async () => {
    const unread = await folder({ 'cases/a.yml': law('{ environment: stagin }') });
    const validated = await jitPolicy('validate', unread);
    expect(validated.code).toBe(1);
    expect(text(validated.out)).toContain(
      'cases/a.yml:2:12: never.environment: unknown environment "stagin"; did you mean "staging"?',
    );
    const broken = await jitPolicy(
      'pack',
      await folder({ 'cases/a.yml': law('{ outcome: auto }', 'never at once') }),
    );
    expect(broken.code).toBe(2);
    expect(text(broken.err)).toContain(
      'the law "never at once" is broken: somebody@corp.example (engineers) for logs',
    );
  });
});

describe('of a policy that no case decides, jit policy test says', () => {
  test('with which case one would, to be pasted', async () => {
    const dir = await folder(FORBIDDEN);
    const { out } = await jitPolicy('test', dir);
    const [, cases = ''] = /with the answers of today:\n\n([^]*)$/.exec(out) ?? [];
    expect(cases.match(/^- name: .*$/gm)).toEqual([
      '- name: never decides this',
      '- name: low-at-once decides this',
    ]);
    await mkdir(join(dir, 'cases'));
    await writeFile(join(dir, 'cases/a.yml'), cases);
    expect(await jitPolicy('test', dir, '--min-coverage', '100')).toMatchObject({
      code: 0,
      out: '2 of 2 cases pass.\n2 of 2 policies decide a case (100 %).\n',
    });
  });

  test('that none can, which counts for no coverage', async () => {
    const files = {
      'more.cedar': `@id("no-hour") forbid (principal, action == Jit::Action::"request", resource) when { context.hour > 23 };
@id("no-action") forbid (principal, action == Jit::Action::"lockdown", resource);
`,
      'schema.cedarschema': `${schemaText().trimEnd().slice(0, -1)}  action lockdown appliesTo { principal: User, resource: Environment, context: { now: datetime } };\n}\n`,
      'cases/a.yml': asks('{ outcome: auto }'),
    };
    const { code, out } = await jitPolicy('test', await folder(files), '--min-coverage', '100');
    expect(code).toBe(0);
    expect(out).toContain(
      '1 of 1 policies decide a case (100 %).\nThese policies decide nothing that people could ask, and need no case:\n  no-hour\n  no-action\n',
    );
  });

  test('how one is asked of people whom jit itself does not ask about', async () => {
    const approve = (id: string, rest: string) =>
      `@id("${id}") forbid (principal, action == Jit::Action::"approve", resource) ${rest};\n`;
    const files = {
      'more.cedar':
        approve('own', 'when { principal == resource.requester }') +
        approve('outside', 'unless { principal in context.group }'),
      'cases/a.yml': asks('{ outcome: auto }'),
    };
    const dir = await folder(files);
    const { out } = await jitPolicy('test', dir);
    expect(out).toContain('expect: { outcome: denied, policies: [own] }');
    expect(out).toContain('expect: { outcome: denied, policies: [outside] }');
    expect(out).not.toContain('decide nothing');
  });

  test('a permit that counts only while what it reads is not known is not said to decide nothing', async () => {
    const condition =
      'unless { context has hasThis && context.hasThis } unless { principal in Jit::Group::"engineers" }';
    const files = {
      'more.cedar': `@id("lost") @chain("auto") permit (principal in Jit::Group::"engineers", action == Jit::Action::"request", resource) ${condition};\n`,
      'cases/a.yml': asks('{ outcome: auto }'),
    };
    const { out } = await jitPolicy('test', await folder(files));
    expect(out).toContain(
      'lost, nor is it proven that one could be: no request was tried while what it reads is',
    );
    expect(out).not.toContain('decide nothing');
  });

  test('nothing where only some of the cases were run', async () => {
    const dir = await folder({ ...FORBIDDEN, 'cases/a.yml': asks('{ outcome: auto }') });
    expect((await jitPolicy('test', dir, '--filter', 'a case')).out).toBe('1 of 1 cases pass.\n');
  });

  test('a filter that fits no case fails, for it was misspelt', async () => {
    const dir = await folder({ ...FORBIDDEN, 'cases/a.yml': asks('{ outcome: auto }') });
    const { code, out } = await jitPolicy('test', dir, '--filter', 'other');
    expect(out).toContain('has no case with "other" in its name.');
    expect(code).toBe(1);
  });

  test('a folder that does not load shows the place, on lines that editors read', async () => {
    const dir = await folder({
      'x.cedar': '@id("x") forbid (principal, action, resource) when { contxt.a };\n',
    });
    const { code, out } = await jitPolicy('test', dir);
    expect(code).toBe(2);
    expect(out).toMatch(/x\.cedar:1:\d+: .*\n  1 \| @id.*\n {4}\| +\^\n/);
  });
});

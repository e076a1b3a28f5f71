import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jitPolicy } from '../../support/cli.js';
import { folder, FILES, POLICIES, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

async function lint(...args: string[]): Promise<{ code: number; out: string }> {
  const { code, out, err } = await jitPolicy('lint', ...args);
  return { code, out: out + err };
}

const HIGH = {
  'catalog.yml': FILES['catalog.yml'].replace('risk: low', 'risk: high'),
  'policies.cedar': FILES['policies.cedar'].replace('"low"', '"high"'),
};

test('the default policies have no error and no warning that is not accepted with a reason', async () => {
  const { code, out } = await lint(POLICIES, '--max-warnings', '0');
  expect(out).toMatch(/^errors: 0, warnings: 0, notes: \d+, accepted: 3$/m);
  expect(out).not.toContain('Because');
  expect(code).toBe(0);
});

test('--all lists what is accepted, with the reasons', async () => {
  const { out } = await lint(POLICIES, '--all');
  expect(out).toMatch(
    /catalog\.yml:\d+: accepted: orders-logs: .* Because those on call .* \[guardrails-missing\]/,
  );
});

test('an error is a line with its place, what to do and its code, and the exit code is 1', async () => {
  const dir = await folder(HIGH);
  const { code, out } = await lint(dir);
  expect(out).toContain(
    `${join(dir, 'catalog.yml')}:2: error: logs: members of engineers can get it without`,
  );
  expect(out).toMatch(/To mend it: .*\. \[auto-high-risk\]$/m);
  expect(code).toBe(1);
});

test('warnings alone end with 0, unless there are more than --max-warnings', async () => {
  const dir = await folder();
  expect((await lint(dir)).code).toBe(0);
  expect((await lint(dir, '--max-warnings', '0')).code).toBe(1);
  expect((await lint(dir, '--max-warnings', '100')).code).toBe(0);
});

test('--json says it all, for programs', async () => {
  const { code, out } = await lint(await folder(HIGH), '--json');
  const read = JSON.parse(out) as { ok: boolean; findings: object[]; accepted: object[] };
  expect(read).toMatchObject({ ok: false, accepted: [] });
  expect(read.findings[0]).toEqual({
    code: 'auto-high-risk',
    severity: 'error',
    file: 'catalog.yml',
    line: 2,
    subject: 'logs',
    explanation: expect.any(String),
    remedy: expect.any(String),
  });
  expect(code).toBe(1);
});

test('--github writes annotations, in which nothing can end one and begin another', async () => {
  const group = '"x%0A::error::y": { members: [sam@corp.example] }';
  const dir = await folder({
    ...HIGH,
    'directory.yml': FILES['directory.yml'].replace('groups:\n', `groups:\n  ${group}\n`),
  });
  const { out } = await lint(dir, '--github');
  expect(out).toMatch(/^::error file=\S+catalog\.yml,line=2,title=auto-high-risk::logs: /m);
  expect(out).toMatch(/^::warning file=\S+directory\.yml,line=3,title=group-unused::x%250A::error::y: /m);
  expect(
    out.split('\n').filter((line) => line !== '' && !/^::(?:error|warning|notice) file=/.test(line)),
  ).toEqual([]);
});

test('--members makes the note about Slack groups go', async () => {
  const place = await mkdtemp(join(tmpdir(), 'jit-lint-'));
  try {
    const file = join(place, 'groups.json');
    await writeFile(file, JSON.stringify({ S0ENG: ['eva@corp.example'], S0DBA: ['dan@corp.example'] }));
    const dir = await folder({
      'policies.cedar': FILES['policies.cedar'].replace('"auto"', '"owners"'),
      'directory.yml': FILES['directory.yml'].replace('members: [dan@corp.example]', 'usergroup: S0DBA'),
    });
    expect((await lint(dir)).out).toContain('[members-unknown]');
    expect((await lint(dir, '--members', file)).out).not.toContain('[members-unknown]');
    await writeFile(file, '[]');
    expect(await lint(dir, '--members', file)).toMatchObject({
      code: 2,
      out: expect.stringContaining('file of members'),
    });
    expect((await lint(dir, '--members', join(place, 'none.json'))).code).toBe(2);
  } finally {
    await rm(place, { recursive: true });
  }
});

test('the size of policies is that of the documents that are really written', async () => {
  const dir = await folder();
  await cp(POLICIES, dir, { recursive: true });
  await rm(join(dir, 'policies.cedar'));
  const file = join(dir, 'catalog.yml');
  const text = await readFile(file, 'utf8');
  const many = Array.from({ length: 30 }, (_, n) => `'arn:aws:s3:::billing-of-another-year-${n}/*'`);
  await writeFile(
    file,
    text
      .replace("'arn:aws:s3:::billing/*'", many.join(', ').replaceAll("'", '"'))
      .replace("['arn:aws:s3:::billing/*']", `[${many.join(', ')}]`),
  );
  expect((await lint(dir)).out).toMatch(
    /billing-reports: its policy takes 1\d{3} characters of the 2048 .* \[policy-fits-once\]/,
  );
});

describe('many findings', () => {
  const entries = Array.from({ length: 40 }, (_, n) =>
    FILES['catalog.yml']
      .replace('entitlements:\n', '')
      .replace('id: logs', `id: logs-${n}`)
      .replace('risk: low', 'risk: high'),
  );
  const catalog = {
    'catalog.yml': `entitlements:\n${entries.join('')}`,
    'policies.cedar': HIGH['policies.cedar'],
  };

  test('the same of forty entitlements is one line, at the first of them', async () => {
    const dir = await folder(catalog);
    const { out } = await lint(dir);
    const lines = out.split('\n').filter((line) => line.includes('[auto-high-risk]'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      `${join(dir, 'catalog.yml')}:2: error: logs-0, logs-1, logs-2, logs-3, logs-4, logs-5, logs-6 and 33 more: members of`,
    );
    expect(out).toMatch(/^errors: 40, /m);
    const { findings } = JSON.parse((await lint(dir, '--json')).out) as { findings: { code: string }[] };
    expect(findings.filter(({ code }) => code === 'auto-high-risk')).toHaveLength(40);
  });

  test('of one code that says something else of each, the first are listed', async () => {
    const groups = Array.from({ length: 30 }, (_, n) => `  slack-${n}: { usergroup: S0G${n} }\n`);
    const stages = Array.from({ length: 30 }, (_, n) => `  stage-${n}: { group: slack-${n} }\n`);
    const directory = `channel: C0ACCESS\ngroups:\n  engineers: { usergroup: S0ENG }\n  dba: { members: [dan@corp.example] }\n${groups.join('')}stages:\n${stages.join('')}`;
    const chain = Array.from({ length: 30 }, (_, n) => `stage-${n}`).join(', ');
    const { out } = await lint(
      await folder({
        'directory.yml': directory,
        'policies.cedar': FILES['policies.cedar'].replace('"auto"', `"${chain}"`),
      }),
    );
    const [code = ''] = /^… and \d+ more \[([a-z-]+)\]: --json has them all$/m.exec(out)?.slice(1) ?? [];
    expect(code).toBe('members-unknown');
    expect(out.split('\n').filter((line) => line.endsWith(`[${code}]`))).toHaveLength(10);
  });
});

test('what is not proven ends with 3, an error beside it with 1', async () => {
  const permit = (id: string, rest = '') =>
    `@id("${id}") @chain("auto") permit (principal, action == Jit::Action::"request", resource)${rest};\n`;
  const unclear = permit('p', ' when { context.hour < context.now.toTime().toHours() }');
  const { code, out } = await jitPolicy('lint', await folder({ 'policies.cedar': unclear }));
  expect(out).toContain('[not-proven]');
  expect(code).toBe(3);
  const wrong = { 'catalog.yml': HIGH['catalog.yml'], 'policies.cedar': unclear + permit('q') };
  expect((await jitPolicy('lint', await folder(wrong))).code).toBe(1);
});

test('a file of members that cannot be read ends with 2', async () => {
  const { code, err } = await jitPolicy('lint', POLICIES, '--members', '/no/such.json');
  expect(err).toContain('/no/such.json cannot be read (ENOENT); check the path and its permissions.');
  expect(code).toBe(2);
});

test('a folder that does not load ends with 2, and says why', async () => {
  const dir = await folder({ 'directory.yml': 'channel: [' });
  const { code, out } = await lint(dir);
  expect(code).toBe(2);
  expect(out).toContain('directory.yml');
});

test.each([
  [['--max-warnings', 'x'], /whole number/],
  [['--at', 'tomorrow'], /2026-11-20T10:00:00Z/],
])('%j is refused', async (args, why) => {
  const { code, out } = await lint(POLICIES, ...args);
  expect(out).toMatch(why);
  expect(code).toBe(2);
});

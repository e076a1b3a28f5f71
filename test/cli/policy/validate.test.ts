import { join } from 'node:path';
import { folder, POLICIES, removeFolders } from '../../support/policy.js';
import { jitPolicy } from '../../support/cli.js';

afterAll(removeFolders);

const WARNED = `channel: C0ACCESS
groups:
  engineers: { usergroup: S0ENG }
  dba: { members: [dan@corp.example] }
stages:
  dba: { group: dba, escalate: { after: 30m, to: dba } }
`;

describe('jit policy validate', () => {
  test('names every mistake of every file at once, by line and column, with what would be right', async () => {
    const dir = await folder({
      'policies.cedar': `// Anybody.
  @id("low-at-once") @chain("securty")
permit (principal in Jit::Group::"enginers", action == Jit::Action::"request", resource);
`,
      'catalog.yml': 'entitlements:\n  - id: logs\n    risk: lo\n',
    });
    const { code, out } = await jitPolicy('validate', dir);
    expect(code).toBe(1);
    expect(out).toContain(
      `${join(dir, 'policies.cedar')}:2:22: policy "low-at-once": @chain: unknown stage "securty"; did you mean "security"?\n`,
    );
    expect(out).toContain(
      `${join(dir, 'policies.cedar')}:3:22: policy "low-at-once": unknown group "enginers"; did you mean "engineers"?\n`,
    );
    expect(out).toContain(
      `${join(dir, 'catalog.yml')}:3:5: risk: "lo" is not right; write low, medium or high\n`,
    );
    expect(out).toMatch(/does not load; \d+ problems, 0 warnings\.\n$/);
  });

  test('a folder that is not there is a problem, not a fault', async () => {
    const { code, out } = await jitPolicy('validate', '/nowhere/policies');
    expect(code).toBe(2);
    expect(out).toContain('/nowhere/policies: the policy folder cannot be read (ENOENT)');
  });

  test('a case that cannot be read is a problem of the folder', async () => {
    const dir = await folder({ 'cases/a.yml': '- name: asks nothing\n  expect: { outcome: denied }\n' });
    const { code, out } = await jitPolicy('validate', dir);
    expect(code).toBe(1);
    expect(out).toContain(`${join(dir, 'cases/a.yml')}:1:3: asks nothing`);
  });

  test('a case that fails is none: that is for jit policy test', async () => {
    const dir = await folder({
      'cases/a.yml': `- name: wrong
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: logs, duration: 1h }
  expect: { outcome: denied }
`,
    });
    expect((await jitPolicy('validate', dir)).code).toBe(0);
  });

  test('warnings are shown, and are errors only where that is asked for', async () => {
    const dir = await folder({ 'directory.yml': WARNED });
    const { code, out } = await jitPolicy('validate', dir);
    expect(code).toBe(0);
    expect(out).toContain(
      'directory.yml:6:46: warning: stages.dba.escalate.to: "dba" is the group of the stage itself',
    );
    expect((await jitPolicy('validate', dir, '--strict')).code).toBe(1);
  });

  test('annotations for GitHub carry file, line and column, and nothing in them ends the command early', async () => {
    const dir = await folder({
      'directory.yml': WARNED,
      'catalog.yml': 'entitlements:\n  - "100%\\r\\n::error::x"\n',
    });
    const { code, out } = await jitPolicy('validate', dir, '--github');
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(line).toMatch(/^::(?:error|warning) file=[^,:]+(?:,line=\d+,col=\d+)?::./);
    expect(out).not.toContain('\r');
    expect(out).toContain('100%25');
  });

  test('as JSON: all that was found, with its places', async () => {
    const dir = await folder({ 'directory.yml': WARNED });
    const { out } = await jitPolicy('validate', dir, '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      problems: [],
      warnings: [{ file: 'directory.yml', line: 6, column: 46 }],
      counts: { policies: 1, entitlements: 1, cases: 0 },
    });
  });

  test('nothing is wrong with the default folder', async () => {
    const { code, out } = await jitPolicy('validate', POLICIES, '--strict');
    expect(code).toBe(0);
    expect(out).toMatch(/: \d+ policies, \d+ entitlements, \d+ cases; nothing is wrong\.\n$/);
  });

  test('what is not understood exits with 2', async () => {
    expect((await jitPolicy('validate', '--nonsense')).code).toBe(2);
    expect((await jitPolicy('validate', '--own-account', '1')).code).toBe(2);
    expect((await jitPolicy('nonsense')).code).toBe(2);
  });
});

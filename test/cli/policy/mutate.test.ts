import { jitPolicy } from '../../support/cli.js';
import { folder, POLICIES, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const asks = (name: string, groups: string, expected: string) => `- name: ${name}
  requester: { email: ana@corp.example, groups: ${groups} }
  request: { entitlement: logs, duration: 1h }
  expect: { outcome: ${expected} }
`;

describe('jit policy test --mutate', () => {
  test('the cases of the default folder notice every mistake that changes an answer', async () => {
    const { code, out } = await jitPolicy('test', POLICIES, '--mutate');
    expect(out).toMatch(/^(\d+) of \1 mistakes are noticed by a case\.$/m);
    expect(code).toBe(0);
  });

  test('a mistake that no case notices is named, and exits with 1', async () => {
    const files = { 'cases/a.yml': asks('an engineer', '[engineers]', 'auto') };
    const { code, out } = await jitPolicy('test', await folder(files), '--mutate');
    expect(code).toBe(1);
    expect(out).toContain('low-at-once for any principal');
    expect(out).not.toContain('low-at-once is gone');
    const both = { 'cases/a.yml': files['cases/a.yml'] + asks('another', '[]', 'denied') };
    const { out: better } = await jitPolicy('test', await folder(both), '--mutate');
    expect(better).not.toContain('for any principal');
  });

  test('a law notices a mistake as well', async () => {
    const cases = asks('an engineer', '[engineers]', 'auto');
    const law = '- name: nobody else\n  never: { requester: { notIn: [engineers] } }\n';
    const { out } = await jitPolicy('test', await folder({ 'cases/a.yml': cases + law }), '--mutate');
    expect(out).toContain('3 of 3 mistakes are noticed by a case.');
  });

  test('--filter runs the cases that are named so', async () => {
    const files = {
      'cases/a.yml': asks('an engineer', '[engineers]', 'auto') + asks('another', '[]', 'auto'),
    };
    const dir = await folder(files);
    expect((await jitPolicy('test', dir)).code).toBe(1);
    const { code, out } = await jitPolicy('test', dir, '--filter', 'engineer');
    expect(code).toBe(0);
    expect(out).toContain('1 of 1 cases pass.');
  });
});

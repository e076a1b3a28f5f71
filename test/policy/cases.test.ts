import { runCases } from '../../src/policy/cases/run.js';
import type { Loaded } from '../../src/policy/load.js';
import { folder, FROM, loadedAt, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

let loaded: Loaded;
beforeAll(async () => {
  loaded = await loadedAt(POLICIES);
});

async function run(text: string) {
  const results = await runCases(await folder({ 'cases/a.yml': text }), loaded, { from: FROM });
  return results.map(({ file, line, passed, expected, actual }) => ({
    where: `${file}:${line}`,
    passed,
    ...(!passed && { expected, actual }),
  }));
}
const REQUEST = `- name: a case
  at: 2026-11-20T10:00:00Z
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: orders-db-admin, duration: 1h, ticket: OPS-12 }
  expect: { outcome: needs-approval, chain: [manager, 2 of security], policies: [production-two-stage] }
`;
const APPROVE = `- name: another
  approver: { email: sam@corp.example, groups: [security] }
  approve: { entitlement: orders-db-admin, requester: ana@corp.example, stage: security }
  expect: { outcome: allowed, policies: [stage-approves] }
`;

test('a folder without cases has no results', async () => {
  expect(await runCases(await folder(), loaded, { from: FROM })).toEqual([]);
});

test('a case that is as expected passes, and names what decided', async () => {
  const results = await runCases(
    await folder({ 'cases/a.yml': REQUEST + APPROVE, 'cases/notes.txt': '' }),
    loaded,
    { from: FROM },
  );
  expect(results).toMatchObject([
    { file: 'cases/a.yml', line: 1, name: 'a case', passed: true, policies: ['production-two-stage'] },
    { file: 'cases/a.yml', line: 6, name: 'another', passed: true, policies: ['stage-approves'] },
  ]);
});

test('a case says no more than it says', async () => {
  const short = REQUEST.replace(/, chain: .*/, ' }');
  expect(await run(short)).toEqual([{ where: 'cases/a.yml:1', passed: true }]);
});

test.each([
  ['needs-approval,', 'auto,', 'auto | chain: manager, 2 of security | policies: production-two-stage'],
  ['2 of security', 'security', 'needs-approval | chain: manager, security | policies: production-two-stage'],
  ['production-two-stage', 'other', 'needs-approval | chain: manager, 2 of security | policies: other'],
  [' [production-two-stage]', ' []', 'needs-approval | chain: manager, 2 of security | policies: none'],
])('a case that expects something else fails with both: %s → %s', async (from, to, expected) => {
  const actual = 'needs-approval | chain: manager, 2 of security | policies: production-two-stage';
  expect(await run(REQUEST.replace(from, to))).toEqual([
    { where: 'cases/a.yml:1', passed: false, expected, actual },
  ]);
});

test('a denial by an error is not the denial that a case expects', async () => {
  const text = REQUEST.replace('OPS-12', '"no ticket"').replace(/expect: .*/, 'expect: { outcome: denied }');
  expect(await run(text)).toMatchObject([
    { passed: false, expected: 'denied', actual: expect.stringContaining('denied | errors: the ticket') },
  ]);
});

test.each<[string, string, string, string]>([
  [
    'orders-db-admin',
    'orders-db-admn',
    '4',
    'request.entitlement: unknown entitlement "orders-db-admn"; did you mean "orders-db-admin"?',
  ],
  ['[engineers]', '[enginers]', '3', 'requester.groups: unknown group "enginers"; did you mean "engineers"?'],
  [
    'duration: 1h',
    'duration: 1 hour',
    '4',
    'request.duration: "1 hour" is not a duration; write a duration from 1m to 7d, such as 1h30m',
  ],
  [
    '2026-11-20T10:00:00Z',
    'tomorrow',
    '2',
    'at: "tomorrow" is not right; write an instant such as 2026-11-20T10:00:00Z',
  ],
  [
    'needs-approval',
    'allowed',
    '5',
    'expect.outcome: "allowed" is not right; write auto, needs-approval or denied',
  ],
  [
    '2 of security',
    'two of security',
    '5',
    'expect.chain: "two of security" is not a stage: write a stage\'s name, or "2 of <stage>"; write a list such as [manager, 2 of security]',
  ],
  ['ticket:', 'tikcet:', '4', 'request: unknown key "tikcet"; did you mean "ticket"?'],
  [
    '  request: {',
    '  reqest: {',
    '1',
    'asks nothing; write one of request:, approve:, extend:, revoke:, audit: and review:, or never:',
  ],
  [
    '  requester: { email: ana@corp.example, groups: [engineers] }\n',
    '',
    '1',
    'requester: is missing; write email: and groups:',
  ],
])('a case that cannot be read fails by its line: %s → %s', async (from, to, line, actual) => {
  const expected = 'a case that can be read';
  const where = `cases/a.yml:${line}`;
  expect(await run(REQUEST.replace(from, to))).toContainEqual({ where, passed: false, expected, actual });
});

test.each<[string, string, string, string]>([
  [
    'stage: security',
    'stage: secuity',
    '3',
    'approve.stage: unknown stage "secuity"; did you mean "security"?',
  ],
  [
    'requester: ana@corp.example',
    'requester: ana',
    '3',
    'approve.requester: write an e-mail address, or email: and groups:',
  ],
  ['allowed', 'auto', '4', 'expect.outcome: "auto" is not right; write allowed or denied'],
  ['approver:', 'actor:', '2', 'unknown key "actor"; the keys are name, at, approver, approve, expect'],
])('an approval that cannot be read fails by its line: %s → %s', async (from, to, line, actual) => {
  const expected = 'a case that can be read';
  const where = `cases/a.yml:${line}`;
  expect(await run(APPROVE.replace(from, to))).toContainEqual({ where, passed: false, expected, actual });
});

test.each([
  ['hello', 'cases/a.yml: is not a list of cases; begin each with "- name:"'],
  ['- a: 1\n  a: 2\n', 'cases/a.yml:2: the key "a" appears twice; keep one of the two'],
])('a file that holds no cases fails: %j', async (text, problem) => {
  const [result] = await runCases(await folder({ 'cases/a.yml': text }), loaded, { from: FROM });
  expect(result?.passed).toBe(false);
  expect(`${result?.file}${result?.line ? `:${result.line}` : ''}: ${result?.actual}`).toBe(problem);
});

test('a somebody of no known group is no mistake', async () => {
  const text = REQUEST.replace('[engineers]', '[visitors]').replace(
    /expect: .*/,
    'expect: { outcome: denied, chain: [], policies: [] }',
  );
  expect(await run(text)).toEqual([{ where: 'cases/a.yml:1', passed: true }]);
});

test('a requester who is only an e-mail is in the groups whose members directory.yml lists', async () => {
  const dir = await folder({
    'policies.cedar': `@id("x") permit (principal, action == Jit::Action::"revoke", resource) when { resource.requester in Jit::Group::"security" };`,
    'cases/a.yml': `
- { name: listed, actor: { email: x@y.z }, revoke: { entitlement: logs, requester: Sam@corp.example }, expect: { outcome: allowed } }
- { name: not listed, actor: { email: x@y.z }, revoke: { entitlement: logs, requester: ana@corp.example }, expect: { outcome: denied } }
- { name: stated, actor: { email: x@y.z }, revoke: { entitlement: logs, requester: { email: ana@corp.example, groups: [security] } }, expect: { outcome: allowed } }
`,
  });
  const results = await runCases(dir, await loadedAt(dir), { from: FROM });
  expect(results.map(({ name, passed }) => ({ name, passed }))).toEqual([
    { name: 'listed', passed: true },
    { name: 'not listed', passed: true },
    { name: 'stated', passed: true },
  ]);
});

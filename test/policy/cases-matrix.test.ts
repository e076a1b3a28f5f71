import { readWritten } from '../../src/policy/cases/read.js';
import { runCases } from '../../src/policy/cases/run.js';
import type { Loaded } from '../../src/policy/load.js';
import { folder, FROM, loadedAt, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

let loaded: Loaded;
beforeAll(async () => {
  loaded = await loadedAt(POLICIES);
});

const request = (groups: string, entitlement: string, duration: string, outcome = 'denied') => `- name: a case
  requester: { email: ana@corp.example, groups: ${groups} }
  request: { entitlement: ${entitlement}, duration: ${duration} }
  expect: { outcome: ${outcome} }
`;

const read = (text: string) =>
  readWritten({ texts: new Map([['cases/a.yml', text]]), problems: [] }, loaded).map((one) =>
    one.is === 'unreadable' ? `${one.at.line}:${one.at.column}: ${one.why}` : one.name,
  );

describe('a case with lists', () => {
  test('of groups is one case for each, which says its groups in its name', async () => {
    const text = request('[[engineers], [engineers, contractors], []]', 'sandbox-power-user', '1h', 'auto');
    const dir = await folder({ 'cases/a.yml': text });
    const results = await runCases(dir, loaded, { from: FROM });
    expect(results.map(({ name, passed, line }) => ({ name, passed, line }))).toEqual([
      { name: 'a case (engineers)', passed: true, line: 1 },
      { name: 'a case (engineers + contractors)', passed: true, line: 1 },
      { name: 'a case (no group)', passed: false, line: 1 },
    ]);
  });

  test('of entitlements and durations is one for each of all combinations', () => {
    expect(read(request('[[engineers], [dba]]', '[orders-logs, billing-reports]', '[1h, 4h]'))).toEqual([
      'a case (engineers, orders-logs, 1h)',
      'a case (engineers, orders-logs, 4h)',
      'a case (engineers, billing-reports, 1h)',
      'a case (engineers, billing-reports, 4h)',
      'a case (dba, orders-logs, 1h)',
      'a case (dba, orders-logs, 4h)',
      'a case (dba, billing-reports, 1h)',
      'a case (dba, billing-reports, 4h)',
    ]);
    expect(read(request('[dba]', '[orders-logs]', '1h'))).toEqual(['a case (orders-logs)']);
  });

  test('is the same of approvers and of those who end access', () => {
    const text = `- name: agrees
  approver: { email: sam@corp.example, groups: [[security], [security, contractors]] }
  approve: { entitlement: orders-logs, requester: ana@corp.example, stage: security }
  expect: { outcome: allowed }
- name: ends
  actor: { email: sam@corp.example, groups: [[security], [dba]] }
  revoke: { entitlement: orders-logs, requester: ana@corp.example }
  expect: { outcome: allowed }
`;
    expect(read(text)).toEqual([
      'agrees (security)',
      'agrees (security + contractors)',
      'ends (security)',
      'ends (dba)',
    ]);
  });

  test('plain groups stay one case', () => {
    expect(read(request('[engineers, dba]', 'orders-logs', '1h'))).toEqual(['a case']);
    expect(read(request('[]', 'orders-logs', '1h'))).toEqual(['a case']);
  });

  test.each([
    [
      request('[[engineers], dba]', 'orders-logs', '1h'),
      '2:50: requester.groups: ["engineers"] is not right; write a name, without stray spaces',
    ],
    [
      request('[[engineers], [enginers]]', 'orders-logs', '1h'),
      '2:63: requester.groups: unknown group "enginers"; did you mean "engineers"?',
    ],
    [
      request('[dba]', '[]', '1h'),
      '3:14: request.entitlement: is an empty list; write a list of entitlements',
    ],
    [
      request('[dba]', '[orders-logs, orders-lgs]', '1h'),
      '3:41: request.entitlement: unknown entitlement "orders-lgs"; did you mean "orders-logs"?',
    ],
    [
      request('[dba]', 'orders-logs', '[]'),
      '3:40: request.duration: is an empty list; write a list of durations',
    ],
    [
      request('[dba]', 'orders-logs', '[1h, 2 hours]'),
      '3:55: request.duration: "2 hours" is not a duration; write a duration from 1m to 7d, such as 1h30m',
    ],
  ])('that are not right is refused by its place', (text, problem) => {
    expect(read(text)).toEqual([problem]);
  });

  test('of too many combinations is refused', () => {
    const [groups, durations] = [
      `[${Array.from({ length: 40 }, () => '[dba]').join(', ')}]`,
      `[${Array.from({ length: 30 }, (_, n) => `${n + 1}m`).join(', ')}]`,
    ];
    expect(read(request(groups, 'orders-logs', durations))).toEqual([
      '1:3: makes 1200 cases of one; write 1000 at most',
    ]);
  });
});

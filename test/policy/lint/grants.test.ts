import type { PolicySize } from '../../../src/ports/access.js';
import { kindOf } from '../../support/kinds.js';
import { allow, catalog, found, lintOf, permit, removeFolders, subjects } from '../../support/lint.js';

afterAll(removeFolders);

const base = { 'policies.cedar': permit('p', 'owners') };
const of = (code: string, lines: Record<string, unknown>, kind?: string) =>
  subjects(code, { ...base, 'catalog.yml': catalog(lines, kind) });

describe('guardrails', () => {
  test('are missed in production, empty ones too, and not elsewhere', async () => {
    expect(await of('guardrails-missing', { environment: 'production' })).toEqual(['logs']);
    expect(await of('guardrails-missing', { environment: 'prod', config: { guardrails: {} } })).toEqual([
      'logs',
    ]);
    expect(await of('guardrails-missing', { environment: 'staging' })).toEqual([]);
  });

  test('of any kind are enough', async () => {
    const config = { guardrails: { regions: ['eu-west-1'] } };
    expect(await of('guardrails-missing', { environment: 'production', config })).toEqual([]);
  });
});

test('chaining at high risk is found', async () => {
  const config = { chaining: true };
  expect(await of('chaining-high-risk', { risk: 'high', config })).toEqual(['logs']);
  expect(await of('chaining-high-risk', { risk: 'medium', config })).toEqual([]);
  expect(await of('chaining-high-risk', { risk: 'high', config: { chaining: false } })).toEqual([]);
});

test('an ARN of another account is found, and one of the own, or of none, is not', async () => {
  const queue = (account: string) => ({
    statements: [allow('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${account}:q`)],
  });
  expect(await of('account-differs', { config: queue('999900001111') }, 'iam-policy')).toEqual(['logs']);
  expect(await of('account-differs', { config: queue('444455556666') }, 'iam-policy')).toEqual([]);
  const bucket = { statements: [allow('s3:GetObject', 'arn:aws:s3:::billing/*')] };
  expect(await of('account-differs', { config: bucket }, 'iam-policy')).toEqual([]);
  expect(await of('account-differs', { config: { roleArn: 'arn:aws:iam::999900001111:role/x' } })).toEqual([
    'logs',
  ]);
});

describe('writing on every resource of production', () => {
  const production = (action: string, resource = '*') => ({
    environment: 'production',
    config: { statements: [allow(action, resource)] },
  });

  test.each(['s3:PutObject', 's3:*', 's3:Get*Object*x', 'dynamodb:G*'])('is noted of %s', async (action) => {
    expect(await of('wildcard-write', production(action), 'iam-policy')).toEqual(['logs']);
  });

  test.each(['s3:GetObject', 's3:List*', 'ec2:Describe*', 'dynamodb:BatchGetItem'])(
    'is not of %s',
    async (action) => {
      expect(await of('wildcard-write', production(action), 'iam-policy')).toEqual([]);
    },
  );

  test('is not where the resources are named, or outside of production', async () => {
    expect(await of('wildcard-write', production('s3:PutObject', 'arn:aws:s3:::b/*'), 'iam-policy')).toEqual(
      [],
    );
    const staging = { ...production('s3:PutObject'), environment: 'staging' };
    expect(await of('wildcard-write', staging, 'iam-policy')).toEqual([]);
  });
});

describe('the size of a policy', () => {
  const sizedAs = (size: PolicySize) => [kindOf('sts-session', { size: () => size })];
  const limits = { user: 2048, role: 10_240 };
  const directory = (more: object) =>
    JSON.stringify({
      channel: 'C0ACCESS',
      groups: { dba: { members: ['dan@corp.example'] } },
      stages: { owners: { owners: true } },
      ...more,
    });
  const users = directory({ identity: { iamUser: '{email}', domains: ['corp.example'] } });
  const roles = directory({ identity: { iamRole: 'jit/{local}', domains: ['corp.example'] } });
  const mixed = directory({
    identity: { iamRole: 'jit/{local}', domains: ['corp.example'] },
    people: { 'ana@corp.example': { iamUser: 'ana' } },
  });
  const sized = (code: string, size: number, file: string) =>
    subjects(code, { ...base, 'directory.yml': file }, { kinds: sizedAs({ size, limits }) });

  test('over the limit of its principal is an error, of the smallest that is in use', async () => {
    expect(await sized('policy-too-large', 2049, users)).toEqual(['logs']);
    expect(await sized('policy-too-large', 2048, users)).toEqual([]);
    expect(await sized('policy-too-large', 2049, roles)).toEqual([]);
    expect(await sized('policy-too-large', 2049, mixed)).toEqual(['logs']);
  });

  test('over half of it is a note: two of them do not fit', async () => {
    expect(await sized('policy-fits-once', 1025, users)).toEqual(['logs']);
    expect(await sized('policy-fits-once', 1024, users)).toEqual([]);
  });

  test('of a session over what STS takes is an error', async () => {
    const sized = sizedAs({ size: 2049, limits: { session: 2048 } });
    expect(
      await found('policy-too-large', { ...base, 'directory.yml': roles }, { kinds: sized }),
    ).toHaveLength(1);
  });

  test('of a session that takes two layers is a note, since AWS may make but one', async () => {
    const layered = (layers?: 2) =>
      sizedAs({ size: 2000, ...(layers && { layers }), limits: { session: 2048 } });
    expect(await found('policy-two-layers', base, { kinds: layered(2) })).toHaveLength(1);
    expect(await found('policy-two-layers', base, { kinds: layered() })).toEqual([]);
  });

  test('that nobody can tell is not judged', async () => {
    const { findings } = await lintOf({ ...base, 'directory.yml': users });
    expect(findings.filter(({ code }) => code.startsWith('policy-'))).toEqual([]);
  });
});

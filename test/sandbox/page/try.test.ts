import { PutUserPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { iso } from '../../../src/sandbox/aws/policy/authorize.js';
import type { TriedCall } from '../../../src/sandbox/page/model/model.js';
import { active, HOUR, T0 } from '../../support/requests.js';
import { ACCOUNT, place, type Place } from '../../support/sandbox-page.js';

let here: Place;
let role: string;
beforeEach(async () => {
  here = await place();
  role = here.cloud.addRole({
    account: ACCOUNT,
    name: 'Orders',
    path: '/jit/',
    trust: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: here.jit.arn },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    },
    inline: { base: document({ Action: 'rds:*' }) },
  });
});
afterEach(() => here.close());

const document = (more: object, ...others: object[]) => ({
  Version: '2012-10-17' as const,
  Statement: [{ Effect: 'Allow' as const, Resource: '*', ...more }, ...others] as never,
});
const config = () => ({
  endpoint: here.cloud.url,
  region: 'us-east-1',
  credentials: here.jit.keys,
  maxAttempts: 1,
});
const put = (UserName: string, PolicyName: string, policy: object) =>
  new IAMClient(config()).send(
    new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(policy) }),
  );
const assume = (more: object) =>
  new STSClient(config()).send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'jit-r1', DurationSeconds: 900, ...more }),
  );
async function attempt(as: string, action: string, more: object = {}): Promise<TriedCall> {
  const { status, body } = await here.post('try', { as, action, resource: '*', ...more });
  expect(status).toBe(200);
  return body as unknown as TriedCall;
}

test('who holds nothing is allowed nothing', async () => {
  expect(await attempt('UBOB', 's3:GetObject')).toMatchObject({ at: T0, allowed: false, by: [] });
  expect(await attempt('UANA', 's3:GetObject')).toMatchObject({
    allowed: false,
    by: [{ principal: here.ana, allowed: false, why: 'no identity policy allows it' }],
  });
});

test("another person's session allows nothing to this one", async () => {
  here.onRecord(active);
  await assume({ SourceIdentity: 'ana@corp.example', Tags: [{ Key: 'jit:request', Value: 'r1' }] });
  await assume({ RoleSessionName: 'untagged' });
  expect(await attempt('UBOB', 'rds:Describe')).toMatchObject({ allowed: false, by: [] });
});

test('invariant 1: a policy on their own user allows it to the end, and not from then on, whoever runs', async () => {
  const until = { Condition: { DateLessThan: { 'aws:CurrentTime': iso(T0 + HOUR) } } };
  await put('ana.lopez', 'jit-r1', document({ Action: 's3:GetObject', ...until }));
  await here.post('bot', { running: false });
  here.clock.advance(HOUR - 1_000);
  expect(await attempt('UANA', 's3:GetObject')).toMatchObject({
    allowed: true,
    by: [{ principal: here.ana, why: `inline policy jit-r1 on ${here.ana} allows it` }],
  });
  here.clock.advance(1_000);
  expect(await attempt('UANA', 's3:GetObject')).toMatchObject({ at: T0 + HOUR, allowed: false });
});

test('a session opened for a request of theirs counts, and an explicit Deny names its policy', async () => {
  here.onRecord(active);
  const from = { Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': iso(T0 + 600_000) } } };
  const Policy = JSON.stringify(
    document({ Action: '*' }, { Effect: 'Deny', Action: '*', Resource: '*', ...from }),
  );
  await assume({ Policy, Tags: [{ Key: 'jit:request', Value: 'r1' }] });
  const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/Orders/jit-r1`;
  const [user, session] = (await attempt('UANA', 'rds:DescribeDBInstances')).by;
  expect(user).toMatchObject({ principal: here.ana, allowed: false });
  expect(session).toEqual({
    principal,
    allowed: true,
    why: `inline policy base on ${role} allows it`,
  });
  here.clock.advance(600_000);
  expect((await attempt('UANA', 'rds:DescribeDBInstances')).by[1]).toEqual({
    principal,
    allowed: false,
    why: 'the inline session policy denies it',
  });
  here.clock.advance(300_000);
  expect((await attempt('UANA', 'rds:DescribeDBInstances')).by).toHaveLength(1);
});

test('a session that carries their e-mail counts too', async () => {
  await assume({ SourceIdentity: 'ana@corp.example' });
  expect(await attempt('UANA', 'rds:DescribeDBInstances')).toMatchObject({ allowed: true });
});

describe('guardrails are asked about the call as it would be made', () => {
  test.each([
    ['the region of the resource', { resource: `arn:aws:rds:eu-west-1:${ACCOUNT}:db:orders` }, true],
    ['another region of the resource', { resource: `arn:aws:rds:us-east-1:${ACCOUNT}:db:orders` }, false],
    ['no region in the resource', { resource: 'arn:aws:s3:::billing/*' }, true],
    ['a region that is given', { region: 'us-east-1' }, false],
    ['a second factor, as usual', {}, true],
    ['no second factor', { mfa: false }, false],
    ['an address that is given', { sourceIp: '198.51.100.1' }, false],
  ])('%s', async (_, more, allowed) => {
    const Condition = {
      StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
    };
    await put('ana.lopez', 'jit-r1', document({ Action: '*', Condition }));
    expect(await attempt('UANA', 'rds:Describe', more)).toMatchObject({ allowed });
  });

  test('and what was asked is said', async () => {
    expect((await attempt('UANA', 's3:GetObject')).call).toEqual({
      region: 'eu-west-1',
      sourceIp: '203.0.113.10',
      mfa: true,
    });
  });
});

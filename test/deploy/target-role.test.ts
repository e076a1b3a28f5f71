/** @project outside */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { revocationOfAll, revokedUntil } from '../../src/grants/sts-session/revocation.js';
import { connectAws, provisioners } from '../../src/grants/index.js';
import { startCloud, type Cloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import { grantOf, MINUTE, pinned, START } from '../support/grants.js';
import { role } from '../support/deploy/account.js';
import { documentsOf } from '../support/deploy/statements.js';
import { packaged, readTemplate, type JsonMap } from '../support/deploy/template.js';
import { ACCOUNT, evaluator } from '../support/deploy/values.js';

const OTHER = '111122223333';
const ENGINE = role('jit-bot/jit-prod-stream');
const SWEEP = role('jit-bot/jit-prod-sweep');
const target = readTemplate('docs/target-role.yml');
const parameters = { JitRoleArns: `${ENGINE},${SWEEP}`, ExternalId: 'jit-production' };

const of = (id: string, given: Record<string, string> = parameters) =>
  documentsOf(target, id, evaluator(target, given, OTHER)) as Record<string, PolicyDocument>;

let cloud: Cloud;
const time = { now: START };
const now = () => time.now;
const named = (name: string, account: string) => ({ account, path: '/jit/', name });

/** The engine by its own rights, and beside it somebody else of the bot's account, who may do everything. */
async function sessionOf(arn: string, keys: { accessKeyId: string; secretAccessKey: string }) {
  const sts = new STSClient({ endpoint: cloud.url, region: 'us-east-1', credentials: keys });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'function' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

let engine: Awaited<ReturnType<typeof sessionOf>>;
let another: typeof engine;
beforeAll(async () => {
  cloud = await startCloud({ now });
  const { template } = packaged();
  const { stream } = documentsOf(template, 'StreamRole', evaluator(template)) as Record<
    string,
    PolicyDocument
  >;
  const everything: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  };
  // In place of Lambda, which the double does not know.
  const lambda = cloud.addUser({ account: ACCOUNT, name: 'lambda', inline: { everything } });
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: lambda.arn }, Action: 'sts:AssumeRole' },
  };
  cloud.addRole({
    account: ACCOUNT,
    path: '/jit-bot/',
    name: 'jit-prod-stream',
    trust,
    inline: { stream: stream! },
  });
  const admin = cloud.addRole({ account: ACCOUNT, name: 'Admin', trust, inline: { everything } });
  cloud.addManagedPolicy({
    account: OTHER,
    path: '/jit-bot/',
    name: 'jit-boundary',
    document: of('AccountBoundary')['managed']!,
  });
  const { trust: trusting, ...inline } = of('TargetRole');
  const boundary = `arn:aws:iam::${OTHER}:policy/jit-bot/jit-boundary`;
  cloud.addRole({
    ...named('OrdersLogs', OTHER),
    trust: trusting!,
    boundary,
    inline: { ...inline, everything },
  });
  const { trust: managed, ...rights } = of('ManageRole');
  cloud.addRole({ ...named('Manage', OTHER), trust: managed!, inline: rights });
  engine = await sessionOf(ENGINE, lambda.keys);
  another = await sessionOf(admin, lambda.keys);
});
afterAll(async () => {
  await cloud.close();
});

const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersLogs`;
const MANAGE = `arn:aws:iam::${OTHER}:role/jit/Manage`;

function mint(keys: typeof engine) {
  const aws = connectAws({
    accounts: () => ({ [OTHER]: { manageRoleArn: MANAGE, externalId: 'jit-production' } }),
    now,
    options: { endpoint: cloud.url, credentials: keys, maxAttempts: 1 },
  });
  const { 'sts-session': session } = provisioners({ aws, signinUrl: cloud.signinUrl, now });
  return session!.mint!(grantOf(pinned('sts-session', { roleArn: ROLE }, undefined, OTHER)), now());
}

function assume(keys: typeof engine, more: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {}) {
  const sts = new STSClient({ endpoint: cloud.url, region: 'us-east-1', credentials: keys, maxAttempts: 1 });
  return sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'jit-01', ...more }));
}

const tagged = { Tags: [{ Key: 'jit:request', Value: '01' }], TransitiveTagKeys: ['jit:request'] };
const known = { SourceIdentity: 'ana@corp.example', ExternalId: 'jit-production' };
const complete = { ...tagged, ...known };

describe('a target role, as its template makes it', () => {
  test('opens a session that the bot’s stream function asks for, with the rights that serverless.yml gives it', async () => {
    const { accessKeyId } = await mint(engine);
    const reading = { accessKeyId, action: 'logs:FilterLogEvents', resource: '*' };
    expect(cloud.authorize(reading)).toMatchObject({ allowed: true });
    expect(cloud.authorize({ ...reading, action: 'iam:CreateUser' })).toMatchObject({ allowed: false });
  });

  test('opens none for anybody else of the bot’s account, whatever they may do there', async () => {
    await expect(assume(another, complete)).rejects.toThrow('not authorized');
    await expect(assume(engine, complete)).resolves.toBeDefined();
  });

  test.each([
    ['without the request’s tag, by which it could be ended early', known],
    ['whose tag is not handed on to further sessions', { ...complete, TransitiveTagKeys: [] }],
    ['without the person’s name', { ...tagged, ExternalId: 'jit-production' }],
    ['without the external id', { ...complete, ExternalId: undefined }],
    ['with another’s external id', { ...complete, ExternalId: 'guess' }],
    [
      'with a tag that could mean something to other policies',
      { ...complete, Tags: [...tagged.Tags, { Key: 'team', Value: 'payments' }] },
    ],
    ['with an empty tag', { ...complete, Tags: [{ Key: 'jit:request', Value: '' }] }],
    ['under a name that is not jit’s', { ...complete, RoleSessionName: 'admin' }],
  ])('opens no session %s', async (_, wish) => {
    await expect(assume(engine, wish)).rejects.toThrow('not authorized');
  });

  test('has the Deny of all sessions ready, word for word what the program would write, and it denies nobody yet', async () => {
    const ready = of('TargetRole')['jit-revoke-all'];
    const text = revocationOfAll(Date.UTC(2000, 0, 1));
    expect(ready).toEqual(JSON.parse(text));
    expect(JSON.stringify(ready)).toHaveLength(text.length);
    expect(revokedUntil(JSON.stringify(ready))).toBe(Date.UTC(2000, 0, 1));
  });

  test.each([
    ['logs:FilterLogEvents', true],
    ['cloudtrail:LookupEvents', true],
    ['cloudtrail:StopLogging', false],
    ['cloudtrail:DeleteTrail', false],
    ['cloudtrail:UpdateTrail', false],
    ['cloudtrail:PutEventSelectors', false],
    ['sso:CreateAccountAssignment', false],
    ['identitystore:CreateGroupMembership', false],
    ['rolesanywhere:CreateTrustAnchor', false],
    ['iam:CreateUser', false],
  ])('within the account’s boundary may %s: %s', (action, allowed) => {
    expect(cloud.authorize({ principalArn: ROLE, action, resource: '*' }).allowed).toBe(allowed);
  });

  test('lies under /jit/, within a boundary, for an hour at most', () => {
    const evaluate = evaluator(target, parameters, OTHER);
    const { Path, MaxSessionDuration, PermissionsBoundary } = evaluate(
      target.Resources['TargetRole']!.Properties,
    ) as JsonMap;
    expect({ Path, MaxSessionDuration, PermissionsBoundary }).toEqual({
      Path: '/jit/',
      MaxSessionDuration: 3600,
      PermissionsBoundary: `arn:aws:iam::${OTHER}:policy/jit-bot/jit-boundary`,
    });
  });

  test('takes the boundary of the bot’s own stack where that is, and then makes nothing else', () => {
    const evaluate = evaluator(target, { ...parameters, Boundary: 'jit-bot/jit-prod-boundary' });
    const properties = evaluate(target.Resources['TargetRole']!.Properties) as JsonMap;
    expect(properties['PermissionsBoundary']).toBe(
      `arn:aws:iam::${ACCOUNT}:policy/jit-bot/jit-prod-boundary`,
    );
    expect(evaluate(target.Conditions!['MakesAccount']!)).toBe(false);
    for (const id of ['AccountBoundary', 'ManageRole'])
      expect(target.Resources[id]!.Condition).toBe('MakesAccount');
  });

  test('says in the catalog’s words how it is asked for', () => {
    expect(pinned('sts-session', { roleArn: ROLE }, undefined, OTHER).config).toMatchObject({
      roleArn: ROLE,
    });
  });
});

describe('the management role', () => {
  const manage = { RoleArn: MANAGE, RoleSessionName: 'jit-manage', ExternalId: 'jit-production' };

  test('is for the bot alone, and only with its external id', async () => {
    await expect(assume(engine, manage)).resolves.toBeDefined();
    await expect(assume(another, manage)).rejects.toThrow('not authorized');
    await expect(assume(engine, { ...manage, ExternalId: 'guess' })).rejects.toThrow('not authorized');
    await expect(assume(engine, { RoleArn: MANAGE, RoleSessionName: 'jit-manage' })).rejects.toThrow(
      'not authorized',
    );
  });

  test('cannot be handed to a person as a session', async () => {
    await expect(assume(engine, { ...manage, ...complete })).rejects.toThrow('not authorized');
  });

  test('asks for no external id where none is given', () => {
    for (const role of ['ManageRole', 'TargetRole'])
      expect(JSON.stringify(of(role, { JitRoleArns: ENGINE })['trust'])).not.toContain('ExternalId');
  });

  test.each([
    ['a user within the boundary', `arn:aws:iam::${OTHER}:user/ana`, 'jit-boundary', true],
    ['a target role', ROLE, 'jit-boundary', true],
    ['a user without one', `arn:aws:iam::${OTHER}:user/root`, undefined, false],
    ['a user within another', `arn:aws:iam::${OTHER}:user/eva`, 'other', false],
    ['itself', MANAGE, 'jit-boundary', false],
  ])('writes to %s: %s', (_, resource, boundary, allowed) => {
    for (const action of ['iam:PutUserPolicy', 'iam:DeleteRolePolicy']) {
      const context = boundary && {
        'iam:PermissionsBoundary': `arn:aws:iam::${OTHER}:policy/jit-bot/${boundary}`,
      };
      expect(
        cloud.authorize({ principalArn: MANAGE, action, resource, ...(context && { context }) }).allowed,
      ).toBe(allowed);
    }
  });
});

test('a session ends by its own policy, within what the template allows', async () => {
  const { accessKeyId, expiresAt } = await mint(engine);
  // The template allows the call by which keys end by themselves.
  expect(expiresAt).toBe(START + 30 * MINUTE - 1000);
  time.now = START + 30 * MINUTE;
  expect(cloud.authorize({ accessKeyId, action: 'logs:FilterLogEvents', resource: '*' }).allowed).toBe(false);
  time.now = START;
});

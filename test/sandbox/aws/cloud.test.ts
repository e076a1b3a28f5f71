import {
  DeleteUserPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedUserPoliciesCommand,
  paginateListUserPolicies,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials,
} from '@aws-sdk/client-sts';
import { startCloud, type Cloud, type PolicyDocument } from '../../../src/sandbox/aws/index.js';

const OWN = '111111111111';
const OTHER = '222222222222';
const START = Date.UTC(2026, 10, 20, 9);

const all: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};
const trusting = (principal: string, more: object = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    ...more,
  },
});

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
const keysOf = (credentials: Credentials | undefined): Keys => ({
  accessKeyId: credentials!.AccessKeyId!,
  secretAccessKey: credentials!.SecretAccessKey!,
  sessionToken: credentials!.SessionToken!,
});

/** A policy of so many characters. */
const sized = (characters: number): string => {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::' },
  });
  return text.replace('s3:::', `s3:::${'a'.repeat(characters - text.length)}`);
};
const only = (Action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*' },
});

describe('the IAM and STS double', () => {
  let cloud: Cloud;
  let now = START;
  let bot: { arn: string; keys: Keys };
  const config = (credentials: Keys) => ({
    endpoint: cloud.url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  const iam = (keys: Keys = bot.keys) => new IAMClient(config(keys));
  const sts = (keys: Keys = bot.keys) => new STSClient(config(keys));
  const put = (name: string, document: unknown, user = 'ana') =>
    iam().send(
      new PutUserPolicyCommand({
        UserName: user,
        PolicyName: name,
        PolicyDocument: typeof document === 'string' ? document : JSON.stringify(document),
      }),
    );
  const assume = (RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}, keys?: Keys) =>
    sts(keys).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ...more }));

  beforeEach(async () => {
    now = START;
    cloud = await startCloud({ now: () => now });
    bot = cloud.addUser({ account: OWN, name: 'bot', inline: { all } });
    cloud.addUser({ account: OWN, name: 'ana', path: '/people/' });
  });
  afterEach(() => cloud.close());

  describe('callers', () => {
    test('a key that nobody has is InvalidClientTokenId', async () => {
      await expect(
        sts({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }).send(new GetCallerIdentityCommand({})),
      ).rejects.toMatchObject({ name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } });
    });

    test('a session key without its token is refused', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      const { sessionToken: _, ...bare } = keysOf((await assume(role)).Credentials);
      await expect(sts(bare).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: 'InvalidClientTokenId',
      });
    });

    test('a session can be asked about by its ARN, as a user can, until it ends', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn), inline: { all } });
      const { AssumedRoleUser } = await assume(role, { Policy: JSON.stringify(only('s3:GetObject')) });
      const may = (action: string) => cloud.authorize({ principalArn: AssumedRoleUser?.Arn ?? '', action });
      expect(may('s3:GetObject')).toMatchObject({ allowed: true });
      expect(may('s3:PutObject')).toMatchObject({ allowed: false });
      now += 3_600_000;
      expect(may('s3:GetObject')).toMatchObject({ allowed: false, why: 'the session has expired' });
    });

    test('a session key is expired from its end on', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      const keys = keysOf((await assume(role, { DurationSeconds: 900 })).Credentials);
      now += 899_000;
      await expect(sts(keys).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
        Arn: `arn:aws:sts::${OWN}:assumed-role/r/one`,
      });
      now += 1000;
      await expect(sts(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: expect.stringMatching(/^ExpiredToken/) as string,
      });
      expect(cloud.authorize({ accessKeyId: keys.accessKeyId, action: 's3:GetObject' }).allowed).toBe(false);
    });

    test('a caller is known by account and principal', async () => {
      await expect(sts().send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
        Account: OWN,
        Arn: bot.arn,
      });
    });

    test('IAM asks the caller’s own policies', async () => {
      const weak = cloud.addUser({ account: OWN, name: 'weak' });
      await expect(
        iam(weak.keys).send(new GetUserPolicyCommand({ UserName: 'ana', PolicyName: 'p' })),
      ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    });

    test('the Date header follows the injected clock', async () => {
      now = Date.UTC(2030, 0, 1);
      const answer = await fetch(`${cloud.url}/`, { method: 'POST', body: 'Action=GetCallerIdentity' });
      expect(answer.headers.get('date')).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
    });
  });

  describe('inline policies', () => {
    test('what is put is read back as it was, listed, and deleted', async () => {
      const text = JSON.stringify({ ...all, Id: `it's (50%) + <&> ü` });
      await put('p', text);
      const answer = await iam().send(new GetUserPolicyCommand({ UserName: 'ANA', PolicyName: 'p' }));
      expect(answer.PolicyDocument).not.toContain('{');
      expect(decodeURIComponent(answer.PolicyDocument!)).toBe(text);
      await iam().send(new DeleteUserPolicyCommand({ UserName: 'ana', PolicyName: 'p' }));
      await expect(
        iam().send(new DeleteUserPolicyCommand({ UserName: 'ana', PolicyName: 'p' })),
      ).rejects.toMatchObject({ name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } });
    });

    test('lists come in pages', async () => {
      for (const name of ['a', 'b', 'c']) await put(name, all);
      const names: string[] = [];
      for await (const page of paginateListUserPolicies(
        { client: iam(), pageSize: 2 },
        { UserName: 'ana' },
      )) {
        names.push(...page.PolicyNames!);
      }
      expect(names).toEqual(['a', 'b', 'c']);
    });

    test('a user holds 2,048 characters in all, white space not counted', async () => {
      await put('first', sized(1048));
      await expect(put('second', sized(1001))).rejects.toMatchObject({
        name: 'LimitExceededException',
        $metadata: { httpStatusCode: 409 },
      });
      await put('second', `  ${sized(1000)}\n\n`);
      await put('second', sized(1000));
    });

    test('a role holds 10,240', async () => {
      cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      const long = { ...all, Id: 'a'.repeat(10_200) };
      await expect(
        iam().send(
          new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: JSON.stringify(long) }),
        ),
      ).rejects.toMatchObject({ name: 'LimitExceededException' });
    });

    test.each([
      ['text that is not JSON', '{'],
      ['no statement', { Version: '2012-10-17' }],
      ['an unknown version', { ...all, Version: '2026-01-01' }],
      ['an action without a service', { Statement: { Effect: 'Allow', Action: 'Get', Resource: '*' } }],
      ['a resource that is no ARN', { Statement: { Effect: 'Allow', Action: '*', Resource: 'bucket' } }],
      ['a principal', { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' } }],
      ['no resource', { Statement: { Effect: 'Allow', Action: '*' } }],
      ['an unknown effect', { Statement: { Effect: 'Maybe', Action: '*', Resource: '*' } }],
      [
        'an unknown operator',
        { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { Same: { 'a:b': 'c' } } } },
      ],
      [
        'the same Sid twice',
        {
          Statement: [
            { Sid: 'A', Effect: 'Allow', Action: '*', Resource: '*' },
            { Sid: 'A', Effect: 'Allow', Action: '*', Resource: '*' },
          ],
        },
      ],
    ])('a document with %s is malformed', async (_, document) => {
      await expect(put('p', document)).rejects.toMatchObject({
        name: 'MalformedPolicyDocumentException',
        $metadata: { httpStatusCode: 400 },
      });
    });

    test('characters beyond U+00FF are refused', async () => {
      await expect(put('p', { ...all, Id: 'Ω' })).rejects.toMatchObject({ name: 'ValidationError' });
    });
  });

  test('GetUser, GetRole and ListAttachedUserPolicies tell what was seeded', async () => {
    const boundary = cloud.addManagedPolicy({ account: OWN, name: 'edge', document: all });
    cloud.addUser({ account: OWN, name: 'kim', attached: [boundary], boundary, tags: { team: 'a' } });
    cloud.addRole({ account: OWN, name: 'r', path: '/jit/', trust: trusting(bot.arn) });
    await expect(iam().send(new GetUserCommand({ UserName: 'kim' }))).resolves.toMatchObject({
      User: {
        Arn: `arn:aws:iam::${OWN}:user/kim`,
        Tags: [{ Key: 'team', Value: 'a' }],
        PermissionsBoundary: { PermissionsBoundaryArn: boundary },
      },
    });
    await expect(iam().send(new GetRoleCommand({ RoleName: 'r' }))).resolves.toMatchObject({
      Role: { Path: '/jit/', MaxSessionDuration: 3600 },
    });
    await expect(iam().send(new ListAttachedUserPoliciesCommand({ UserName: 'kim' }))).resolves.toMatchObject(
      { AttachedPolicies: [{ PolicyName: 'edge', PolicyArn: boundary }] },
    );
  });

  describe('AssumeRole', () => {
    const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

    test('a role that does not exist, or does not trust the caller, is refused alike', async () => {
      const role = cloud.addRole({
        account: OWN,
        name: 'r',
        trust: trusting(`arn:aws:iam::${OWN}:user/kim`),
      });
      await expect(assume(role)).rejects.toMatchObject(refused);
      await expect(assume(`arn:aws:iam::${OWN}:role/none`)).rejects.toMatchObject(refused);
    });

    test('in one account a trust that names the caller is enough, one that names the account is not', async () => {
      const weak = cloud.addUser({ account: OWN, name: 'weak' });
      const byName = cloud.addRole({ account: OWN, name: 'a', trust: trusting(weak.arn) });
      const byAccount = cloud.addRole({
        account: OWN,
        name: 'b',
        trust: trusting(`arn:aws:iam::${OWN}:root`),
      });
      await expect(assume(byName, {}, weak.keys)).resolves.toBeDefined();
      await expect(assume(byAccount, {}, weak.keys)).rejects.toMatchObject(refused);
      await expect(assume(byAccount)).resolves.toBeDefined();
    });

    test('across accounts the caller’s own policy must allow it too', async () => {
      const weak = cloud.addUser({ account: OWN, name: 'weak' });
      const role = cloud.addRole({ account: OTHER, name: 'r', trust: trusting(weak.arn) });
      await expect(assume(role, {}, weak.keys)).rejects.toMatchObject(refused);
    });

    test('the external id is asked of whoever comes', async () => {
      const Condition = { StringEquals: { 'sts:ExternalId': 'secret' } };
      const role = cloud.addRole({ account: OTHER, name: 'r', trust: trusting(bot.arn, { Condition }) });
      await expect(assume(role)).rejects.toMatchObject(refused);
      await expect(assume(role, { ExternalId: 'other' })).rejects.toMatchObject(refused);
      await expect(assume(role, { ExternalId: 'secret' })).resolves.toBeDefined();
    });

    test.each([
      ['a source identity', { SourceIdentity: 'ana@corp.example' }],
      ['tags', { Tags: [{ Key: 'jit:request', Value: '1' }] }],
    ])('%s takes a right in the trust policy and in the caller’s', async (_, wish) => {
      const bare = cloud.addRole({
        account: OWN,
        name: 'bare',
        trust: trusting(bot.arn, { Action: 'sts:AssumeRole' }),
      });
      await expect(assume(bare)).resolves.toBeDefined();
      await expect(assume(bare, wish)).rejects.toMatchObject(refused);
      const weak = cloud.addUser({ account: OWN, name: 'weak' });
      const full = cloud.addRole({ account: OWN, name: 'full', trust: trusting(weak.arn) });
      await expect(assume(full, wish, weak.keys)).rejects.toMatchObject(refused);
    });

    test.each([
      ['a short session name', { RoleSessionName: 'a' }],
      ['a session name with a space', { RoleSessionName: 'a b' }],
      ['a source identity with a colon', { SourceIdentity: 'a:b' }],
      ['899 seconds', { DurationSeconds: 899 }],
      ['more than the role’s maximum', { DurationSeconds: 3601 }],
      ['a managed policy that is not there', { PolicyArns: [{ arn: `arn:aws:iam::${OWN}:policy/none` }] }],
    ])('%s is a ValidationError', async (_, wish) => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      await expect(assume(role, wish)).rejects.toMatchObject({ name: 'ValidationError' });
    });

    test('a malformed session policy, and one that is too large', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      await expect(assume(role, { Policy: '{}' })).rejects.toMatchObject({
        name: 'MalformedPolicyDocumentException',
      });
      const Policy = JSON.stringify({ ...all, Id: 'a'.repeat(2048) });
      await expect(assume(role, { Policy })).rejects.toMatchObject({ name: 'PackedPolicyTooLargeException' });
    });

    test('from a role an hour is the most, and identity and transitive tags go along', async () => {
      const first = cloud.addRole({
        account: OWN,
        name: 'first',
        trust: trusting(bot.arn),
        inline: { all },
        maxSession: 43_200,
      });
      const second = cloud.addRole({
        account: OWN,
        name: 'second',
        trust: trusting(first),
        maxSession: 43_200,
      });
      const outer = await assume(first, {
        DurationSeconds: 7200,
        SourceIdentity: 'ana',
        Tags: [
          { Key: 'jit:request', Value: '1' },
          { Key: 'stays', Value: 'here' },
        ],
        TransitiveTagKeys: ['jit:request'],
      });
      const keys = keysOf(outer.Credentials);
      await expect(assume(second, { DurationSeconds: 3601 }, keys)).rejects.toMatchObject({
        name: 'ValidationError',
      });
      await expect(assume(second, { SourceIdentity: 'bob' }, keys)).rejects.toMatchObject(refused);
      const inner = await assume(second, {}, keys);
      expect(inner.SourceIdentity).toBe('ana');
      const judge = (key: string) => {
        const document: PolicyDocument = {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: '*',
            Resource: '*',
            Condition: { Null: { [`aws:PrincipalTag/${key}`]: 'false' } },
          },
        };
        return iam()
          .send(
            new PutRolePolicyCommand({
              RoleName: 'second',
              PolicyName: 'p',
              PolicyDocument: JSON.stringify(document),
            }),
          )
          .then(() =>
            cloud.authorize({ accessKeyId: keysOf(inner.Credentials).accessKeyId, action: 's3:GetObject' }),
          );
      };
      await expect(judge('jit:request')).resolves.toMatchObject({ allowed: true });
      await expect(judge('stays')).resolves.toMatchObject({ allowed: false });
    });

    test('a session is judged by role, boundary and session policies together', async () => {
      const boundary = cloud.addManagedPolicy({ account: OWN, name: 'edge', document: only('s3:*') });
      const reading = cloud.addManagedPolicy({ account: OWN, name: 'read', document: only('s3:Get*') });
      const role = cloud.addRole({
        account: OWN,
        name: 'r',
        trust: trusting(bot.arn),
        inline: { all },
        boundary,
      });
      const { accessKeyId } = keysOf((await assume(role, { PolicyArns: [{ arn: reading }] })).Credentials);
      const may = (action: string) => cloud.authorize({ accessKeyId, action });
      expect(may('s3:GetObject')).toMatchObject({ allowed: true });
      expect(may('s3:PutObject')).toMatchObject({ allowed: false, why: 'no session policy allows it' });
      expect(may('ec2:RunInstances')).toMatchObject({
        allowed: false,
        why: 'no permissions boundary allows it',
      });
    });
  });

  describe('faults', () => {
    test('a call fails as often as asked, with the code and status asked for', async () => {
      cloud.fault('PutUserPolicy', { fail: 'Throttling' }, 2);
      await expect(put('p', all)).rejects.toMatchObject({ name: 'Throttling' });
      await expect(put('p', all)).rejects.toMatchObject({ name: 'Throttling' });
      await expect(put('p', all)).resolves.toBeDefined();
    });

    test('a dropped answer has had its effect', async () => {
      cloud.fault('PutUserPolicy', 'drop');
      await expect(put('p', all)).rejects.toBeDefined();
      expect(Object.keys(cloud.inline(`arn:aws:iam::${OWN}:user/people/ana`))).toEqual(['p']);
    });

    test('calls are on record, with who made them and what came of it', async () => {
      await put('p', '{').catch(() => undefined);
      expect(cloud.calls.at(-1)).toMatchObject({
        service: 'iam',
        action: 'PutUserPolicy',
        caller: bot.arn,
        error: 'MalformedPolicyDocument',
        at: START,
      });
    });
  });

  describe('what there is, for a page that shows it', () => {
    test('principals come with their inline policies, read', async () => {
      await put('jit-1', only('s3:GetObject'));
      const ana = cloud.principals().find(({ name }) => name === 'ana');
      expect(ana).toEqual({
        type: 'user',
        account: OWN,
        name: 'ana',
        path: '/people/',
        arn: `arn:aws:iam::${OWN}:user/people/ana`,
        policies: [{ name: 'jit-1', document: only('s3:GetObject') }],
      });
      ana!.policies[0]!.document['Statement'] = [];
      expect(cloud.principals().find(({ name }) => name === 'ana')!.policies[0]!.document).toEqual(
        only('s3:GetObject'),
      );
    });

    test('sessions come without secrets, and only until their end or that of their role', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      const { Credentials } = await assume(role, {
        DurationSeconds: 900,
        Policy: JSON.stringify(all),
        SourceIdentity: 'ana@corp.example',
        Tags: [{ Key: 'jit:request', Value: '1' }],
      });
      const keys = keysOf(Credentials);
      expect(cloud.sessions()).toEqual([
        {
          accessKeyId: keys.accessKeyId,
          arn: `arn:aws:sts::${OWN}:assumed-role/r/one`,
          role,
          issuedAt: START,
          expiresAt: START + 900_000,
          sourceIdentity: 'ana@corp.example',
          tags: { 'jit:request': '1' },
          policies: [{ name: 'the inline session policy', document: all }],
        },
      ]);
      expect(JSON.stringify(cloud.sessions())).not.toContain(keys.secretAccessKey);
      expect(JSON.stringify(cloud.sessions())).not.toContain(keys.sessionToken);
      now += 900_000;
      expect(cloud.sessions()).toEqual([]);
      await assume(role, { DurationSeconds: 900 });
      expect(cloud.sessions()).toHaveLength(1);
      cloud.remove(role);
      expect(cloud.sessions()).toEqual([]);
    });

    test('a listener hears of what was written, not of what was read or refused', async () => {
      const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
      let heard = 0;
      const stop = cloud.onChange(() => (heard += 1));
      await put('p', all);
      await assume(role);
      expect(heard).toBe(2);
      await iam().send(new GetUserPolicyCommand({ UserName: 'ana', PolicyName: 'p' }));
      await put('p', '{').catch(() => undefined);
      cloud.fault('PutUserPolicy', { fail: 'Throttling' });
      await put('p', all).catch(() => undefined);
      expect(heard).toBe(2);
      cloud.fault('DeleteUserPolicy', 'drop');
      await iam()
        .send(new DeleteUserPolicyCommand({ UserName: 'ana', PolicyName: 'p' }))
        .catch(() => undefined);
      expect(heard).toBe(3);
      cloud.remove(role);
      expect(heard).toBe(4);
      stop();
      await put('p', all);
      expect(heard).toBe(4);
    });
  });

  test('the sign-in endpoint takes live session keys and nothing else', async () => {
    const role = cloud.addRole({ account: OWN, name: 'r', trust: trusting(bot.arn) });
    const { accessKeyId, secretAccessKey, sessionToken } = keysOf((await assume(role)).Credentials);
    const ask = (session: object, more = {}) =>
      fetch(
        `${cloud.signinUrl}?${new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session), ...more }).toString()}`,
      );
    const good = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
    const answer = await ask(good);
    const { SigninToken } = (await answer.json()) as { SigninToken: string };
    const login = () => fetch(`${cloud.signinUrl}?Action=login&SigninToken=${SigninToken}`);
    await expect(login()).resolves.toMatchObject({ status: 200 });
    await expect(ask({ ...good, sessionKey: 'x' })).resolves.toMatchObject({ status: 400 });
    await expect(ask(good, { SessionDuration: '3600' })).resolves.toMatchObject({ status: 400 });
    now += 15 * 60_000;
    await expect(login()).resolves.toMatchObject({ status: 400 });
  });
});

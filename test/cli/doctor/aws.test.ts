import { judgeAccount, judgeClock, judgeIdentity, principalsIn } from '../../../src/cli/doctor/aws.js';
import { principalOf } from '../../../src/grants/aws/inspect.js';
import { judgePrincipal } from '../../../src/grants/iam-policy/doctor.js';
import { judgeEarlyEnd, judgeKeys, judgeRole } from '../../../src/grants/sts-session/doctor.js';
import { revocationOfAll } from '../../../src/grants/sts-session/revocation.js';
import type { PolicyDocument } from '../../../src/sandbox/aws/index.js';
import { FRIDAY } from '../../support/company.js';
import { DIRECTORY, installation } from '../../support/doctor.js';

const BOT = { account: '999900001111', arn: 'arn:aws:iam::999900001111:user/jit' };
const ROLE = 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin';
const USER = 'arn:aws:iam::111122223333:user/ana.lopez';
const RIGHTS = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

let here: Awaited<ReturnType<typeof installation>>;
beforeEach(async () => {
  here = await installation();
});
afterEach(() => here.close());

const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

/** Makes the role anew with another trust policy. */
function trust(arn: string, actions: string[], more: { by?: string; externalId?: string } = {}): void {
  const [, , , , account = '', path = ''] = arn.split(':');
  here.cloud.remove(arn);
  here.cloud.addRole({
    account,
    name: path.split('/').at(-1) ?? '',
    path: '/jit/',
    inline: { everything },
    trust: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: more.by ?? BOT.arn },
        Action: actions,
        ...(more.externalId && { Condition: { StringEquals: { 'sts:ExternalId': more.externalId } } }),
      },
    },
  });
}

describe('the AWS identity and the clock', () => {
  test('credentials that AWS does not accept fail, and what needs them is skipped', async () => {
    here.cloud.fault('GetCallerIdentity', { fail: 'InvalidClientTokenId' }, 50);
    const steps = await here.examined();
    expect(steps.get('AWS identity')).toMatchObject({
      outcome: 'failed',
      problems: [{ what: expect.stringContaining('(InvalidClientTokenId)'), fix: 'renew them' }],
    });
    for (const name of ['clock', 'accounts', 'catalog roles', 'IAM principals'])
      expect(steps.get(name)).toMatchObject({
        outcome: 'skipped',
        why: expect.stringContaining('AWS identity'),
      });
    expect(steps.get('channels')).toMatchObject({ outcome: 'ok' });
  });

  test('no credentials at all', () => {
    expect(judgeIdentity({ refused: { code: 'CredentialsProviderError' } })).toMatchObject({
      problems: [{ what: expect.stringContaining('no AWS credentials') }],
    });
  });

  test('a clock more than five seconds off fails, either way', async () => {
    const off = await here.of('clock', {}, { now: () => FRIDAY + 6_000 });
    expect(off).toEqual([
      expect.stringMatching(/6.0 s ahead of AWS’s: jit grants nothing with it → let NTP/),
    ]);
    expect(judgeClock(-5_001)).toMatchObject({ problems: [{ what: expect.stringContaining('behind') }] });
    expect(judgeClock(undefined)).toMatchObject({ problems: [{ what: expect.stringContaining('did not') }] });
    expect(judgeClock(-5_000)).toMatchObject({ value: true });
  });
});

describe('management roles', () => {
  test('one with another external id, or that does not trust jit, fails, and the id is not shown', async () => {
    const manage = 'arn:aws:iam::111122223333:role/jit/Manage';
    trust(manage, ['sts:AssumeRole'], { externalId: 'another-external-id' });
    expect(await here.of('accounts')).toEqual([
      expect.stringMatching(
        /account 111122223333: .*Manage cannot be assumed → let its trust policy name .*user\/jit .*very sts:ExternalId/,
      ),
    ]);
  });

  test('one of another account fails', () => {
    const entry = { manageRoleArn: 'arn:aws:iam::444455556666:role/jit/Manage' };
    const refused = { refused: { code: 'WrongAccount' } };
    expect(judgeAccount('111122223333', entry, refused, BOT)).toMatchObject([
      { fix: 'correct manageRoleArn in directory.yml' },
    ]);
  });
});

describe('catalog roles', () => {
  test.each(['sts:TagSession', 'sts:SetSourceIdentity'])(
    'one whose trust lacks %s is told so',
    async (right) => {
      trust(
        ROLE,
        RIGHTS.filter((one) => one !== right),
      );
      expect(await here.of('catalog roles')).toEqual([
        `orders-db-admin: ${ROLE}: AWS refuses ${right} → add ${right} to the actions of its trust policy; and allow ${BOT.arn} ${right} on it`,
      ]);
    },
  );

  test('one that trusts somebody else, and one that does not exist', async () => {
    trust(ROLE, RIGHTS, { by: USER });
    const expected = new RegExp(
      `AWS refuses sts:AssumeRole → let its trust policy name ${BOT.arn} with sts:A.*or correct`,
    );
    expect(await here.of('catalog roles')).toEqual([expect.stringMatching(expected)]);
    here.cloud.remove(ROLE);
    expect(await here.of('catalog roles')).toEqual([expect.stringMatching(expected)]);
  });

  test('where AWS says whose policy is at fault, only that is to be mended', () => {
    const fix = (lacking: 'identity' | 'resource') =>
      judgeRole('x', ROLE, { refused: { code: 'AccessDenied', action: 'sts:TagSession', lacking } }, BOT)[0]
        ?.fix;
    expect(fix('identity')).toBe(`allow ${BOT.arn} sts:TagSession on it`);
    expect(fix('resource')).toBe('add sts:TagSession to the actions of its trust policy');
  });

  test.each([
    ['PackedPolicyTooLarge', 'shorten the statements in catalog.yml'],
    ['MalformedPolicyDocument', 'correct the statements in catalog.yml'],
    ['ValidationError', 'correct policyArns'],
    ['RegionDisabled', 'switch it on'],
    ['ExpiredToken', 'renew them'],
    ['TimeoutError', 'try again'],
  ])('%s has a fix of its own', (code, fix) => {
    const [finding] = judgeRole('x', ROLE, { refused: { code } }, BOT);
    expect(finding?.fix).toContain(fix);
  });

  test('the dry run is the real call, and what it opens may do nothing', async () => {
    expect((await here.of('catalog roles'))[0]).toBe('ok');
    const call = here.cloud.calls.find(({ params }) => params['RoleArn'] === ROLE);
    expect(call?.params).toMatchObject({
      RoleSessionName: 'jit-doctor',
      DurationSeconds: '900',
      SourceIdentity: 'doctor@jit.invalid',
      'Tags.member.1.Key': 'jit:request',
      'TransitiveTagKeys.member.1': 'jit:request',
    });
    const sessions = here.cloud.sessions().filter(({ arn }) => arn.endsWith('/jit-doctor'));
    expect(sessions.length).toBeGreaterThan(0);
    for (const { arn } of sessions)
      for (const action of ['s3:GetObject', 'iam:PutUserPolicy', 'sts:AssumeRole'])
        expect(here.cloud.authorize({ principalArn: arn, action })).toMatchObject({ allowed: false });
  });

  test('one that is not ready for an early end is a warning', async () => {
    expect(await here.of('catalog roles')).toContainEqual(
      expect.stringMatching(
        /OrdersDbAdmin has no inline policy jit-revoke-all: .* → .*docs\/target-role.yml/,
      ),
    );
    trust(ROLE, RIGHTS);
    here.cloud.remove(ROLE);
    here.cloud.addRole({
      account: '111122223333',
      name: 'OrdersDbAdmin',
      path: '/jit/',
      trust: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: BOT.arn }, Action: RIGHTS },
      },
      inline: {
        everything,
        'jit-revoke-all': JSON.parse(revocationOfAll(0)) as PolicyDocument,
      },
    });
    expect(await here.of('catalog roles')).not.toContainEqual(expect.stringContaining('OrdersDbAdmin'));
  });

  test('one that may make no keys that end with the access is a warning, and says what to allow', async () => {
    here.cloud.fault('GetScopedCredentials', { fail: 'AccessDenied' }, 50);
    const found = await here.of('catalog roles');
    expect(found[0]).toBe('ok');
    expect(found).toContainEqual(
      expect.stringMatching(
        /^orders-db-admin: .*OrdersDbAdmin: AWS makes no keys .*GetScopedCredentials: AccessDenied.* 15 minutes longer → allow sts:GetScopedCredentials to the role, .*boundary/,
      ),
    );
    // Each is asked for once, by a session that may do nothing else.
    const asked = here.cloud.calls.filter(({ action }) => action === 'GetScopedCredentials');
    expect(asked.every(({ caller }) => caller?.endsWith('/jit-doctor'))).toBe(true);
  });

  test('whose statements need a second layer fails without one; without room for the call they are told to be short', () => {
    const config = (length: number, chaining = false) => ({
      roleArn: ROLE,
      chaining,
      statements: [
        { Effect: 'Allow' as const, Action: ['s3:Get*'], Resource: [`arn:aws:s3:::${'b'.repeat(length)}`] },
      ],
    });
    const refused = { refused: { code: 'InvalidAction' } };
    expect(judgeKeys('x', config(10), { made: true })).toEqual({ problems: [], warnings: [] });
    expect(judgeKeys('x', config(1850), { made: true })).toEqual({ problems: [], warnings: [] });
    expect(judgeKeys('x', config(1850), refused)).toMatchObject({
      problems: [
        {
          what: expect.stringContaining('nobody can be given it'),
          fix: expect.stringContaining('AWS_REGION'),
        },
      ],
      warnings: [],
    });
    expect(judgeKeys('x', config(1680), refused)).toMatchObject({
      problems: [],
      warnings: [{ fix: expect.stringContaining('no room to allow the call') }],
    });
    expect(judgeKeys('x', config(10), refused)).toMatchObject({
      warnings: [{ fix: expect.stringContaining('a regional endpoint of STS') }],
    });
  });

  test('so is one whose policies jit may not read, or whose account it does not know', () => {
    const fix = (code: string, action?: string) =>
      judgeEarlyEnd(ROLE, { refused: { code, ...(action && { action }) } })[0]?.fix;
    expect(fix('AccessDenied', 'iam:GetRolePolicy')).toContain('iam:GetRolePolicy, PutRolePolicy');
    expect(fix('UnknownAccount')).toContain('under accounts in directory.yml');
    expect(judgeEarlyEnd(ROLE, { revokeAll: 'other' })[0]?.what).toContain('of jit’s own wording');
  });

  test('a role is named as a trust policy has to name it', () => {
    const arn = 'arn:aws:sts::999900001111:assumed-role/jit-stream/1234';
    expect(principalOf({ account: '999900001111', arn })).toMatch(
      /^the role jit-stream of account 999900001111/,
    );
  });
});

describe('IAM principals', () => {
  test('what jit may not read fails, with the rights that it needs', async () => {
    const manage = 'arn:aws:iam::111122223333:role/jit/Manage';
    here.cloud.remove(manage);
    here.cloud.addRole({
      account: '111122223333',
      name: 'Manage',
      path: '/jit/',
      trust: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: BOT.arn }, Action: 'sts:AssumeRole' },
      },
    });
    expect(await here.of('IAM principals')).toEqual([
      expect.stringMatching(
        /user ana.lopez in account 111122223333: AWS refuses iam:ListUserPolicies → allow iam:ListUserPolicies, GetUserPolicy, PutUserPolicy/,
      ),
    ]);
  });

  test('one without a permissions boundary is a warning, and one with it is none', async () => {
    expect(await here.of('IAM principals')).toContainEqual(
      expect.stringMatching(
        /user ana.lopez in account 111122223333 has no permissions boundary.* → put the boundary/,
      ),
    );
    here.cloud.remove(USER);
    const account = '111122223333';
    const boundary = here.cloud.addManagedPolicy({ account, name: 'Boundary', document: everything });
    here.cloud.addUser({ account, name: 'ana.lopez', boundary });
    expect(await here.of('IAM principals')).not.toContainEqual(expect.stringContaining(account));
  });

  test('an account where nobody is known is a warning', async () => {
    for (const { arn } of here.cloud.principals())
      if (arn.startsWith('arn:aws:iam::111122223333:user/')) here.cloud.remove(arn);
    expect(await here.of('IAM principals')).toContainEqual(
      expect.stringMatching(/account 111122223333 has none of .*user ana.lopez.* → write under people/),
    );
  });

  test('a boundary that cannot be read is no failure: jit itself needs no right to see it', () => {
    const principal = { type: 'role', name: 'dev-ana' } as const;
    expect(judgePrincipal('111122223333', principal, { boundary: 'unread' })).toEqual({
      warnings: [
        { what: expect.stringContaining('role dev-ana'), fix: expect.stringContaining('iam:GetRole ') },
      ],
    });
    expect(judgePrincipal('111122223333', principal, { refused: { code: 'UnknownAccount' } })).toMatchObject({
      problems: [{ fix: expect.stringContaining('under accounts') }],
    });
  });

  test('those whose principal is written down are asked about first', () => {
    const directory = {
      ...DIRECTORY,
      groups: { security: { members: ['sam@corp.example'] } },
      people: { 'ana@corp.example': { iamUser: 'ana.lopez' } },
      identity: { type: 'user' as const, template: '{email}', domains: ['corp.example'] },
    };
    expect(principalsIn(directory)).toEqual([
      { type: 'user', name: 'ana.lopez' },
      { type: 'user', name: 'sam@corp.example' },
    ]);
  });
});

import type { JsonObject, Principal } from '../../src/domain/entitlement.js';
import { sizeOf } from '../../src/grants/aws/documents/document.js';
import { inlinePolicy, type InlineConfig } from '../../src/grants/iam-policy/documents.js';
import type { Provisioner } from '../../src/ports/access.js';
import {
  allowAll,
  grantOf,
  MINUTE,
  OTHER,
  OWN,
  pinned,
  setup,
  START,
  trusting,
  type Setup,
} from '../support/grants.js';

const ANA: Principal = { type: 'user', name: 'ana.lopez' };
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const ID = '01JIT0000000000000000000A1';

const pin = (more: JsonObject = {}, principal: Principal | undefined = ANA, account = OTHER) =>
  pinned('iam-policy', { statements: [read], ...more }, principal, account);

/** A policy of so many characters. */
function filled(characters: number) {
  const bare = JSON.stringify({ ...allowAll, Id: '' }).length;
  return { ...allowAll, Id: 'x'.repeat(characters - bare) };
}

describe('iam-policy', () => {
  let world: Setup;
  let policies: Provisioner;
  let ana: { arn: string; keys: { accessKeyId: string } };

  beforeEach(async () => {
    world = await setup();
    policies = world.kinds['iam-policy']!;
    ana = world.cloud.addUser({ account: OTHER, name: 'ana.lopez' });
  });
  afterEach(() => world.cloud.close());

  const may = (context: Record<string, string> = {}) =>
    world.cloud.authorize({ accessKeyId: ana.keys.accessKeyId, action: 's3:GetObject', context }).allowed;

  describe('the look ahead', () => {
    test('finds room on a user who has none of it used', async () => {
      await expect(policies.preflight(pin(), ID)).resolves.toBeUndefined();
    });

    test('says with numbers that there is no room', async () => {
      world.cloud.addUser({
        account: OTHER,
        name: 'full',
        inline: { a: { ...allowAll, Id: 'x'.repeat(900) }, b: { ...allowAll, Id: 'x'.repeat(900) } },
      });
      const reason = await policies.preflight(pin({}, { type: 'user', name: 'full' }), ID);
      expect(reason).toMatchObject({ code: 'no-room', limit: 2048, principal: 'user full' });
      const { used, needed } = reason as { used: number; needed: number };
      expect(used).toBeGreaterThan(1900);
      expect(needed).toBeGreaterThan(100);
      expect(used + needed).toBeGreaterThan(2048);
    });

    test.each([
      ['fits', 0],
      ['is one character too long', 1],
    ])('agrees with IAM to the character: what %s', async (_, over) => {
      const needed = sizeOf(inlinePolicy(pin().config as InlineConfig, 0));
      const used = 2048 - needed + over;
      const user = { type: 'user', name: 'tight' } as const;
      world.cloud.addUser({ account: OTHER, name: user.name, inline: { other: filled(used) } });
      const reason = await policies.preflight(pin({}, user), ID);
      const made = await policies.provision(grantOf(pin({}, user))).catch((fault: unknown) => fault);
      const noRoom = { code: 'no-room', used, needed, limit: 2048, principal: 'user tight' };
      expect(reason).toEqual(over ? noRoom : undefined);
      expect(made).toMatchObject(over ? { code: 'LimitExceeded', permanent: true } : { policy: `jit-${ID}` });
    });

    test('room that was taken since is said with numbers when the grant is made', async () => {
      await expect(policies.preflight(pin(), ID)).resolves.toBeUndefined();
      world.cloud.addUser({ account: OTHER, name: 'late', inline: { other: filled(2000) } });
      const needed = sizeOf(inlinePolicy(pin().config as InlineConfig, 0));
      const late = grantOf(pin({}, { type: 'user', name: 'late' }));
      await expect(policies.provision(late)).rejects.toMatchObject({
        code: 'LimitExceeded',
        permanent: true,
        hint: expect.stringContaining(
          `user late take 2000 of 2048 characters, and this grant needs ${needed}`,
        ) as string,
      });
    });

    test('without the numbers, no room is still said', async () => {
      world.cloud.addUser({ account: OTHER, name: 'late', inline: { other: filled(2000) } });
      world.cloud.fault('ListUserPolicies', { fail: 'AccessDenied' });
      const late = grantOf(pin({}, { type: 'user', name: 'late' }));
      await expect(policies.provision(late)).rejects.toMatchObject({
        code: 'LimitExceeded',
        permanent: true,
      });
    });

    test('does not count the same request’s own policy', async () => {
      const lot = Array.from({ length: 9 }, () => read);
      const big = pin({ statements: lot });
      await policies.provision(grantOf(big));
      await expect(policies.preflight(big, ID)).resolves.toBeUndefined();
      await expect(policies.preflight(big, 'another')).resolves.toMatchObject({ code: 'no-room' });
    });

    test('names a principal that does not exist', async () => {
      await expect(policies.preflight(pin({}, { type: 'user', name: 'nobody' }), ID)).resolves.toMatchObject({
        code: 'aws',
        error: 'NoSuchEntity',
        hint: expect.stringContaining('user nobody') as string,
      });
    });

    test('speaks of no management role in jit’s own account, where there is none', async () => {
      world.cloud.addUser({ account: OWN, name: 'ana.lopez' });
      world.cloud.fault('DeleteUserPolicy', { fail: 'AccessDenied' }, 9);
      const reason = await policies.preflight(pin({}, ANA, OWN), ID);
      expect(reason).toMatchObject({
        hint: expect.stringContaining(
          'user ana.lopez has to carry jit’s permissions boundary, and jit has to be allowed iam:DeleteUserPolicy.',
        ),
      });
    });

    test('throws where AWS does not say whether it could be taken away again', async () => {
      world.cloud.fault('DeleteUserPolicy', { fail: 'ServiceUnavailable' }, 9);
      await expect(policies.preflight(pin(), ID)).rejects.toMatchObject({ permanent: false });
    });

    test('throws where AWS cannot be asked', async () => {
      world.cloud.fault('ListUserPolicies', { fail: 'ServiceUnavailable' }, 9);
      await expect(policies.preflight(pin(), ID)).rejects.toMatchObject({ permanent: false });
    });
  });

  // The rights that the management role has by docs/target-role.yml.
  describe('for somebody who does not carry the boundary', () => {
    const BOUNDARY = `arn:aws:iam::${OTHER}:policy/jit-bot/jit-boundary`;
    const BOB: Principal = { type: 'user', name: 'bob' };
    const CARA: Principal = { type: 'user', name: 'cara' };

    beforeEach(() => {
      world.cloud.addManagedPolicy({
        account: OTHER,
        path: '/jit-bot/',
        name: 'jit-boundary',
        document: allowAll,
      });
      const manage = world.cloud.addRole({
        account: OTHER,
        name: 'Manage2',
        path: '/jit/',
        trust: trusting(world.engine.arn),
        inline: {
          manage: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' },
              {
                Effect: 'Allow',
                Action: ['iam:PutUserPolicy', 'iam:DeleteUserPolicy'],
                Resource: '*',
                Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } },
              },
            ],
          },
        },
      });
      world.accounts[OTHER] = { manageRoleArn: manage };
      world.cloud.addUser({ account: OTHER, name: 'bob' });
      world.cloud.addUser({ account: OTHER, name: 'cara', boundary: BOUNDARY });
    });

    test('the look ahead refuses, and says what, where, and what would be right', async () => {
      const reason = await policies.preflight(pin({}, BOB), ID);
      expect(reason).toEqual({
        code: 'aws',
        error: 'AccessDenied',
        hint:
          `jit may not remove inline policies of user bob in account ${OTHER}, so it gives none. Ask the people who run jit: ` +
          'user bob has to carry jit’s permissions boundary, and the management role of the account has to be allowed iam:DeleteUserPolicy.',
      });
      await expect(policies.preflight(pin({}, CARA), ID)).resolves.toBeUndefined();
    });

    test('invariant 16: what could not be made is proven gone at the first look, and not tried for ever', async () => {
      const grant = grantOf(pin({}, BOB));
      await expect(policies.provision(grant)).rejects.toMatchObject({
        code: 'AccessDenied',
        permanent: true,
      });
      await expect(policies.revoke(grant, START)).resolves.toEqual({
        checkedAt: START,
        evidence: `no inline policy jit-${ID} on user bob, though IAM refuses to remove one (AccessDenied)`,
      });
    });

    test('invariant 2: a boundary taken off meanwhile leaves the duty to revoke where it is', async () => {
      const grant = grantOf(pin({}, CARA));
      await policies.provision(grant);
      world.accounts[OTHER] = {
        manageRoleArn: world.cloud.addRole({
          account: OTHER,
          name: 'Reader',
          path: '/jit/',
          trust: trusting(world.engine.arn),
          inline: {
            read: {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' },
            },
          },
        }),
      };
      await expect(policies.revoke(grant, START)).rejects.toMatchObject({ code: 'AccessDenied' });
    });
  });

  test('goes to a role where the person has one', async () => {
    const role = cloudRole('ana');
    const grant = grantOf(pin({}, { type: 'role', name: 'ana' }));
    await policies.provision(grant);
    expect(world.cloud.authorize({ principalArn: role, action: 's3:GetObject' }).allowed).toBe(true);
    await policies.revoke(grant, START);
    expect(world.cloud.authorize({ principalArn: role, action: 's3:GetObject' }).allowed).toBe(false);
  });

  test('goes by the bot’s own credentials in its own account', async () => {
    const { arn } = world.cloud.addUser({ account: OWN, name: 'ana.lopez' });
    await policies.provision(grantOf(pin({}, ANA, OWN)));
    expect(Object.keys(world.cloud.inline(arn))).toEqual([`jit-${ID}`]);
    expect(world.cloud.inline(ana.arn)).toEqual({});
    expect(world.cloud.calls.some(({ action }) => action === 'AssumeRole')).toBe(false);
  });

  test('a person without a principal gets nothing', async () => {
    const { principal: _, ...bare } = pin();
    await expect(policies.provision(grantOf(bare))).rejects.toMatchObject({
      code: 'NoPrincipal',
      permanent: true,
    });
  });

  test('a user or role that does not exist is a permanent fault', async () => {
    const gone = grantOf(pin({}, { type: 'user', name: 'nobody' }));
    await expect(policies.provision(gone)).rejects.toMatchObject({ code: 'NoSuchEntity', permanent: true });
  });

  test('nothing but NoSuchEntity proves that it is gone', async () => {
    const grant = grantOf(pin());
    await policies.provision(grant);
    for (const fail of ['AccessDenied', 'ServiceFailure', 'UnmodifiableEntity']) {
      world.cloud.clearFaults();
      world.cloud.fault('DeleteUserPolicy', { fail }, 9);
      await expect(policies.revoke(grant, START)).rejects.toMatchObject({ code: fail });
      world.cloud.clearFaults();
      world.cloud.fault('GetUserPolicy', { fail }, 9);
      await expect(policies.revoke(grant, START)).rejects.toMatchObject({ code: fail });
      world.cloud.clearFaults();
      await policies.provision(grant);
    }
  });

  test('a reading that fails before the deletion does not hold it up', async () => {
    const grant = grantOf(pin());
    await policies.provision(grant);
    world.cloud.fault('GetUserPolicy', { fail: 'AccessDenied' });
    const proof = await policies.revoke(grant, START);
    expect(proof).toEqual({ checkedAt: START, evidence: `no inline policy jit-${ID} on user ana.lopez` });
    expect(may()).toBe(false);
  });

  test('an end taken out by hand is found out, and the access taken away with it', async () => {
    const grant = grantOf(pin());
    await policies.provision(grant);
    await policies.provision(grantOf(pin({ statements: [{ ...read, Action: '*' }] })));
    const proof = await policies.revoke(grant, START);
    expect(proof.alarm).toBe('changed-by-hand');
    expect(may()).toBe(false);
  });

  test('MFA is asked of each call, and keys that carry none are refused', async () => {
    await policies.provision(grantOf(pin({ guardrails: { mfa: true } })));
    expect(may({ 'aws:MultiFactorAuthPresent': 'true' })).toBe(true);
    expect(may({ 'aws:MultiFactorAuthPresent': 'false' })).toBe(false);
    expect(may({})).toBe(false);
  });

  test('invariant 7: of two grants of the same thing the later end wins', async () => {
    const lease = { startsAt: START, endsAt: START + MINUTE };
    const first = grantOf(pin(), { requestId: 'first', lease });
    await policies.provision(first);
    await policies.provision(
      grantOf(pin(), { requestId: 'second', lease: { ...lease, endsAt: START + 2 * MINUTE } }),
    );
    world.time.now = START + MINUTE;
    await policies.revoke(first, world.time.now);
    expect(may()).toBe(true);
    world.time.now = START + 2 * MINUTE;
    expect(may()).toBe(false);
  });

  function cloudRole(name: string): string {
    return world.cloud.addRole({ account: OTHER, name, path: '/jit/', trust: trusting(ana.arn) });
  }
});

import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { JsonObject } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import { revocationOfAll, revokedUntil, LANDING } from '../../src/grants/sts-session/revocation.js';
import type { Provisioner } from '../../src/ports/access.js';
import type { PolicyDocument } from '../../src/sandbox/aws/index.js';
import {
  allowAll,
  grantOf,
  HOUR,
  MINUTE,
  OTHER,
  pinned,
  setup,
  START,
  type Setup,
} from '../support/grants.js';

const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`;
const LONG_AGO = Date.UTC(2000, 0, 1);
const ONE = '01JIT0000000000000000000A1';
const TWO = '01JIT0000000000000000000B2';
const ready = (until: number): PolicyDocument => JSON.parse(revocationOfAll(until)) as PolicyDocument;

const grant = (requestId: string, lastMintAt: number, config: JsonObject = {}): Grant =>
  grantOf(pinned('sts-session', { roleArn: ROLE, ...config }), {
    requestId,
    lastMintAt,
    lease: { startsAt: START, endsAt: START + 4 * HOUR },
  });

describe('an early end in a role that is full', () => {
  let world: Setup;
  let sessions: Provisioner;
  let carla: { accessKeyId: string; secretAccessKey: string };

  beforeEach(async () => {
    world = await setup();
    sessions = world.kinds['sts-session']!;
    carla = world.cloud.addUser({ account: OTHER, name: 'carla', inline: { allowAll } }).keys;
  });
  afterEach(() => world.cloud.close());

  /** A role with room for a few characters more than what is ready. */
  function full(inline: Record<string, PolicyDocument> = { 'jit-revoke-all': ready(LONG_AGO) }): void {
    const trust: PolicyDocument = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: [world.engine.arn, `arn:aws:iam::${OTHER}:user/carla`, ROLE] },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    };
    const others = { allowAll, ...inline };
    const used = Object.values(others).reduce((sum, document) => sum + JSON.stringify(document).length, 0);
    const bare = JSON.stringify({ ...allowAll, Id: '' }).length;
    const filler = { ...allowAll, Id: 'x'.repeat(10_240 - used - bare - 5) };
    world.cloud.addRole({
      account: OTHER,
      name: 'OrdersDbAdmin',
      path: '/jit/',
      trust,
      inline: { filler, ...others },
    });
  }
  const open = async (id: string, config?: JsonObject) => {
    const of = grant(id, world.time.now, config);
    return { of, ...(await sessions.mint!(of, world.time.now)) };
  };
  const assume = async (credentials: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
  }) => {
    const sts = new STSClient({ endpoint: world.cloud.url, region: 'us-east-1', credentials });
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'by-hand' }));
    return answer.Credentials!.AccessKeyId!;
  };
  const may = (accessKeyId: string) => world.cloud.authorize({ accessKeyId, action: 's3:GetObject' }).allowed;
  const dateThere = () => revokedUntil(JSON.stringify(world.cloud.inline(ROLE)['jit-revoke-all']));
  const puts = () =>
    world.cloud.calls.filter(
      ({ action, params }) => action === 'PutRolePolicy' && params['PolicyName'] === 'jit-revoke-all',
    ).length;

  test('invariant 7: ends the session, and not one that somebody opened without jit', async () => {
    full();
    const hand = await assume(carla);
    const { of, accessKeyId } = await open(ONE);
    await sessions.revoke(of, START);
    expect(may(accessKeyId)).toBe(false);
    expect(may(hand)).toBe(true);
  });

  test('the proof says what stands there, whom else it hits and until when, and raises an alarm', async () => {
    full();
    const { of } = await open(ONE);
    const before = world.cloud.inline(ROLE);
    const proof = await sessions.revoke(of, START);
    expect(proof).toEqual({
      checkedAt: START,
      evidence: expect.stringMatching(
        /jit-revoke-all on role OrdersDbAdmin .* all sessions that jit opened up to 2026-11-20T09:00:30.000Z, .*opens a new session after/,
      ) as string,
      alarm: 'role-full',
    });
    expect(proof.evidence.length).toBeLessThan(600);
    expect(world.cloud.inline(ROLE)).toEqual({ ...before, 'jit-revoke-all': ready(START + LANDING) });
    await expect(sessions.cleanUp(of)).resolves.toBeUndefined();
    expect(may((await open(ONE)).accessKeyId)).toBe(false);
  });

  test('other people’s jit sessions of the role end too, and work when they are opened again', async () => {
    full();
    const bob = await open(TWO);
    const { of } = await open(ONE);
    await sessions.revoke(of, START);
    expect(may(bob.accessKeyId)).toBe(false);
    world.time.now = START + LANDING + 1000;
    expect(may((await open(TWO)).accessKeyId)).toBe(true);
  });

  test('reaches a session whose opening was under way, and none after', async () => {
    full();
    await sessions.revoke(grant(ONE, START), START);
    world.time.now = START + LANDING;
    expect(may((await open(ONE)).accessKeyId)).toBe(false);
  });

  test('a session opened in the very second of its end is reached, by whichever clock', async () => {
    full();
    world.time.now = START + 700;
    const { of, accessKeyId } = await open(ONE);
    await sessions.revoke({ ...of, lastMintAt: START + 2900 }, world.time.now);
    expect(may(accessKeyId)).toBe(false);
    expect(dateThere()).toBe(START + 3000 + LANDING);
    expect(puts()).toBe(1);
  });

  test('what is written is always of one size, whatever the date', () => {
    const sizes = [0, LONG_AGO, START, Date.UTC(2099, 11, 31)].map((date) => revocationOfAll(date).length);
    expect(new Set(sizes).size).toBe(1);
  });

  test('invariant 5: to end it again writes nothing, so that sessions opened since live on', async () => {
    full();
    const { of } = await open(ONE);
    const proof = await sessions.revoke(of, START);
    world.time.now = START + MINUTE;
    const bob = await open(TWO);
    await expect(sessions.revoke(of, START)).resolves.toEqual(proof);
    expect(puts()).toBe(1);
    expect(may(bob.accessKeyId)).toBe(true);
  });

  test('the date never goes back', async () => {
    full({ 'jit-revoke-all': ready(START + HOUR) });
    await sessions.revoke(grant(ONE, START), START);
    expect(dateThere()).toBe(START + HOUR);
    expect(puts()).toBe(0);
  });

  test('a session opened after an earlier date is ended by a later one', async () => {
    full();
    await sessions.revoke(grant(TWO, START), START);
    world.time.now = START + 10 * MINUTE;
    const { of, accessKeyId } = await open(ONE);
    expect(may(accessKeyId)).toBe(true);
    await sessions.revoke(of, world.time.now);
    expect(may(accessKeyId)).toBe(false);
    expect(dateThere()).toBe(world.time.now + LANDING);
  });

  test('invariant 5: two ends at once both hold, whichever lands last', async () => {
    for (const slow of [0, 1]) {
      await world.cloud.close();
      world = await setup();
      sessions = world.kinds['sts-session']!;
      full();
      const [ana, bob] = [await open(ONE), await open(TWO)];
      if (slow) world.cloud.fault('PutRolePolicy', { delay: 150 });
      await Promise.all([sessions.revoke(ana.of, START), sessions.revoke(bob.of, START)]);
      expect(may(ana.accessKeyId) || may(bob.accessKeyId)).toBe(false);
      expect(dateThere()).toBeGreaterThanOrEqual(START + LANDING);
    }
  });

  test('a writer that began first and lands last still covers what the other ended', async () => {
    full();
    const begunAt = START;
    world.time.now = START + 10_000;
    const ana = await open(ONE);
    await sessions.revoke(ana.of, world.time.now);
    const iam = new IAMClient({ endpoint: world.cloud.url, region: 'us-east-1', credentials: carla });
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'OrdersDbAdmin',
        PolicyName: 'jit-revoke-all',
        PolicyDocument: revocationOfAll(begunAt + LANDING),
      }),
    );
    expect(dateThere()).toBe(START + LANDING);
    expect(may(ana.accessKeyId)).toBe(false);
  });

  test('a session that may open further ones is ended with those it opened of the same role since', async () => {
    full();
    const ana = await open(ONE, { chaining: true });
    world.time.now = START + 10 * MINUTE;
    await sessions.revoke(grant(TWO, START), world.time.now);
    world.time.now += MINUTE;
    const chained = await open(ONE, { chaining: true }).then(assume);
    expect(may(chained)).toBe(true);
    await sessions.revoke(ana.of, world.time.now);
    expect(may(chained)).toBe(false);
  });

  test('without the policy ready nothing is touched, and the hint says what to do', async () => {
    full({});
    const before = world.cloud.inline(ROLE);
    await expect(sessions.revoke(grant(ONE, START), START)).rejects.toMatchObject({
      code: 'RoleFull',
      permanent: false,
      hint: expect.stringMatching(
        /role OrdersDbAdmin .*no inline policy jit-revoke-all .*Remove an inline policy/,
      ) as string,
    });
    expect(world.cloud.inline(ROLE)).toEqual(before);
  });

  test('one that was made smaller by hand is said, one that was only changed is put right', async () => {
    full({ 'jit-revoke-all': allowAll });
    await expect(sessions.revoke(grant(ONE, START), START)).rejects.toMatchObject({ code: 'RoleFull' });
    await world.cloud.close();
    world = await setup();
    sessions = world.kinds['sts-session']!;
    const edited = JSON.parse(
      revocationOfAll(START + HOUR)
        .replace('Deny', 'Allow')
        .replace('"*"', '"?*"'),
    );
    full({ 'jit-revoke-all': edited as PolicyDocument });
    const { of, accessKeyId } = await open(ONE);
    await sessions.revoke(of, START);
    expect(may(accessKeyId)).toBe(false);
    expect(dateThere()).toBe(START + LANDING);
  });

  test('as soon as there is room, one request has a Deny of its own again', async () => {
    full();
    const ana = await open(ONE);
    const bob = await open(TWO);
    world.cloud.remove(ROLE);
    world.cloud.addRole({
      account: OTHER,
      name: 'OrdersDbAdmin',
      path: '/jit/',
      trust: allowAll,
      inline: { allowAll, 'jit-revoke-all': ready(LONG_AGO) },
    });
    const proof = await sessions.revoke(ana.of, START);
    expect(proof).not.toHaveProperty('alarm');
    expect(Object.keys(world.cloud.inline(ROLE))).toContain(`jit-revoke-${ONE}`);
    expect(puts()).toBe(0);
    expect(may(bob.accessKeyId)).toBe(false);
  });
});

import { inspect } from 'node:util';
import type { JsonObject } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import { GrantFault, type GrantKind, type Provisioner } from '../../src/ports/access.js';
import type { CallContext } from '../../src/sandbox/aws/index.js';
import { MINUTE, OTHER, setup, START, trusting, type Setup } from '../support/grants.js';

/** How a grant kind is put to use against the double of AWS. */
export interface Subject {
  kind: Pick<GrantKind, 'name' | 'endsAlone' | 'mints'>;
  /** Absent: the one of this name in the table of the program. */
  provisioner?(world: Setup): Provisioner;
  /** Makes the role or user that grants go to, with a hand-made policy, and returns its ARN. */
  prepare(world: Setup): string;
  /** A grant with these guardrails, which allows `s3:GetObject`. */
  grant(id: string, endsAt: number, guardrails?: JsonObject): Grant;
  /** Lets the person take hold of the access: the grant as it is then, and the access key that carries it. */
  takeUp(
    world: Setup,
    provisioner: Provisioner,
    grant: Grant,
  ): Promise<{ grant: Grant; accessKeyId: string }>;
  /** The IAM action by which access is given, the one by which it is taken away, and the one that clears away. */
  calls: { give: string; take: string; clear: string };
}

const ONE = '01JIT0000000000000000000A1';
const TWO = '01JIT0000000000000000000B2';
// Shorter than the shortest session of STS: what ends the access must be what we made, not the session's own end.
const END = START + 10 * MINUTE;
/** Keys that expire by themselves are asked for a second short. */
const LAST = END - 2000;

/** The world of one subject, with what it grants in. */
async function prepared(subject: Subject) {
  const world = await setup();
  const provisioner = subject.provisioner?.(world) ?? world.kinds[subject.kind.name]!;
  return { world, provisioner, place: subject.prepare(world) };
}

function allowed({ cloud }: Setup, accessKeyId: string, context: CallContext = {}, action = 's3:GetObject') {
  return cloud.authorize({ accessKeyId, action, resource: 'arn:aws:s3:::bucket/key', context }).allowed;
}

/** Whether the access ends with every part of this program dead, as the kind says, or goes on, as it says. */
export async function keepsItsWord(subject: Subject): Promise<boolean> {
  const { world, provisioner } = await prepared(subject);
  const grant = subject.grant(ONE, END);
  await provisioner.provision(grant);
  const { accessKeyId } = await subject.takeUp(world, provisioner, grant);
  await world.cloud.close();
  world.time.now = LAST;
  if (!allowed(world, accessKeyId)) throw new Error('there is no access before the end');
  return [0, 60 * MINUTE].every((later) => {
    world.time.now = END + later;
    return allowed(world, accessKeyId) !== subject.kind.endsAlone;
  });
}

/** What every grant kind promises, judged by what it really sent to IAM and STS. */
export function provisionerContract(subject: Subject): void {
  const { kind } = subject;
  describe(`${kind.name} as a provisioner`, () => {
    let world: Setup;
    let provisioner: Provisioner;
    let place: string;
    let before: unknown;

    beforeEach(async () => {
      ({ world, provisioner, place } = await prepared(subject));
      before = world.cloud.inline(place);
    });
    afterEach(() => world.cloud.close());

    const take = (grant: Grant) => subject.takeUp(world, provisioner, grant);
    const may = (...asked: [accessKeyId: string, context?: CallContext, action?: string]): boolean =>
      allowed(world, ...asked);
    const give = async (id: string, endsAt = END, guardrails?: JsonObject) => {
      const grant = subject.grant(id, endsAt, guardrails);
      await provisioner.provision(grant);
      return take(grant);
    };

    test('it has sessions to open exactly where its kind says so', () => {
      expect(provisioner.mint !== undefined).toBe(kind.mints);
    });

    if (kind.endsAlone) {
      test('invariant 1: access holds until the last second, and from endsAt on AWS itself refuses', async () => {
        expect(await keepsItsWord(subject)).toBe(true);
      });

      test('invariant 1: an end between two seconds is the earlier one', async () => {
        const { accessKeyId } = await give(ONE, END + 999);
        world.time.now = END;
        expect(may(accessKeyId)).toBe(false);
      });
    } else {
      test('invariant 1: it says that it does not end with us dead, and it does not', async () => {
        expect(await keepsItsWord(subject)).toBe(true);
      });

      test('invariant 1: access goes on after the end until it is taken away', async () => {
        const { grant, accessKeyId } = await give(ONE);
        world.time.now = END;
        expect(may(accessKeyId)).toBe(true);
        await provisioner.revoke(grant, END);
        expect(may(accessKeyId)).toBe(false);
      });
    }

    test('nothing is provisioned at the end or after it', async () => {
      world.time.now = END;
      await expect(provisioner.provision(subject.grant(ONE, END))).rejects.toMatchObject({
        code: 'Ended',
        permanent: true,
      });
      expect(world.cloud.inline(place)).toEqual(before);
    });

    test('invariant 5: to provision twice is to provision once', async () => {
      const grant = subject.grant(ONE, END);
      const first = await provisioner.provision(grant);
      const made = world.cloud.inline(place);
      await expect(provisioner.provision(grant)).resolves.toEqual(first);
      expect(world.cloud.inline(place)).toEqual(made);
    });

    test('access ends at once when it is taken away, and what stays behind is cleared away', async () => {
      const { grant, accessKeyId } = await give(ONE);
      expect(may(accessKeyId)).toBe(true);
      world.time.now += MINUTE;
      const proof = await provisioner.revoke(grant, world.time.now);
      expect(proof).toMatchObject({ checkedAt: world.time.now });
      expect(proof.evidence).toContain(ONE);
      expect(may(accessKeyId)).toBe(false);
      world.time.now = proof.cleanUpAt ?? world.time.now;
      await provisioner.cleanUp(grant);
      expect(may(accessKeyId)).toBe(false);
      expect(world.cloud.inline(place)).toEqual(before);
    });

    test('invariant 5: to revoke and to clean up twice does no harm, and what was never made is gone', async () => {
      await expect(provisioner.revoke(subject.grant(TWO, END), START)).resolves.toBeDefined();
      await provisioner.cleanUp(subject.grant(TWO, END));
      const { grant, accessKeyId } = await give(ONE);
      const proof = await provisioner.revoke(grant, START);
      await expect(provisioner.revoke(grant, START)).resolves.toEqual(proof);
      expect(may(accessKeyId)).toBe(false);
      await provisioner.cleanUp(grant);
      await provisioner.cleanUp(grant);
      expect(world.cloud.inline(place)).toEqual(before);
    });

    test('what ended by itself is proved, and leaves nothing behind', async () => {
      const { grant, accessKeyId } = await give(ONE);
      world.time.now = END + 1000;
      const proof = await provisioner.revoke(grant, world.time.now);
      expect(proof.evidence).toContain(ONE);
      expect(proof.cleanUpAt).toBeUndefined();
      expect(may(accessKeyId)).toBe(false);
      expect(world.cloud.inline(place)).toEqual(before);
    });

    test('invariant 7: of two grants at once only the one is taken away, and hand-made policies stay', async () => {
      const first = await give(ONE, END - MINUTE);
      const second = await give(TWO, END);
      await provisioner.revoke(first.grant, START);
      expect(may(second.accessKeyId)).toBe(true);
      await provisioner.cleanUp(first.grant);
      expect(world.cloud.inline(place)).toMatchObject(before as object);
      world.time.now = LAST;
      expect(may(second.accessKeyId)).toBe(true);
      await provisioner.revoke(second.grant, world.time.now);
      expect(may(second.accessKeyId)).toBe(false);
    });

    test('invariant 7: no call ever names a policy that is not this request’s own', async () => {
      const { grant } = await give(ONE);
      await provisioner.revoke(grant, START);
      await provisioner.cleanUp(grant);
      const written = world.cloud.calls.filter(({ action }) => /^(Put|Delete)/.test(action));
      for (const { params } of written) {
        expect([`jit-${ONE}`, `jit-revoke-${ONE}`]).toContain(params['PolicyName']);
      }
    });

    test('invariant 5: a look ahead that comes late, or again, leaves the access and its end as they are', async () => {
      const { grant, accessKeyId } = await give(ONE);
      const made = world.cloud.inline(place);
      await expect(provisioner.preflight(grant.grant, ONE)).resolves.toBeUndefined();
      expect(world.cloud.inline(place)).toEqual(made);
      expect(may(accessKeyId)).toBe(true);
    });

    test('invariant 16: what IAM refuses to remove, and what is not there, is gone', async () => {
      const never = subject.grant(TWO, END);
      world.cloud.fault(subject.calls.clear, { fail: 'AccessDenied' }, 9);
      await expect(provisioner.revoke(never, START)).resolves.toMatchObject({
        checkedAt: START,
        evidence: expect.stringContaining(TWO) as string,
      });
      await expect(provisioner.cleanUp(never)).resolves.toBeUndefined();
    });

    test('invariant 2: what IAM refuses to remove, and what still stands there, is not gone', async () => {
      const { grant } = await give(ONE);
      const end = async () => {
        await provisioner.revoke(grant, START);
        await provisioner.cleanUp(grant);
      };
      world.cloud.fault(subject.calls.clear, { fail: 'AccessDenied' }, 9);
      await expect(end()).rejects.toMatchObject({ code: 'AccessDenied', permanent: true });
      world.cloud.clearFaults();
      await end();
      expect(world.cloud.inline(place)).toEqual(before);
    });

    test.each(['ServiceFailure', 'Throttling', 'SomethingNew'])(
      'a removal that fails for %s proves nothing, and is a passing fault',
      async (fail) => {
        const { grant } = await give(ONE);
        await provisioner.revoke(grant, START);
        world.cloud.fault(subject.calls.clear, { fail }, 9);
        const thrown = provisioner.revoke(grant, START).then(() => provisioner.cleanUp(grant));
        await expect(thrown).rejects.toMatchObject({ code: fail, permanent: false });
      },
    );

    test('invariant 5: a lost answer is asked for again, and nothing is made twice', async () => {
      world.cloud.fault(subject.calls.give, 'drop');
      const { grant, accessKeyId } = await give(ONE);
      expect(may(accessKeyId)).toBe(true);
      world.cloud.fault(subject.calls.take, 'drop');
      await provisioner.revoke(grant, START);
      expect(may(accessKeyId)).toBe(false);
    });

    test('throttling that goes on is a passing fault', async () => {
      const { grant } = await give(ONE);
      world.cloud.fault(subject.calls.take, { fail: 'Throttling' }, 9);
      await expect(provisioner.revoke(grant, START)).rejects.toMatchObject({
        code: 'Throttling',
        permanent: false,
      });
    });

    test.each([
      ['AccessDenied', true],
      ['LimitExceeded', true],
      ['ServiceFailure', false],
      ['SomethingNew', false],
    ])('%s when access is given: permanent is %s', async (fail, permanent) => {
      world.cloud.fault(subject.calls.give, { fail }, 9);
      const thrown = await give(ONE).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(GrantFault);
      expect(thrown).toMatchObject({ code: fail, permanent });
    });

    test('a principal that is gone counts as revoked', async () => {
      const { grant } = await give(ONE);
      world.cloud.remove(place);
      world.time.now = END;
      await expect(provisioner.revoke(grant, END)).resolves.toBeDefined();
      await expect(provisioner.cleanUp(grant)).resolves.toBeUndefined();
    });

    describe('an account that was taken out of directory.yml', () => {
      /** As an approval makes it: with the way into its account that is in force then. */
      const approved = (grant: Grant): Grant => ({ ...grant, access: world.accounts[OTHER]! });

      test('is out of reach where the grant does not say the way either; that may be put right at any moment', async () => {
        delete world.accounts[OTHER];
        const grant = { ...subject.grant(ONE, END), lastMintAt: START };
        await expect(provisioner.revoke(grant, START)).rejects.toMatchObject({
          code: 'UnknownAccount',
          permanent: false,
        });
      });

      test.each([
        ['it is gone', () => void delete world.accounts[OTHER]],
        ['its role lets nobody in', () => void (world.accounts[OTHER] = nobody('Closed'))],
        ['its external id has changed', () => void (world.accounts[OTHER]!.externalId = 'wrong')],
        ['its role may do nothing', () => void (world.accounts[OTHER] = powerless())],
        ['its role is of another account', () => void (world.accounts[OTHER] = elsewhere())],
      ])('invariant 1: a grant ends by the way of its approval when %s', async (_, change) => {
        const { grant, accessKeyId } = await give(ONE);
        const pinned = { ...approved(grant), access: { ...world.accounts[OTHER]! } };
        change();
        const proof = await provisioner.revoke(pinned, START);
        expect(proof.evidence).toContain(ONE);
        expect(may(accessKeyId)).toBe(false);
        world.time.now = proof.cleanUpAt ?? END;
        await provisioner.cleanUp(pinned);
        expect(world.cloud.inline(place)).toEqual(before);
      });

      test('the way in force comes first, and the one of the approval is not tried while it works', async () => {
        const { grant } = await give(ONE);
        const pinned = { ...grant, access: nobody('Former') };
        world.cloud.calls.length = 0;
        await provisioner.revoke(pinned, START);
        const entered = world.cloud.calls.filter(({ action }) => action === 'AssumeRole');
        expect(entered.filter(({ params }) => params['RoleArn'] === pinned.access.manageRoleArn)).toEqual([]);
      });

      test('a fault that passes is no reason to go another way', async () => {
        const { grant } = await give(ONE);
        const pinned = { ...grant, access: nobody('Former') };
        world.cloud.fault(subject.calls.take, { fail: 'Throttling' }, 9);
        await expect(provisioner.revoke(pinned, START)).rejects.toMatchObject({
          code: 'Throttling',
          permanent: false,
        });
      });

      test('invariant 4: nothing is given by the way of an approval that is not in force any more', async () => {
        const grant = approved(subject.grant(ONE, END));
        delete world.accounts[OTHER];
        await provisioner.provision(grant).then(
          () => provisioner.mint?.({ ...grant, lastMintAt: START }, START),
          () => undefined,
        );
        const entered = world.cloud.calls.filter(({ action }) => action === 'AssumeRole');
        expect(entered.filter(({ params }) => String(params['RoleArn']).endsWith('/Manage'))).toEqual([]);
        expect(entered.filter(({ params }) => params['ExternalId'] !== undefined)).toEqual([]);
        expect(world.cloud.inline(place)).toEqual(before);
      });

      test('invariant 7: the way of an approval is not followed into another account', async () => {
        delete world.accounts[OTHER];
        const grant = { ...subject.grant(ONE, END), lastMintAt: START, access: elsewhere() };
        await expect(provisioner.revoke(grant, START)).rejects.toMatchObject({ permanent: false });
        expect(world.cloud.calls.filter(({ action }) => /^(AssumeRole|Put|Delete)/.test(action))).toEqual([]);
      });

      function nobody(name: string) {
        const trust = trusting('arn:aws:iam::999999999999:role/Somebody');
        return { manageRoleArn: world.cloud.addRole({ account: OTHER, name, path: '/jit/', trust }) };
      }
      function powerless() {
        const trust = trusting(world.engine.arn);
        return { manageRoleArn: world.cloud.addRole({ account: OTHER, name: 'Bare', path: '/jit/', trust }) };
      }
      function elsewhere() {
        return { manageRoleArn: 'arn:aws:iam::999999999999:role/jit/Manage' };
      }
    });

    test('invariant 9: no fault carries a secret', async () => {
      const secrets = Object.values(world.engine.keys);
      for (const action of [subject.calls.give, subject.calls.take]) {
        for (const fail of ['AccessDenied', 'ValidationError', 'InternalFailure']) {
          world.cloud.clearFaults();
          world.cloud.fault(action, { fail, message: `echo of ${secrets.join(' ')}` }, 9);
          const thrown = await give(ONE)
            .then(({ grant }) => provisioner.revoke(grant, START))
            .catch((error: unknown) => error);
          const text = inspect(thrown, { depth: 10, showHidden: true });
          for (const secret of [...secrets, 'ext-4711']) expect(text).not.toContain(secret);
          expect(thrown).toBeInstanceOf(GrantFault);
        }
      }
    });

    describe('guardrails at use', () => {
      test('an address outside the ranges is refused, and so is none', async () => {
        const { accessKeyId } = await give(ONE, END, { sourceIp: ['203.0.113.0/24'] });
        expect(may(accessKeyId, { 'aws:SourceIp': '203.0.113.9' })).toBe(true);
        expect(may(accessKeyId, { 'aws:SourceIp': '198.51.100.9' })).toBe(false);
        expect(may(accessKeyId)).toBe(false);
      });

      test('either way in is enough: a public range, or an endpoint with its addresses', async () => {
        const endpoint = 'vpce-0a1b2c3d4e5f67890';
        const { accessKeyId } = await give(ONE, END, {
          sourceIp: ['203.0.113.0/24'],
          vpcEndpoints: [endpoint],
          vpcSourceIp: ['10.0.0.0/8'],
        });
        expect(may(accessKeyId, { 'aws:SourceIp': '203.0.113.9' })).toBe(true);
        expect(may(accessKeyId, { 'aws:SourceVpce': endpoint, 'aws:VpcSourceIp': '10.1.2.3' })).toBe(true);
        expect(may(accessKeyId, { 'aws:SourceVpce': endpoint, 'aws:VpcSourceIp': '192.168.0.1' })).toBe(
          false,
        );
        expect(may(accessKeyId, { 'aws:SourceVpce': 'vpce-00000000', 'aws:VpcSourceIp': '10.1.2.3' })).toBe(
          false,
        );
        expect(may(accessKeyId)).toBe(false);
      });

      test('a region outside the list is refused, global services apart', async () => {
        const { accessKeyId } = await give(ONE, END, { regions: ['eu-west-1', 'eu-central-1'] });
        expect(may(accessKeyId, { 'aws:RequestedRegion': 'eu-west-1' })).toBe(true);
        expect(may(accessKeyId, { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
        expect(may(accessKeyId)).toBe(false);
        expect(may(accessKeyId, { 'aws:RequestedRegion': 'us-east-1' }, 'support:DescribeCases')).toBe(true);
      });

      if (!kind.endsAlone) return;
      test('invariant 1: guardrails leave the end as it is', async () => {
        const { accessKeyId } = await give(ONE, END, {
          sourceIp: ['203.0.113.0/24'],
          regions: ['eu-west-1'],
        });
        const good = { 'aws:SourceIp': '203.0.113.9', 'aws:RequestedRegion': 'eu-west-1' };
        world.time.now = LAST;
        expect(may(accessKeyId, good)).toBe(true);
        world.time.now = END;
        expect(may(accessKeyId, good)).toBe(false);
        expect(may(accessKeyId, good, 'support:DescribeCases')).toBe(false);
      });
    });
  });
}

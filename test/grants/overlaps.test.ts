/** @project long */
import * as fc from 'fast-check';
import type { JsonObject } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Proof } from '../../src/domain/request/state.js';
import type { Provisioner } from '../../src/ports/access.js';
import {
  allowAll,
  grantOf,
  MINUTE,
  OTHER,
  pinned,
  setup,
  START,
  trusting,
  type Setup,
} from '../support/grants.js';

const READ = { action: 's3:GetObject', id: 'orders-read' };
const SEND = { action: 'sqs:SendMessage', id: 'orders-send' };
type Entitlement = typeof READ;

/** One grant of several that share a principal, and what has become of it. */
interface Held {
  what: Entitlement;
  grant: Grant;
  accessKeyId?: string;
  revoked?: boolean;
  proof?: Proof;
}

/** A kind at work on one principal: how a grant is taken up, and whether one in particular still gives access. */
interface Stage {
  world: Setup;
  provisioner: Provisioner;
  hold(n: number, what: Entitlement, endsAt: number): Held;
  takeUp(held: Held): Promise<void>;
  /** Which of them share one access key: for a user all do, and each session has its own. */
  shared: boolean;
}

async function sessionsOf(): Promise<Stage> {
  const world = await setup();
  const provisioner = world.kinds['sts-session']!;
  const trust = trusting(world.engine.arn);
  world.cloud.addRole({ account: OTHER, name: 'OrdersDbAdmin', path: '/jit/', trust, inline: { allowAll } });
  return {
    world,
    provisioner,
    shared: false,
    hold: (n, what, endsAt) => ({
      what,
      grant: grant('sts-session', n, endsAt, what, {
        roleArn: `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`,
      }),
    }),
    async takeUp(held) {
      held.grant = { ...held.grant, lastMintAt: world.time.now };
      held.accessKeyId = (await provisioner.mint!(held.grant, world.time.now)).accessKeyId;
    },
  };
}

async function policiesOf(): Promise<Stage> {
  const world = await setup();
  const { keys } = world.cloud.addUser({ account: OTHER, name: 'ana.lopez' });
  return {
    world,
    provisioner: world.kinds['iam-policy']!,
    shared: true,
    hold: (n, what, endsAt) => ({ what, grant: grant('iam-policy', n, endsAt, what, {}) }),
    takeUp: async (held) => void (held.accessKeyId = keys.accessKeyId),
  };
}

function grant(
  kind: string,
  n: number,
  endsAt: number,
  { action, id }: Entitlement,
  config: JsonObject,
): Grant {
  const statements = [{ Effect: 'Allow', Action: action, Resource: '*' }];
  const principal = kind === 'iam-policy' ? ({ type: 'user', name: 'ana.lopez' } as const) : undefined;
  return grantOf(pinned(kind, { statements, ...config }, principal), {
    requestId: `01JIT0000000000000000000A${n}`,
    entitlement: id,
    lease: { startsAt: START, endsAt },
  });
}

/** Every grant whose access is not what its own fate says, or that of another to the same thing. */
function surprises({ world, shared }: Stage, all: Held[]): string[] {
  const lives = ({ accessKeyId, revoked, grant: { lease } }: Held): boolean =>
    accessKeyId !== undefined && !revoked && world.time.now < lease.endsAt;
  return all.flatMap((held) => {
    const { accessKeyId, what } = held;
    if (accessKeyId === undefined) return [];
    const sharing = shared ? all.filter((other) => other.what === what) : [held];
    const { allowed } = world.cloud.authorize({ accessKeyId, action: what.action });
    if (allowed === sharing.some(lives)) return [];
    return [`${held.grant.requestId} ${allowed ? 'still' : 'no longer'} gives ${what.action}`];
  });
}

const STEPS = ['the first ends', 'the second ends', 'the first is taken away', 'the second is taken away'];
const ORDERS = permutations(STEPS);

describe.each([
  ['sts-session', sessionsOf],
  ['iam-policy', policiesOf],
])('invariant 7: overlapping grants, %s', (_, begin) => {
  let stage: Stage;
  let all: Held[] = [];
  beforeAll(async () => {
    stage = await begin();
  });
  afterAll(() => stage.world.cloud.close());

  /** Everything is taken away and cleared away, and the clock stands at the start again. */
  const startAnew = async (): Promise<void> => {
    for (const held of all) {
      await stage.provisioner.revoke(held.grant, stage.world.time.now);
      await stage.provisioner.cleanUp(held.grant);
    }
    all = [];
    stage.world.time.now = START;
  };
  afterEach(startAnew);

  describe.each([
    ['of the same thing', READ, READ],
    ['of two things', READ, SEND],
  ])('two %s', (__, one, other) => {
    test.each(ORDERS.map((order) => [order.join(', '), order] as const))('%s', async (___, order) => {
      const { world, provisioner } = stage;
      const timeOf = (step: string): number => START + (order.indexOf(step) + 1) * MINUTE;
      all = [one, other].map((what, n) => stage.hold(n, what, timeOf(STEPS[n]!)));
      for (const held of all) {
        await provisioner.provision(held.grant);
        await stage.takeUp(held);
      }
      expect(surprises(stage, all)).toEqual([]);
      for (const step of order) {
        world.time.now = timeOf(step);
        const held = all[STEPS.indexOf(step) - 2];
        if (held) {
          held.revoked = true;
          held.proof = await provisioner.revoke(held.grant, world.time.now);
        }
        expect(surprises(stage, all)).toEqual([]);
      }
    });
  });

  const step = fc.record({
    act: fc.constantFrom('take up', 'take up again', 'revoke', 'clean up', 'wait'),
    which: fc.nat({ max: 3 }),
    minutes: fc.integer({ min: 1, max: 20 }),
  });

  test('four grants in any order of beginnings, ends, clean-ups and repetitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Under an hour: a longer lease outlives its session, which is then opened again.
        fc.array(fc.integer({ min: 5, max: 59 }), { minLength: 4, maxLength: 4 }),
        fc.array(step, { minLength: 6, maxLength: 18 }),
        async (ends, steps) => {
          await startAnew();
          all = ends.map((minutes, n) => stage.hold(n, n % 2 ? SEND : READ, START + minutes * MINUTE));
          for (const { act, which, minutes } of steps) {
            await perform(stage, all[which]!, act, minutes);
            expect(surprises(stage, all)).toEqual([]);
          }
        },
      ),
      { numRuns: 25, seed: 20261120 },
    );
  });
});

/** What the engine might do at this moment; what it never would is left out. */
async function perform(
  { world: { time }, provisioner, takeUp }: Stage,
  held: Held,
  act: string,
  minutes: number,
): Promise<void> {
  if (act === 'wait') time.now += minutes * MINUTE;
  const open = !held.revoked && time.now < held.grant.lease.endsAt;
  if (open && (act === 'take up again' || (act === 'take up' && held.accessKeyId === undefined))) {
    await provisioner.provision(held.grant);
    await takeUp(held);
  }
  if (act === 'revoke') {
    held.revoked = true;
    held.proof = await provisioner.revoke(held.grant, time.now);
  }
  if (act === 'clean up' && held.proof && time.now >= (held.proof.cleanUpAt ?? 0)) {
    await provisioner.cleanUp(held.grant);
  }
}

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, n) =>
    permutations(items.filter((_, other) => other !== n)).map((rest) => [item, ...rest]),
  );
}

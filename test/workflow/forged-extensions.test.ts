import type { Head } from '../../src/domain/request/head.js';
import type { Active, Extension } from '../../src/domain/request/state.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { person, world } from '../support/world.js';

// Whoever owns the front may write anything into HEAD. What makes access longer is judged by the grant's own record.

const YEAR = 365 * 24 * HOUR;

function extendable() {
  const w = world();
  w.policy.chain = 'auto';
  w.policy.longest = 8 * HOUR;
  w.entitlement.extensions = { most: 1, total: 2 * HOUR };
  return w;
}

type World = ReturnType<typeof world>;

/** An extension that nobody asked for, as the front would have written it. */
function extensionOf({ lease, duration, revision, ruling }: Active, more: number): Extension {
  const asked = { number: 1, more, total: duration + more, endsAt: lease.endsAt + more };
  return { ...asked, requestedAt: lease.startsAt, ruling, chain: [], revision: revision + 1, votes: [] };
}

async function forge(w: World, id: string, change: (state: Active) => Partial<Active>): Promise<void> {
  const head = (await w.store.head(id))!;
  const state = head.state as Active;
  const owed = { id: 'forged', effect: { type: 'extend' }, attempts: 0, notBefore: w.now() } as const;
  const forged: Head = {
    ...head,
    version: head.version + 1,
    state: { ...state, ...change(state) },
    outbox: [owed],
    dueAt: w.now(),
  };
  expect(await w.store.write({ head: forged, records: [] })).toBe('written');
}

async function active(w: World): Promise<string> {
  const id = await w.ask();
  expect((await w.state(id)).status).toBe('active');
  w.pass(MINUTE);
  return id;
}

const by =
  (more: number, over: Partial<Extension> = {}) =>
  (state: Active): Partial<Active> => ({
    extension: { ...extensionOf(state, more), ...over },
  });

test('an extension that could have been asked for is given', async () => {
  const w = extendable();
  const id = await active(w);
  const { lease } = (await w.store.grant(id))!;
  await forge(w, id, by(30 * MINUTE));
  await w.settle();
  expect((await w.store.grant(id))!.lease.endsAt).toBe(lease.endsAt + 30 * MINUTE);
});

test.each<[string, (state: Active) => Partial<Active>]>([
  ['another end than by so much', by(30 * MINUTE, { endsAt: Date.UTC(2050, 0) })],
  ['a whole time that is too short', by(YEAR, { total: HOUR })],
  ['more than was said to policy', by(MINUTE, { more: -MINUTE })],
  [
    'a request that was made for less',
    (state) => ({
      duration: MINUTE,
      extension: { ...extensionOf({ ...state, duration: MINUTE }, 110 * MINUTE) },
    }),
  ],
  [
    'a lease that ends later',
    (state) => {
      const lease = { ...state.lease, endsAt: state.lease.endsAt + YEAR };
      return { lease, extension: extensionOf({ ...state, lease }, 30 * MINUTE) };
    },
  ],
  ['another requester', (state) => ({ requester: person('bob'), ...by(30 * MINUTE)(state) })],
  [
    'another grant beside the right hash',
    (state) => ({
      grant: { ...state.grant, account: '999999999999' },
      ...by(30 * MINUTE)(state),
    }),
  ],
  ['an emergency that is none', (state) => ({ emergency: true as const, ...by(30 * MINUTE)(state) })],
  ['another ticket', (state) => ({ ticket: 'OPS-99', ...by(30 * MINUTE)(state) })],
])('invariant 13: the front makes nothing longer with %s', async (_, change) => {
  const w = extendable();
  const id = await active(w);
  const before = (await w.store.grant(id))!;
  await forge(w, id, change);
  await w.settle();
  expect((await w.store.grant(id))!.lease).toEqual(before.lease);
  w.pass(before.lease.endsAt - w.now());
  await w.makeEngine({}).sweep();
  expect(w.aws.live.has(id)).toBe(false);
});

test('invariant 13: when it began is what the grant’s own record says', async () => {
  const w = extendable();
  const id = await active(w);
  const { lease } = (await w.store.grant(id))!;
  await forge(w, id, (state) => ({
    lease: { ...state.lease, startsAt: state.lease.startsAt + 50 * MINUTE },
    ...by(30 * MINUTE)(state),
  }));
  await w.settle();
  expect((await w.store.grant(id))!.lease).toMatchObject({
    startsAt: lease.startsAt,
    endsAt: lease.endsAt + 30 * MINUTE,
  });
});

test('invariant 13: an extension that the front has forgotten still counts', async () => {
  const w = extendable();
  const id = await active(w);
  await forge(w, id, by(30 * MINUTE));
  await w.settle();
  const { lease } = (await w.store.grant(id))!;
  await forge(w, id, (state) => {
    const { extended: _, ...rest } = state;
    return {
      ...rest,
      extended: [],
      duration: 90 * MINUTE,
      ...by(30 * MINUTE)({ ...state, duration: 90 * MINUTE }),
    };
  });
  await w.settle();
  expect((await w.store.grant(id))!.lease).toEqual(lease);
});

test('invariant 13: what is written into HEAD between the last look and the record is not what takes effect', async () => {
  const w = extendable();
  const id = await active(w);
  const before = (await w.store.grant(id))!;
  await forge(w, id, by(30 * MINUTE));
  let once = true;
  const store: typeof w.store = {
    ...w.store,
    async write(change) {
      if (once && change.lease === 'move') {
        once = false;
        await forge(w, id, by(30 * MINUTE, { endsAt: Date.UTC(2050, 0) }));
      }
      return w.store.write(change);
    },
  };
  await w.makeEngine({ store }).sweep();
  await w.settle();
  expect(once).toBe(false);
  expect((await w.store.grant(id))!.lease.endsAt).toBeLessThanOrEqual(before.lease.endsAt + 30 * MINUTE);
});

import type { Head } from '../../src/domain/request/head.js';
import type { Active, State } from '../../src/domain/request/state.js';
import type { EngineStore } from '../../src/ports/record.js';
import { rewriteHead } from '../support/hostile.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;
const FAR = Date.UTC(33658, 0);

type World = ReturnType<typeof world>;

async function active() {
  const w = world();
  const id = await w.approved();
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  w.log.length = 0;
  return { w, id };
}

/** Sweeps each minute until then, as the program does, with what somebody has made of its table. */
async function sweeping(w: World, store: EngineStore, until: number) {
  const engine = w.makeEngine({ store });
  while (w.now() < until) {
    w.pass(MINUTE);
    await engine.sweep();
  }
}

const ending = (state: State): State => {
  const { activeAt: _a, receipt: _r, warned: _w, mints: _m, presses: _p, ...leased } = state as Active;
  return { ...leased, status: 'ending', cause: 'expired', endingAt: leased.lease.endsAt };
};
const owed = (type: 'revoke' | 'clean-up', notBefore: number): Head['outbox'] => [
  { id: 'forged', effect: { type }, attempts: 1, notBefore },
];

/** HEAD as it must not be, while access lives: what each does to the table. */
const SPOILT: [string, (w: World, id: string) => Promise<Partial<EngineStore>>][] = [
  [
    'promises its revocation for the year 33658',
    async (w, id) => {
      await rewriteHead(w.store, id, ({ state }) => ({
        state: ending(state),
        outbox: owed('revoke', FAR),
        dueAt: FAR,
      }));
      return {};
    },
  ],
  [
    'cannot be read',
    async (w, id) => ({
      async head(of) {
        if (of === id) throw new Error('The item cannot be read.');
        return w.store.head(of);
      },
    }),
  ],
  [
    'is no request',
    async (w, id) => {
      await rewriteHead(
        w.store,
        id,
        () => ({ outbox: [{ id: 'x' }], dueAt: FAR }) as unknown as Partial<Head>,
      );
      return {};
    },
  ],
  ['is not there', async (w, id) => ({ head: async (of) => (of === id ? undefined : w.store.head(of)) })],
  [
    'has its next audit event put there in advance, so that nothing can be recorded',
    async (w, id) => ({
      async write(change) {
        if (change.head.id === id && change.records.length > 0) throw new Error('The items disagree.');
        return w.store.write(change);
      },
    }),
  ],
  [
    'is too large to be written',
    async (w, id) => ({
      async write(change) {
        if (change.head.id === id) throw new Error('Item size has exceeded the maximum allowed size');
        return w.store.write(change);
      },
    }),
  ],
];

describe('whatever becomes of HEAD, a grant ends by its own record', () => {
  test.each(SPOILT)(
    'invariant 1: within five minutes of its end and one sweep, where HEAD %s',
    async (_, spoil) => {
      const { w, id } = await active();
      const endsAt = (await w.store.grant(id))!.lease.endsAt;
      const store = { ...w.store, ...(await spoil(w, id)) };
      await sweeping(w, store, endsAt + 6 * MINUTE);
      expect(w.aws.live.has(id)).toBe(false);
      expect(await w.store.grant(id)).toMatchObject({ gone: { evidence: 'gone' } });
      expect(w.log).toContainEqual(
        expect.objectContaining({
          level: 'error',
          message: expect.stringContaining('ended by its own record'),
        }),
      );
    },
  );

  test.each(SPOILT)(
    'invariant 1: the Deny of an early end is cleared away in the end, where HEAD %s',
    async (_, spoil) => {
      const { w, id } = await active();
      await w.front.revoke(actor('ana'), id, '', w.seen());
      await w.settle();
      w.pass(MINUTE);
      await w.settle();
      expect(w.aws.denies.has(id)).toBe(true);
      const closed = (await w.store.head(id))!.state;
      const store = { ...w.store, ...(await spoil(w, id)) };
      if ((await w.store.head(id))!.state.status === 'ending')
        await rewriteHead(w.store, id, () => ({ state: closed, outbox: owed('clean-up', FAR), dueAt: FAR }));
      await sweeping(w, store, (await w.store.grant(id))!.gone!.cleanUpAt! + 6 * MINUTE);
      expect(w.aws.denies.has(id)).toBe(false);
      expect(await w.store.grant(id)).toMatchObject({ cleanedUp: true });
    },
  );

  test('a request that ends its grant in the ordinary way alarms nobody, however often AWS is busy', async () => {
    const { w, id } = await active();
    w.aws.fails = [w.throttled, w.throttled];
    await sweeping(w, w.store, w.now() + HOUR + 6 * MINUTE);
    expect((await w.state(id)).status).toBe('closed');
    expect(w.log.filter(({ message }) => message.includes('own record'))).toEqual([]);
  });

  test('what one pass has ended meanwhile, another does not take for a grant that outlived its request', async () => {
    const { w, id } = await active();
    w.pass((await w.store.grant(id))!.lease.endsAt - w.now() + 6 * MINUTE);
    w.log.length = 0;
    await Promise.all([w.engine.advance(id), w.engine.advance(id)]);
    expect((await w.state(id)).status).toBe('closed');
    expect(w.log.filter(({ message }) => message.includes('own record'))).toEqual([]);
  });

  test('invariant 2: what its own look cannot end is tried again, later each time, and never given up', async () => {
    const { w, id } = await active();
    const endsAt = (await w.store.grant(id))!.lease.endsAt;
    const store = { ...w.store, head: async () => undefined };
    let tries = 0;
    const engine = w.makeEngine({
      store,
      provisioners: {
        'sts-session': {
          preflight: async () => undefined,
          provision: async () => ({}),
          cleanUp: async () => undefined,
          revoke: async () => {
            tries++;
            throw w.denied;
          },
        },
      },
    });
    w.pass(endsAt - w.now());
    for (let minute = 0; minute < 24 * 60; minute++) {
      await engine.sweep();
      w.pass(MINUTE);
    }
    // Two seconds, then twice as long each time, up to an hour.
    expect(tries).toBeGreaterThan(24);
    expect(tries).toBeLessThan(40);
    expect((await w.store.grant(id))!.tries).toMatchObject({ count: tries });
    w.pass(HOUR);
    await w.makeEngine({ store }).sweep();
    expect(w.aws.live.has(id)).toBe(false);
    expect(await w.store.grant(id)).toMatchObject({ gone: { evidence: 'gone' } });
    expect(await w.store.grant(id)).not.toHaveProperty('tries');
  });

  test.each([undefined, 5_001])(
    'invariant 4: with a clock %s ms from AWS its own look proves nothing, though it takes the access away',
    async (skew) => {
      const { w, id } = await active();
      const store = { ...w.store, head: async () => undefined };
      w.aws.skew = skew;
      await sweeping(w, store, w.now() + HOUR + 6 * MINUTE);
      expect(w.aws.live.has(id)).toBe(false);
      expect(await w.store.grant(id)).not.toHaveProperty('gone');
      w.aws.skew = 0;
      await sweeping(w, store, w.now() + 6 * MINUTE);
      expect(await w.store.grant(id)).toHaveProperty('gone');
    },
  );
});

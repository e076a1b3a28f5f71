import type { Instant } from '../../src/domain/entitlement.js';
import { sweeper } from '../../src/workflow/engine/sweep.js';
import { HOUR } from '../support/world.js';

const MINUTE = 60_000;

/**
 * A store of due requests, and an engine that needs time for each.
 * @param costs ms that an advance takes
 * @param again when what is hopeless is due again
 */
function queue(due: Record<string, Instant>, costs: number, hopeless: (id: string) => boolean, again = HOUR) {
  let now = HOUR;
  const times = new Map(Object.entries(due));
  const order: string[] = [];
  const sweep = sweeper({
    clock: { now: () => now },
    log: { error: () => undefined },
    store: {
      async due(until, limit, after = -Infinity) {
        return [...times]
          .filter(([, at]) => at <= until && at > after)
          .sort(([, a], [, b]) => a - b)
          .map(([id]) => id)
          .slice(0, limit);
      },
    },
    end: async () => undefined,
    async advance(id) {
      // Eight work side by side, so each of them pays an eighth.
      now += costs / 8;
      order.push(id);
      if (hopeless(id)) times.set(id, now + again);
      else times.delete(id);
      return {};
    },
  });
  return {
    sweep,
    order,
    times,
    set: (id: string, at: Instant) => times.set(id, at),
    pass: (ms: number) => void (now += ms),
    now: () => now,
  };
}

const stuck = (n: number, at: Instant) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`stuck-${i}`, at + i]));
const isStuck = (id: string) => id.startsWith('stuck');

describe('a sweep', () => {
  test('invariant 16: five thousand hopeless requests do not keep one that is due from its turn', async () => {
    const q = queue({ ...stuck(5_000, 0), due: HOUR - 1_000 }, 500, isStuck);
    const { left } = await q.sweep();
    expect(q.order).toContain('due');
    expect(left).toBeGreaterThan(0);
    expect(q.now() - HOUR).toBeLessThan(50_000);
  });

  test('invariant 16: nor do they as they come back, hour after hour', async () => {
    const q = queue(stuck(5_000, 0), 500, isStuck);
    for (let minute = 0; minute < 180; minute++) {
      const id = `due-${minute}`;
      q.set(id, q.now() + 30_000);
      q.pass(MINUTE);
      await q.sweep();
      await q.sweep();
      expect(q.order).toContain(id);
    }
  });

  test('invariant 16: where all of AWS fails for five thousand, each has its turn all the same', async () => {
    const q = queue(stuck(5_000, 0), 500, isStuck, 5 * MINUTE);
    q.set('due', q.now() + 30_000);
    for (let minute = 0; minute < 12; minute++) {
      q.pass(15_000);
      await q.sweep();
    }
    expect(q.order).toContain('due');
  });

  test('invariant 16: what is slow to fail, and soon due again, keeps nothing back that is new', async () => {
    const q = queue(stuck(2_000, 0), 16_000, isStuck, 1_000);
    for (let minute = 0; minute < 60; minute++) {
      q.set(`due-${minute}`, q.now() + 2_000);
      q.pass(30_000);
      await q.sweep();
    }
    const missed = Array.from({ length: 49 }, (_, n) => `due-${n + 10}`).filter(
      (id) => !q.order.includes(id),
    );
    expect(missed).toEqual([]);
  });

  test('the oldest have their third, however much becomes due', async () => {
    const fresh = Object.fromEntries(
      Array.from({ length: 1_900 }, (_, n) => [`new-${n}`, HOUR - MINUTE + n]),
    );
    const q = queue({ ...fresh, old: 5 }, 500, () => false);
    await q.sweep();
    expect(q.order).toContain('old');
  });

  test('what it did not get to has its turn in the next ones', async () => {
    const all = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`r-${n}`, HOUR - n]));
    const q = queue(all, 500, () => false);
    for (let sweeps = 0; sweeps < 6; sweeps++) await q.sweep();
    expect(q.times.size).toBe(0);
  });

  test('invariant 16: what ends access comes before what anybody else is given or told', async () => {
    const order: string[] = [];
    const ids = Array.from({ length: 50 }, (_, n) => `r-${n}`);
    const sweep = sweeper({
      clock: { now: () => HOUR },
      log: { error: () => undefined },
      store: { due: async (_until, _limit, after = -1) => (after < 0 ? [] : ids) },
      end: async (id) => void order.push(`end ${id}`),
      advance: async (id) => (order.push(`advance ${id}`), {}),
    });
    await sweep();
    expect(order.slice(0, 50).every((what) => what.startsWith('end'))).toBe(true);
    expect(order).toHaveLength(100);
  });

  test('says what failed, and goes on', async () => {
    const said: string[] = [];
    const sweep = sweeper({
      clock: { now: () => HOUR },
      log: { error: (_, message) => void said.push(message) },
      store: { due: async (_until, _limit, after = -1) => (after < 0 ? [] : ['bad', 'good']) },
      end: async () => undefined,
      advance: async (id) => {
        if (id === 'bad') throw new Error('no table');
        return { dueAt: HOUR + 1 };
      },
    });
    expect(await sweep()).toStrictEqual({ looked: [{ id: 'good', dueAt: HOUR + 1 }], left: 0, failed: 1 });
    expect(said).toHaveLength(1);
  });
});

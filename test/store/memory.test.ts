import { memoryStore } from '../../src/store/memory/store.js';
import { storeContract } from '../contracts/store.js';
import { grantOf, next, opened, signature, TEN, voted } from '../support/heads.js';

describe('the store in memory', () => {
  const clock = { now: TEN };
  const store = memoryStore({ now: () => clock.now });
  storeContract(() => store, clock);

  test('it can always be used', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });

  test('what was seen is forgotten after fifteen minutes', async () => {
    const seen = signature('fifteen minutes');
    await store.write({ ...opened('seen-1'), seen });
    clock.now += 15 * 60_000;
    expect(await store.write({ ...opened('seen-2'), seen })).toBe('written');
  });
});

describe('the change feed of the store in memory', () => {
  const start = () => {
    const warnings: string[] = [];
    const log = { warn: (_details: object, message: string) => void warnings.push(message) };
    const store = memoryStore({ now: () => TEN, log, wait: async () => undefined });
    return { store, warnings };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('it tells of new heads, orders to end and removed leases, in this order, and of nothing else', async () => {
    const { store } = start();
    const heard: string[] = [];
    await store.changes.start(async (id, kind) => void heard.push(`${kind} ${id}`));
    const first = opened('r1');
    await store.write(first);
    await settled();
    expect(heard).toEqual(['head r1']);
    await store.saveNote('n', {});
    await store.lock('l', 'me', TEN, 1);
    await store.saveGrant(grantOf('r2'));
    await settled();
    expect(heard).toEqual(['head r1']);
    const second = next(first.head, [voted()]);
    await store.write({ ...second, grant: grantOf('r1'), lease: 'put' });
    await settled();
    await store.write({ ...next(second.head), lease: 'remove' });
    await settled();
    expect(heard).toEqual(['head r1', 'head r1', 'head r1', 'lease-removed r1']);
    const end = { at: TEN, by: { operator: 'arn:aws:iam::777788889999:user/kim' } };
    await store.putEnd('r1', end);
    await store.putEnd('r1', end);
    await store.settleEnd('r1');
    await settled();
    expect(heard.slice(4)).toEqual(['end r1']);
    await store.changes.stop();
  });

  test('a write that is refused wakes nobody', async () => {
    const { store } = start();
    const heard: string[] = [];
    await store.write(opened('r1'));
    await store.changes.start(async (id) => void heard.push(id));
    await settled();
    await store.write(opened('r1'));
    await settled();
    expect(heard).toEqual(['r1']);
  });

  test('what changes before the start, or after a stop, waits for the next start', async () => {
    const { store } = start();
    const heard: string[] = [];
    await store.write(opened('r1'));
    await store.changes.start(async (id) => void heard.push(id));
    await store.changes.stop();
    await store.write(opened('r2'));
    await settled();
    expect(store.changes.status()).toEqual({ running: false });
    await store.changes.start(async (id) => void heard.push(id));
    await settled();
    expect(store.changes.status()).toEqual({ running: true, lagMs: 0 });
    expect(heard.sort()).toEqual(['r1', 'r2']);
  });

  test('one that fails is tried again, others meanwhile go on', async () => {
    const { store, warnings } = start();
    const heard: string[] = [];
    let failures = 3;
    await store.changes.start(async (id) => {
      heard.push(id);
      if (id === 'poor' && failures-- > 0) throw new Error('not now');
    });
    await store.write(opened('poor'));
    await store.write(opened('good'));
    await settled();
    expect(heard.filter((id) => id === 'poor')).toHaveLength(4);
    expect(heard).toContain('good');
    expect(warnings).toEqual([]);
  });

  test('one that always fails is left to the sweep after five tries, with a word in the log', async () => {
    const { store, warnings } = start();
    let tries = 0;
    await store.changes.start(async () => {
      tries++;
      throw new Error('poison');
    });
    await store.write(opened('r1'));
    await settled();
    expect(tries).toBe(5);
    expect(warnings).toEqual(['A change was not handled: it is left to the sweep.']);
  });

  test('a stop waits for what is being handled', async () => {
    const { store } = start();
    let finish: (() => void) | undefined;
    let ended = false;
    await store.changes.start(() => new Promise<void>((resolve) => (finish = resolve)));
    await store.write(opened('r1'));
    await settled();
    const stopping = store.changes.stop().then(() => (ended = true));
    await settled();
    expect(ended).toBe(false);
    finish?.();
    await stopping;
    expect(ended).toBe(true);
  });
});

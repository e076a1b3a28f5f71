import { inTurns } from '../../../src/run/server/engine-turns.js';
import type { Store } from '../../../src/store/change.js';
import { memoryStore } from '../../../src/store/memory/store.js';
import { HOUR, world } from '../../support/world.js';

/** The record, and how often the engine has asked it or written to it. */
function counted(store: Store): { store: Store; calls: () => number } {
  let calls = 0;
  const count =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      calls++;
      return call(...args);
    };
  const { head, write, grant, saveGrant, end, settleEnd } = store;
  return {
    calls: () => calls,
    store: {
      ...store,
      head: count(head),
      write: count(write),
      grant: count(grant),
      saveGrant: count(saveGrant),
      end: count(end),
      settleEnd: count(settleEnd),
    },
  };
}

test('while many leases end at once, what people ask comes in between any two steps of the engine', async () => {
  let calls = () => 0;
  const w = world((of) => {
    const made = counted(memoryStore(of));
    calls = made.calls;
    return inTurns(made.store);
  });
  w.policy.chain = 'auto';
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push(await w.ask(`ana${n}`));
  await w.settle();
  w.pass(2 * HOUR);

  let over = false;
  const seen = [calls()];
  const person = () => {
    seen.push(calls());
    if (!over) setImmediate(person);
  };
  setImmediate(person);
  await w.engine.sweep();
  over = true;
  seen.push(calls());

  const states = await Promise.all(ids.map(async (id) => (await w.store.head(id))?.state.status));
  expect(new Set(states)).toEqual(new Set(['closed']));
  expect(calls() - seen[0]!).toBeGreaterThan(5 * ids.length);
  expect(Math.max(...seen.slice(1).map((count, n) => count - seen[n]!))).toBe(1);
});

test('steps keep the order in which they were to begin', async () => {
  const asked: string[] = [];
  const memory = memoryStore({ now: () => 0 });
  const store = inTurns<Store>({ ...memory, head: async (id) => void asked.push(id) });
  const ids = Array.from({ length: 50 }, (_, n) => `r${n}`);
  await Promise.all(ids.map((id) => store.head(id)));
  expect(asked).toEqual(ids);
});

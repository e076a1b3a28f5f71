import { useNote } from '../../src/domain/record/use.js';
import { CARRIED_OUT } from '../../src/workflow/engine/effects/index.js';
import { actor, HOUR, world } from '../support/world.js';

type World = ReturnType<typeof world>;
const MINUTE = HOUR / 60;

async function uses(w: World): Promise<[string, number][]> {
  const note = (await w.store.note(useNote('orders-db-admin'))) ?? { uses: [] };
  return (note['uses'] as { request: string; used: number }[]).map(({ request, used }) => [
    request,
    used / MINUTE,
  ]);
}

/** Access that is handed back after so many minutes. */
async function handedBack(w: World, minutes: number): Promise<string> {
  const id = await w.approved();
  w.pass(minutes * MINUTE);
  await w.front.revoke(actor('ana'), id, '', w.seen());
  await w.settle();
  w.pass(2 * HOUR);
  await w.settle();
  return id;
}

test('what was asked for and never used is not counted', async () => {
  const w = world();
  const id = await w.ask();
  await w.front.cancel(actor('ana'), id, w.seen());
  w.policy.denied = { policies: ['freeze'], advice: [] };
  await w.front.submit(actor('ana'), w.form, w.seen());
  await w.settle();
  expect(await uses(w)).toEqual([]);
});

test('what somebody else took back is not counted: nobody knows how long it was needed', async () => {
  const w = world();
  const id = await w.approved();
  w.pass(MINUTE);
  await w.front.revoke(actor('sam'), id, 'an incident', w.seen());
  await w.settle();
  expect((await w.state(id)).status).toBe('closed');
  expect(await uses(w)).toEqual([]);
});

test('access that was handed back counts for as long as it was there, and access that ran out for all of its time', async () => {
  const w = world();
  const first = await handedBack(w, 20);
  const second = await w.approved();
  // The end is found out late.
  w.pass(HOUR + 5 * MINUTE);
  await w.settle();
  expect((await w.state(second)).status).toBe('closed');
  expect(await uses(w)).toEqual([
    [first, 20],
    [second, 60],
  ]);
});

test('invariant 5: one request counts once, however often it is counted', async () => {
  const w = world();
  const id = await handedBack(w, 20);
  const head = (await w.store.head(id))!;
  const owed = { id: 'x', effect: { type: 'note-use' }, attempts: 2, notBefore: 0 } as const;
  for (let n = 0; n < 3; n++)
    await CARRIED_OUT['note-use']({ ...w.deps, store: w.store } as never, head, owed);
  expect(await uses(w)).toEqual([[id, 20]]);
});

test('the last fifty are kept', async () => {
  const w = world();
  const before = Array.from({ length: 50 }, (_, n) => ({ request: `old-${n}`, used: n * MINUTE }));
  await w.store.saveNote(useNote('orders-db-admin'), { uses: before });
  const id = await handedBack(w, 20);
  const now = await uses(w);
  expect([now.length, now[0], now.at(-1)]).toEqual([50, ['old-1', 1], [id, 20]]);
});

test('invariant 10: where it cannot be noted, the access is closed and told of all the same', async () => {
  const w = world();
  const { saveNote } = w.store;
  w.store.saveNote = () => Promise.reject(new Error('the table is busy'));
  const id = await handedBack(w, 20);
  w.store.saveNote = saveNote;
  const head = (await w.store.head(id))!;
  expect([head.state.status, head.outbox]).toEqual(['closed', []]);
  expect(w.slack.living.at(-1)).toBe('closed');
  expect(w.log.map(({ message }) => message)).toContain('how long access was used could not be noted');
});

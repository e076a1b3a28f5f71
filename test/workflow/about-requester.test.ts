import type { AboutRequester } from '../../src/ports/messages.js';
import { aboutRequester } from '../../src/workflow/engine/about-requester.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { actor, world } from '../support/world.js';

type World = ReturnType<typeof world>;
const DAY = 24 * HOUR;

async function about(w: World, id: string): Promise<AboutRequester | undefined> {
  return aboutRequester({ ...w.deps }, await w.state(id));
}

test('counts what they asked for before and what came of it, and names the access they have', async () => {
  const w = world();
  const live = await w.approved();
  w.pass(MINUTE);
  const denied = await w.ask();
  const { revision } = await w.state(denied);
  await w.front.deny(actor('bob'), { id: denied, stage: 'manager', revision }, 'no', w.seen());
  const cancelled = await w.ask();
  await w.front.cancel(actor('ana'), cancelled, w.seen());
  w.pass(MINUTE);
  const asked = w.now();
  const id = await w.ask();
  const state = await w.state(live);
  if (state.status !== 'active') throw new Error('not active');
  expect(await about(w, id)).toEqual({
    live: [{ name: 'Orders database admin', until: state.lease.endsAt }],
    asked: { times: 3, approved: 1, denied: 1, since: asked - 90 * DAY },
  });
});

test('neither the request itself, nor what came after it, nor what is over or older than 90 days', async () => {
  const w = world();
  await w.approved();
  w.pass(90 * DAY + HOUR);
  await w.settle();
  const id = await w.ask();
  w.pass(MINUTE);
  await w.ask();
  expect(await about(w, id)).toMatchObject({ live: [], asked: { times: 0, approved: 0, denied: 0 } });
});

test('a card says the same whenever it is drawn, as long as nothing has happened', async () => {
  const w = world();
  await w.approved();
  w.pass(MINUTE);
  const id = await w.ask();
  const first = await about(w, id);
  w.pass(5 * MINUTE);
  expect(await about(w, id)).toEqual(first);
});

test('invariant 15: access is among it however many newer requests there are, and it says since when it counted', async () => {
  const w = world();
  await w.approved();
  for (let n = 0; n < 100; n++) {
    w.pass(10_000);
    await w.front.cancel(actor('ana'), await w.ask(), w.seen());
  }
  const id = await w.ask();
  const found = await about(w, id);
  expect(found!.live).toHaveLength(1);
  expect(found!.asked).toMatchObject({ times: 99, approved: 0 });
  expect(found!.asked.since).toBeGreaterThan(w.now() - HOUR);
});

test('their title, where the directory has one; without an answer the rest stands', async () => {
  const w = world();
  const id = await w.ask();
  const state = await w.state(id);
  const { directory } = w.deps;
  const titled = {
    ...directory,
    person: async (...asked: Parameters<typeof directory.person>) => ({
      ...(await directory.person(...asked)),
      title: 'Engineer',
    }),
  };
  expect(await aboutRequester({ ...w.deps, directory: titled }, state)).toMatchObject({ title: 'Engineer' });
  const silent = { ...directory, person: () => Promise.reject(new Error('Slack is away')) };
  expect(await aboutRequester({ ...w.deps, directory: silent }, state)).toMatchObject({ live: [] });
});

test('invariant 16: a card goes without it where the index cannot be read, and the log says so', async () => {
  const w = world();
  const id = await w.ask();
  const store = { ...w.store, byRequester: () => Promise.reject(new Error('throttled')) };
  expect(await aboutRequester({ ...w.deps, store }, await w.state(id))).toBeUndefined();
  expect(w.log.map(({ message }) => message)).toContain('a card goes without what is known of the requester');
  const seen: unknown[] = [];
  const notifier = {
    ...w.notifier,
    cards: (...[view, retry]: Parameters<typeof w.notifier.cards>) => {
      seen.push(view.about);
      return w.notifier.cards(view, retry);
    },
  };
  const engine = w.makeEngine({ store, notifier });
  const asked = await w.front.submit(actor('ana'), w.form, w.seen());
  if ('refusal' in asked) throw new Error(asked.refusal.code);
  await engine.sweep();
  expect(seen).toEqual([undefined]);
});

test('approvers see it on the card, and the requester is not told of themselves', async () => {
  const w = world();
  const views: Record<string, unknown>[] = [];
  const notifier = {
    ...w.notifier,
    cards: (...[view, retry]: Parameters<typeof w.notifier.cards>) => {
      views.push({ of: 'cards', about: view.about?.asked.times, endsAlone: view.endsAlone });
      return w.notifier.cards(view, retry);
    },
    living: (...[view, ...rest]: Parameters<typeof w.notifier.living>) => {
      views.push({ of: 'living', about: view.about, endsAlone: view.endsAlone });
      return w.notifier.living(view, ...rest);
    },
  };
  const asked = await w.front.submit(actor('ana'), w.form, w.seen());
  if ('refusal' in asked) throw new Error(asked.refusal.code);
  await w.makeEngine({ notifier }).sweep();
  expect(views).toEqual(
    expect.arrayContaining([
      { of: 'cards', about: 0, endsAlone: true },
      { of: 'living', about: undefined, endsAlone: true },
    ]),
  );
});

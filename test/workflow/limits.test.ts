import type { Head } from '../../src/domain/request/head.js';
import type { State } from '../../src/domain/request/state.js';
import type { Refusal } from '../../src/domain/refusal.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { MOST_PENDING, MOST_REQUESTS, overLimit, WINDOW } from '../../src/workflow/front/ask/limits.js';
import { actor, HOUR, person, world } from '../support/world.js';

const MINUTE = 60_000;
const PACE = 2_000;
type World = ReturnType<typeof world>;
const send = (w: World, who = 'ana') => w.front.submit(actor(who), w.form, w.seen());
const refusalOf = (answer: object) => ('refusal' in answer ? (answer.refusal as Refusal) : undefined);
const count = async (w: World, who = 'ana') => (await w.store.byRequester(person(who), 200)).length;

/** Asks and takes it back, so that nothing waits. */
async function askAndCancel(w: World): Promise<void> {
  const answer = await send(w);
  if ('refusal' in answer) throw new Error(answer.refusal.code);
  await w.front.cancel(actor('ana'), answer.ok.state.id, w.seen());
}

describe('how often one person may ask', () => {
  test('one request too many within ten minutes is refused with the time to wait, and nothing is written', async () => {
    const w = world();
    for (let n = 0; n < MOST_REQUESTS; n++) {
      await askAndCancel(w);
      w.pass(PACE);
    }
    const refusal = refusalOf(await send(w))!;
    const sinceFirst = MOST_REQUESTS * PACE;
    expect(refusal).toEqual({
      code: 'too-many-requests',
      limit: MOST_REQUESTS,
      within: WINDOW,
      retryIn: WINDOW - sinceFirst,
    });
    expect(sentenceFor(refusal)).toContain('try again in 7 minutes');
    expect(await count(w)).toBe(MOST_REQUESTS);

    // As it was said: a moment before it is refused, at that time it is taken.
    w.pass(WINDOW - sinceFirst - 1);
    expect(refusalOf(await send(w))?.code).toBe('too-many-requests');
    w.pass(1);
    expect(refusalOf(await send(w))).toBeUndefined();
    expect(refusalOf(await send(w))?.code).toBe('too-many-requests');
  });

  test('what policy refused at once counts too: it is written and kept', async () => {
    const w = world();
    w.policy.denied = { policies: ['freeze'], advice: [] };
    for (let n = 0; n < MOST_REQUESTS; n++) expect(refusalOf(await send(w))?.code).toBe('denied-by-policy');
    expect(refusalOf(await send(w))?.code).toBe('too-many-requests');
    expect(await count(w)).toBe(MOST_REQUESTS);
  });

  test('what was mistyped does not: nothing was written', async () => {
    const w = world();
    for (let n = 0; n < MOST_REQUESTS + 1; n++)
      await w.front.submit(actor('ana'), { ...w.form, duration: '9h' }, w.seen());
    expect(refusalOf(await send(w))).toBeUndefined();
  });

  test('one person’s flood is no business of another’s', async () => {
    const w = world();
    for (let n = 0; n < MOST_REQUESTS; n++) await send(w);
    expect(refusalOf(await send(w))).toBeDefined();
    expect(refusalOf(await send(w, 'dan'))).toBeUndefined();
  });
});

describe('how much may wait for a decision', () => {
  test('one too many is refused until one is decided, taken back or lapsed', async () => {
    const w = world();
    w.roomy();
    const ids: string[] = [];
    for (let n = 0; n < MOST_PENDING; n++) {
      ids.push(await w.ask());
      w.pass(MINUTE);
    }
    const refusal = refusalOf(await send(w))!;
    const retryIn = 8 * HOUR - MOST_PENDING * MINUTE;
    expect(refusal).toEqual({ code: 'too-many-pending', limit: MOST_PENDING, retryIn });
    expect(sentenceFor(refusal)).toContain('in 7 h 10 min at the latest');
    expect(await count(w)).toBe(MOST_PENDING);
    await w.front.cancel(actor('ana'), ids[0]!, w.seen());
    expect(refusalOf(await send(w))).toBeUndefined();
    expect(refusalOf(await send(w))?.code).toBe('too-many-pending');
  });

  test('what has lapsed waits no more, even before the sweep has said so', async () => {
    const w = world();
    w.roomy();
    for (let n = 0; n < MOST_PENDING; n++) await send(w);
    w.pass(8 * HOUR);
    expect(refusalOf(await send(w))).toBeUndefined();
  });

  test('access that one has does not count', async () => {
    const state = { status: 'active', requestedAt: 0, lapsesAt: 9e15 } as State;
    const heads = Array.from({ length: 50 }, (_, n) => ({ id: `R${n}`, state }) as Head);
    const list = async () => heads;
    const store = { byRequester: list, openByRequester: list, head: async () => heads[0] };
    expect(await overLimit(store, person('ana'), WINDOW + 1)).toBeUndefined();
  });
});

import type { Grant } from '../../domain/grant.js';
import { laneOf, type Lane } from '../../domain/request/effects.js';
import { apply, type Head } from '../../domain/request/head.js';
import { claim, dueNow, putOff, settle, type Owed } from '../../domain/request/outbox.js';
import { recordForEngine, type Keep, type Known, type Recorded } from '../record-command.js';
import { isToldOf, type EngineDeps } from './effect.js';
import { carryOut } from './effects/index.js';

/** One pass cannot owe itself more than this; a request that does is left for the next sweep. */
const MOST_STEPS = 100;
/**
 * Nothing is begun under a claim that is older: it has to be done before another process may take it over. Nor does a
 * pass begin anything after so long: what is left is due, and what changed meanwhile is seen first.
 */
const FRESH = 5_000;

/**
 * Claims what is due in one lane and does it, until nothing is.
 * @param how.known the head as it was read or written just now, where it was
 * @param how.endFirst in a lane that does not end access: what began to end while something else was in hand comes before
 *   whatever is next
 * @returns the head in which nothing was due any more, and the grant's own record where this wrote it last
 */
export async function drain(
  deps: EngineDeps,
  id: string,
  { lane, known, endFirst }: { lane: Lane; known?: Head | undefined; endFirst?: () => Promise<unknown> },
): Promise<{ head?: Head | undefined; grant?: Grant | undefined }> {
  const { store, clock, log } = deps;
  let grant: Grant | undefined;
  let head = known ?? (await store.head(id));
  const begun = clock.now();
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!head) return {};
    const now = clock.now();
    const ids = ready(head, now, lane).map((owed) => owed.id);
    if (ids.length === 0 || (lane !== 'ending' && now - begun > FRESH)) return { head, grant };
    const claimed = apply(head, [], { outbox: (outbox) => claim(outbox, ids, now) });
    if ((await store.write({ ...claimed, records: [] })) !== 'written') {
      head = await store.head(id);
      continue;
    }
    // What this process wrote last is as new as what a read before the effect would find.
    head = claimed.head;
    const begins = ids.flatMap((wanted) => claimed.head.outbox.find((one) => one.id === wanted) ?? []);
    for (const owed of begins) {
      if (clock.now() - now > FRESH) break;
      if (!head.outbox.some((one) => one.id === owed.id)) continue;
      ({ head, grant } = await perform(deps, head, owed));
      if (endFirst && ready(head, clock.now(), 'ending').length > 0) await endFirst();
    }
  }
  log.warn({ request: id }, 'more is due than one pass does');
  return { head, grant };
}

/**
 * Carries out one effect that this process has claimed, and records what came of it.
 * @returns the head that records it, and the grant's own record where that was written with it
 */
async function perform(deps: EngineDeps, head: Head, owed: Owed): Promise<Recorded> {
  const { store, clock, log } = deps;
  const { id } = head;
  const outcome = await carryOut(deps, head, owed);
  const known: Known = { head, ...outcome.known };
  if ('later' in outcome) {
    const { later, why, failures = 0 } = outcome;
    log[failures > 0 && isToldOf(failures) ? 'error' : 'warn'](
      { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
      'put off',
    );
    const now = clock.now();
    const keep: Keep = () => ({ outbox: (outbox) => putOff(outbox, owed.id, now, later) });
    return recordForEngine(store, id, undefined, keep, known);
  }
  const settled: Keep = () => ({ outbox: (outbox) => settle(outbox, [owed.id]) });
  const recorded = await recordForEngine(store, id, outcome.done, outcome.keep ?? settled, known);
  for (const { type } of recorded.events) log.info({ request: id, event: type }, 'recorded');
  return recorded;
}

/**
 * What may be begun now. Of cards one at a time, or two processes would each post the same card; and these first, so
 * that what the requester is told of who has been asked is true (invariant 15).
 */
function ready({ outbox }: Head, now: number, lane: Lane): Owed[] {
  const due = dueNow(outbox, now).filter(({ effect }) => laneOf(effect) === lane);
  const isCards = ({ effect }: Owed) => effect.type === 'cards';
  const inHand = outbox.some((one) => isCards(one) && one.attempts > 0 && one.notBefore > now);
  return [...(inHand ? [] : due.filter(isCards).slice(0, 1)), ...due.filter((one) => !isCards(one))];
}

import { defined } from '../../domain/objects.js';
import type { Instant } from '../../domain/entitlement.js';
import { laneOf, type Lane } from '../../domain/request/effects.js';
import { apply, type Head } from '../../domain/request/head.js';
import { claim, dueNow, putOff, settle, type Owed } from '../../domain/request/outbox.js';
import { recordForEngine, type Keep } from '../record-command.js';
import { isToldOf, type EngineDeps } from './effect.js';
import { carryOut } from './effects/index.js';
import { lookAtGrant, orFailed, turn, type Turned } from './grant-look.js';
import { sweeper, type Swept, type SweepOptions } from './sweep.js';

export interface Engine {
  /** Does everything that is due for one request. Safe to call at any time, any number of times, from anywhere. */
  advance(id: string): Promise<{ dueAt?: Instant }>;
  /**
   * Of what is due for one request, only what takes access away: for whoever has many to look at, so that no ending
   * waits behind another request's sessions and messages.
   */
  end(id: string): Promise<void>;
  /**
   * Does everything that is due for any request: the guarantee behind every lost wake-up.
   * @param options.until looks at what falls due by then too, for whoever sets timers by the answer; default: now
   */
  sweep(options?: SweepOptions): Promise<Swept>;
}

/** One pass cannot owe itself more than this; a request that does is left for the next sweep. */
const MOST_STEPS = 100;
/**
 * Nothing is begun under a claim that is older: it has to be done before another process may take it over. Nor does a
 * pass begin anything after so long: what is left is due, and what changed meanwhile is seen first.
 */
const FRESH = 5_000;

/** What makes and unmakes access. Nothing from outside calls it: it does what the record says is due. */
export function engine(deps: EngineDeps): Engine {
  const { store, clock, log } = deps;
  const turns = serially();
  const lanes: Record<Lane, typeof turns> = {
    ending: serially(),
    giving: serially(),
    messages: serially(),
  };

  /**
   * What is owed to the end of a request, and then, whatever stood in the way of that, the look at the grant itself.
   * @param known as it was read just now, where it was
   */
  const drainEnding = (id: string, known: Turned = {}) =>
    lanes.ending(id, async () => {
      const drained = known.failed
        ? known
        : await orFailed(async () => ({
            head: await drain(deps, id, { lane: 'ending', known: known.head }),
          }));
      // What this process has not changed is as it was read.
      const same = 'grant' in known && !drained.failed && drained.head === known.head;
      const acted = await lookAtGrant(deps, id, { ...(same && { grant: known.grant }), head: drained.head });
      if (drained.failed) throw drained.failed.error;
      return acted ? store.head(id) : drained.head;
    });

  const drainOther = (id: string, lane: Exclude<Lane, 'ending'>, known?: Head) =>
    lanes[lane](id, () => drain(deps, id, { lane, known, endFirst: () => drainEnding(id) }));

  /** The turn, and what it means for access that ends. A turn that cannot be written keeps nothing from ending. */
  const turnAndEnd = async (id: string) => drainEnding(id, await turns(id, () => turn(deps, id)));

  async function advance(id: string): Promise<{ dueAt?: Instant }> {
    const ended = await turnAndEnd(id);
    const status = ended?.state.status;
    // People hear that it is over while a call for more of it may still be in hand.
    const [, head] = await Promise.all([
      status === 'ending' || status === 'closed' ? drainOther(id, 'messages') : undefined,
      drainOther(id, 'giving', ended),
    ]);
    const last = await drainOther(id, 'messages');
    return defined({ dueAt: (last ?? head)?.dueAt });
  }

  const end = async (id: string) => void (await turnAndEnd(id));
  return { advance, end, sweep: sweeper({ store, clock, log, advance, end }) };
}

/**
 * Claims what is due in one lane and does it, until nothing is.
 * @param how.known the head as it was read or written just now, where it was
 * @param how.endFirst in a lane that does not end access: what began to end while something else was in hand comes before
 *   whatever is next
 * @returns the head in which nothing was due any more
 */
async function drain(
  deps: EngineDeps,
  id: string,
  { lane, known, endFirst }: { lane: Lane; known?: Head | undefined; endFirst?: () => Promise<unknown> },
): Promise<Head | undefined> {
  const { store, clock, log } = deps;
  let head = known ?? (await store.head(id));
  const begun = clock.now();
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!head) return undefined;
    const now = clock.now();
    const ids = ready(head, now, lane).map((owed) => owed.id);
    if (ids.length === 0 || (lane !== 'ending' && now - begun > FRESH)) return head;
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
      head = await perform(deps, head, owed);
      if (endFirst && ready(head, clock.now(), 'ending').length > 0) await endFirst();
    }
  }
  log.warn({ request: id }, 'more is due than one pass does');
  return head;
}

/**
 * Carries out one effect that this process has claimed, and records what came of it.
 * @returns the head that records it
 */
async function perform(deps: EngineDeps, head: Head, owed: Owed): Promise<Head> {
  const { store, clock, log } = deps;
  const { id } = head;
  const outcome = await carryOut(deps, head, owed);
  if ('later' in outcome) {
    const { later, why, failures = 0 } = outcome;
    log[failures > 0 && isToldOf(failures) ? 'error' : 'warn'](
      { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
      'put off',
    );
    const now = clock.now();
    const keep: Keep = () => ({ outbox: (outbox) => putOff(outbox, owed.id, now, later) });
    return (await recordForEngine(store, id, undefined, keep)).head;
  }
  const settled: Keep = () => ({ outbox: (outbox) => settle(outbox, [owed.id]) });
  const { head: after, events } = await recordForEngine(store, id, outcome.done, outcome.keep ?? settled);
  for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
  return after;
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

/**
 * Runs calls for the same key one after another, those for different keys side by side. It only saves lost races
 * within one process; what keeps processes apart is the version of HEAD.
 */
function serially(): <T>(key: string, call: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, call) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(call, call);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

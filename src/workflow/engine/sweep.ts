import type { Instant, Millis } from '../../domain/entitlement.js';
import type { EngineStore } from '../../ports/record.js';
import { sideBySide } from '../../kit/side-by-side.js';
import type { Log } from '../../kit/log.js';

/** A sweep begins nothing after this: the next one is due by then. */
const WHOLE: Millis = 45_000;
/** Of that, what became due since the last sweep has two thirds, and the oldest has the rest. */
const FRESH: Millis = 30_000;
/** Of that, what only ends access comes first, whosever it is. */
const ENDS: Millis = 20_000;
/** How far back the first sweep of a process looks for what counts as fresh. */
const FIRST: Millis = 10 * 60_000;
/** Two machines’ clocks may differ, and an index lags by moments. */
const OVERLAP: Millis = 15_000;
const BATCH = 2_000;
/** A look that took longer makes the next one at the same request wait for those that are quick. */
const QUICK: Millis = 1_000;
/** So many slow ones are remembered. */
const MOST_SLOW = 10_000;

/** What a sweep looked at, with when each is due next; how many it did not get to, and how many failed. */
export interface Swept {
  looked: { id: string; dueAt?: Instant }[];
  left: number;
  failed: number;
}

/** @param until looks at what falls due by then too; @param mayBegin false: nothing more is begun */
export interface SweepOptions {
  until?: Instant;
  mayBegin?: () => boolean;
}

/**
 * Does what is due for any request, in a time that is divided: what cannot be done now, however much of it there is,
 * never keeps what has just become due from its turn (invariants 2 and 16).
 */
export function sweeper(deps: {
  store: Pick<EngineStore, 'due'>;
  clock: { now(): Instant };
  log: Pick<Log, 'error'>;
  advance: (id: string) => Promise<{ dueAt?: Instant }>;
  end: (id: string) => Promise<void>;
}): (options?: SweepOptions) => Promise<Swept> {
  const { store, clock, log, advance, end } = deps;
  let last: Instant | undefined;
  /** What was fresh in the last sweep, and had no turn. */
  let waited: string[] = [];
  const slow = new Set<string>();

  async function timed<T>(id: string, work: () => Promise<T>): Promise<T> {
    const from = clock.now();
    try {
      return await work();
    } finally {
      slow.delete(id);
      if (clock.now() - from > QUICK && slow.size < MOST_SLOW) slow.add(id);
    }
  }

  return async ({ until = clock.now(), mayBegin = () => true } = {}) => {
    const begun = clock.now();
    const since = Math.min(last ?? begun - FIRST, begun) - OVERLAP;
    last = begun;
    const within = (limit: Millis) => () => mayBegin() && clock.now() - begun < limit;
    const swept: Swept = { looked: [], left: 0, failed: 0 };
    const look = async (id: string) => {
      try {
        swept.looked.push({ id, ...(await timed(id, () => advance(id))) });
      } catch (error) {
        swept.failed++;
        log.error({ request: id, err: error }, 'could not be advanced; the next sweep tries again');
      }
    };

    const found = [...new Set([...(await store.due(until, BATCH, since)), ...waited])];
    // What is slow to fail, again and again, keeps nothing back that has not been tried.
    const fresh = [...found.filter((id) => !slow.has(id)), ...found.filter((id) => slow.has(id))];
    // A failure is said where it is advanced.
    await sideBySide(fresh, (id) => timed(id, () => end(id).catch(() => undefined)), within(ENDS));
    const waiting = await sideBySide(fresh, look, within(FRESH));
    const old = (await store.due(since, BATCH)).filter((id) => !fresh.includes(id));
    const oldest = await sideBySide(old, look, within(WHOLE));
    const left = await sideBySide(waiting, look, within(WHOLE));
    waited = left.slice(0, BATCH);
    return { ...swept, left: oldest.length + left.length };
  };
}

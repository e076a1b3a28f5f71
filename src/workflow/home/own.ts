import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Person } from '../../domain/person.js';
import type { State } from '../../domain/request/state.js';
import { ttlCache } from '../../kit/ttl-cache.js';
import type { Clock } from '../../ports/clock.js';
import type { Home } from '../../ports/front.js';
import type { Listed, RequestStore } from '../../ports/record.js';

/** Of those that are over so many are counted, and can be paged through. */
export const PAST = 200;
/** So many of them stand in App Home. */
export const SHOWN = 20;
/** So many are listed. Of whoever has asked for more, what is due of the older ones is found besides. */
const LISTED = 500;
/** Of so many people it is remembered what is over. Each takes some 100 KB. */
const PEOPLE = 200;
const REMEMBERED: Millis = 3_600_000;
const DAY: Millis = 86_400_000;

export type OwnStore = Pick<RequestStore, 'head' | 'listedByRequester' | 'openByRequester'>;

/** What is known to be over for good. */
interface Over {
  /** All that was asked for by then is over. Nothing is added to it: it is a day ago. */
  until: Instant;
  /** Newest first; one more than are counted, if there are more. */
  ids: string[];
  /** Of those that were shown last. */
  states: Map<string, State>;
}

/**
 * What one person has asked for: all that is not over, however old, and the newest of the rest. The index only says which
 * requests there are, and of which nothing is due any more: these are over. What can still change is read from its HEAD.
 * @returns finds it; `shown`: so many of those that are over; `ids` of all that were looked at
 */
export function ownIn({ store, clock }: { store: OwnStore; clock: Pick<Clock, 'now'> }) {
  const remembered = ttlCache<Over>(PEOPLE, REMEMBERED);

  return async (
    person: Person,
    shown: number,
  ): Promise<Pick<Home, 'open' | 'closed' | 'closedCount' | 'more'> & { ids: Set<string> }> => {
    const [now, key] = [clock.now(), JSON.stringify([person.account, person.email])];
    const known = remembered.get(key, now);
    const listed = await store.listedByRequester(person, LISTED, known?.until);
    const oldest = listed[LISTED - 1]?.requestedAt;
    const older = oldest === undefined ? [] : await store.openByRequester(person, oldest);
    const due = new Set([...listed.filter(({ isDue }) => isDue), ...older].map(({ id }) => id));
    const before = oldest === undefined ? (known?.ids ?? []) : [];
    const over = [...listed.map(({ id }) => id).filter((id) => !due.has(id)), ...before];

    const past = over.slice(0, PAST);
    const read = (ids: Iterable<string>) =>
      Promise.all([...ids].map(async (id) => known?.states.get(id) ?? (await store.head(id))?.state));
    const [unsure, sure] = await Promise.all([read(due), read(past.slice(0, shown))]);
    const settled = oldest === undefined ? settledOf(listed, now) : [];
    const ids = [...settled.map(({ id }) => id), ...(known?.ids ?? [])].slice(0, PAST + 1);
    const until = settled[0]?.requestedAt ?? known?.until;
    if (until !== undefined && oldest === undefined) {
      const over = { until, ids, states: final(sure.slice(0, SHOWN), new Set(ids)) };
      if (settled.length > 0) remembered.put(key, over, now);
      else if (known) known.states = over.states;
    }

    const states = [...unsure, ...sure].flatMap((state) => state ?? []).sort(newestFirst);
    const closed = states.filter(({ status }) => status === 'closed');
    return {
      open: states.filter(({ status }) => status !== 'closed'),
      closed: closed.slice(0, shown),
      closedCount: closed.length + past.slice(shown).length,
      more: over.length > PAST || oldest !== undefined,
      ids: new Set([...due, ...over]),
    };
  };
}

/** What is over, and older than all that is not. What was asked for within a day may not all be in the index yet. */
function settledOf(listed: Listed[], now: Instant): Listed[] {
  const edge = Math.min(now - DAY, ...listed.filter(({ isDue }) => isDue).map((one) => one.requestedAt));
  return listed.filter(({ requestedAt }) => requestedAt < edge);
}

function final(states: (State | undefined)[], ids: Set<string>): Map<string, State> {
  const closed = states.flatMap((state) => (state?.status === 'closed' && ids.has(state.id) ? state : []));
  return new Map(closed.map((state) => [state.id, state]));
}

export const newestFirst = (a: State, b: State) => b.requestedAt - a.requestedAt;

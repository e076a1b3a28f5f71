import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Head } from '../../domain/request/head.js';
import { isLive, type State } from '../../domain/request/state.js';
import type { AboutRequester } from '../../ports/messages.js';
import type { EngineDeps } from './effect.js';

/** Counted from the asking, so that a card says the same whenever it is drawn. */
const PAST: Millis = 90 * 86_400_000;
/** Requests of one person, the newest first; of more than that the older ones are not counted. */
const MOST = 100;

type Deps = Pick<EngineDeps, 'directory' | 'store' | 'clock' | 'log'>;

/**
 * What an approver may want to know of the requester, from an index: good to be told, and no decision rests on it.
 * Never throws: a card is of use without it.
 */
export async function aboutRequester(deps: Deps, state: State): Promise<AboutRequester | undefined> {
  const { directory, store, clock, log } = deps;
  const { requester } = state;
  try {
    const [page, found] = await Promise.all([
      store.byRequester(requester, MOST),
      directory.person(requester.account).catch(() => undefined),
    ]);
    // That somebody has no other access is only said after a look at all of it (invariant 15).
    const all = page.length < MOST ? page : await store.openByRequester(requester);
    const title = found && 'person' in found ? found.title : undefined;
    return {
      ...(title !== undefined && { title }),
      live: liveIn(all, state, clock.now()),
      asked: askedIn(page, state),
    };
  } catch (err) {
    log.warn({ err, request: state.id }, 'a card goes without what is known of the requester');
    return undefined;
  }
}

function liveIn(heads: Head[], { id }: State, now: Instant): AboutRequester['live'] {
  return heads
    .flatMap(({ state }) =>
      state.id !== id && isLive(state) && state.lease.endsAt > now
        ? [{ name: state.entitlement.name, until: state.lease.endsAt }]
        : [],
    )
    .sort((a, b) => a.until - b.until);
}

function askedIn(page: Head[], { id, entitlement, requestedAt }: State): AboutRequester['asked'] {
  const oldest = page.length < MOST ? -Infinity : page.at(-1)!.state.requestedAt;
  const since = Math.max(requestedAt - PAST, oldest);
  const before = page.filter(
    ({ state }) =>
      state.id !== id &&
      state.entitlement.id === entitlement.id &&
      state.requestedAt >= since &&
      state.requestedAt <= requestedAt,
  );
  const count = (fits: (state: State) => boolean) => before.filter(({ state }) => fits(state)).length;
  return {
    times: before.length,
    approved: count((state) => 'lease' in state && state.lease !== undefined),
    denied: count((state) => state.status === 'closed' && state.outcome === 'denied'),
    since,
  };
}

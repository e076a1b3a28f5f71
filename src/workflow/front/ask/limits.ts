import type { Lease } from '../../../domain/lease.js';
import type { Instant, Millis, PinnedGrant } from '../../../domain/entitlement.js';
import type { Person } from '../../../domain/person.js';
import type { Refusal } from '../../../domain/refusal.js';
import type { State } from '../../../domain/request/state.js';
import type { GrantKind } from '../../../ports/access.js';
import type { RequestStore } from '../../../ports/record.js';
import { requestsOf } from '../../own-requests.js';

/** Requests by one person within `WINDOW`, those that were refused at once included: they are written too. */
export const MOST_REQUESTS = 100;
export const WINDOW: Millis = 10 * 60_000;
/** Requests by one person that wait for a decision, at once. */
export const MOST_PENDING = 50;

/**
 * Whether this person has asked too often, or for too much at once. Counted from the record, so it holds for all
 * processes and for a Lambda; the index lags by moments, so requests sent at the very same time may exceed it by a few.
 */
export async function overLimit(
  store: Pick<RequestStore, 'byRequester' | 'openByRequester' | 'head'>,
  person: Person,
  now: Instant,
): Promise<Refusal | undefined> {
  const { open, closed } = await requestsOf(store, person, MOST_REQUESTS);
  const recent = [...open, ...closed].map(({ requestedAt }) => requestedAt).filter((at) => at > now - WINDOW);
  const first = recent.sort((a, b) => b - a)[MOST_REQUESTS - 1];
  if (first !== undefined)
    return { code: 'too-many-requests', limit: MOST_REQUESTS, within: WINDOW, retryIn: first + WINDOW - now };
  const waiting = open.filter(({ status, lapsesAt }) => status === 'pending' && lapsesAt > now);
  if (waiting.length < MOST_PENDING) return undefined;
  const soonest = Math.min(...waiting.map(({ lapsesAt }) => lapsesAt));
  return { code: 'too-many-pending', limit: MOST_PENDING, retryIn: soonest - now };
}

/** Denies of one person's that may stand on one role at once, those that may yet be needed included. */
export const MOST_DENIES = 10;
/** A Deny is cleared away so long after the end that it was for. */
const CLEARED: Millis = 60_000;

/**
 * Whether one person's early ends could fill the role that they ask for: each leaves a Deny there for up to an hour, and
 * a role without room for one ends the sessions of everybody. Bounded where a request is made, over all requests of that
 * person; whoever hands back or revokes is never refused for it (invariants 2 and 16).
 */
export async function overcrowded(
  { store, kinds }: { store: Pick<RequestStore, 'openByRequester'>; kinds: readonly GrantKind[] },
  person: Person,
  wanted: PinnedGrant,
  now: Instant,
): Promise<Refusal | undefined> {
  const roomOf = ({ kind, config }: PinnedGrant) => kinds.find(({ name }) => name === kind)?.fills?.(config);
  const room = roomOf(wanted);
  if (room === undefined) return undefined;
  const heads = await store.openByRequester(person);
  const until = heads
    .filter(({ state }) => roomOf(state.grant) === room)
    .flatMap(({ state }) => (FREE_AT[state.status] as (of: State) => Instant | undefined)(state) ?? [])
    .filter((at) => at > now)
    .sort((a, b) => a - b);
  const [first] = until.slice(until.length - MOST_DENIES);
  if (until.length < MOST_DENIES || first === undefined) return undefined;
  return { code: 'role-crowded', limit: MOST_DENIES, retryIn: first - now };
}

const afterEnd = ({ lease }: { lease: Lease }) => lease.endsAt + CLEARED;

/** When the Deny that a request in this status has left, or may leave, is gone; undefined: it leaves none. */
const FREE_AT: { [S in State['status']]: (state: Extract<State, { status: S }>) => Instant | undefined } = {
  pending: ({ lapsesAt }) => lapsesAt,
  approved: afterEnd,
  active: afterEnd,
  ending: afterEnd,
  closed: ({ proof }) => proof?.cleanUpAt,
};

import type { Person } from '../../../domain/person.js';
import type { Instant, Millis } from '../../../domain/entitlement.js';
import type { Refusal } from '../../../domain/refusal.js';
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

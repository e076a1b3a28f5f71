import type { Instant, Millis } from './entitlement.js';

/** A grant's start and end. */
export interface Lease {
  startsAt: Instant;
  /** A whole second: what AWS compares with. No access from this instant on. */
  endsAt: Instant;
  /** When the person is told that the end is near; absent when the lease is too short for that. */
  warnAt?: Instant;
}

export function leaseFrom(startsAt: Instant, duration: Millis, warnBefore: Millis): Lease {
  // Rounded down: a lease is never longer than what was approved.
  const endsAt = Math.floor((startsAt + duration) / 1000) * 1000;
  const warnAt = endsAt - warnBefore;
  return { startsAt, endsAt, ...(warnBefore > 0 && warnAt > startsAt && { warnAt }) };
}

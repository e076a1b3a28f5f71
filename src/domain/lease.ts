import type { Instant, Millis } from './entitlement.js';

/** A grant's start and end. */
export interface Lease {
  startsAt: Instant;
  /** A whole second: what AWS compares with. No access from this instant on. */
  endsAt: Instant;
  /** When the person is told that the end is near; absent when the lease is too short for that. */
  warnAt?: Instant;
}

/** So far ahead of its start a request may be made, whatever directory.yml says. */
export const FURTHEST_START: Millis = 14 * 86_400_000;
const HOUR: Millis = 3_600_000;
/** So long before its start policy is asked whether it would still begin. */
export const AHEAD: Millis = HOUR;

/** What is asked for later has a start; anything else begins at once. */
interface Planned {
  startsAt?: Instant;
}

/** Whether its start is still to come. */
export function isEarly({ startsAt }: Planned, at: Instant): boolean {
  return startsAt !== undefined && at < startsAt;
}

/** As of when policy is asked about it: now, or its start while that is to come. */
export function asOf({ startsAt = -Infinity }: Planned, at: Instant): Instant {
  return Math.max(at, startsAt);
}

/** When a request lapses that nobody decides: for a later start an hour after that, or sooner where all wait less long. */
export function lapseOf({ startsAt }: Planned, at: Instant, approvalTimeout: Millis): Instant {
  return startsAt === undefined ? at + approvalTimeout : startsAt + Math.min(approvalTimeout, HOUR);
}

/** How long before its end people hear of it: in an emergency they look up later from what they do. */
export function noticeOf(
  { emergency }: { emergency?: true },
  { warnBefore }: { warnBefore: Millis },
): Millis {
  return emergency ? 2 * warnBefore : warnBefore;
}

export function leaseFrom(startsAt: Instant, duration: Millis, warnBefore: Millis): Lease {
  // Rounded down: a lease is never longer than what was approved.
  const endsAt = Math.floor((startsAt + duration) / 1000) * 1000;
  const warnAt = endsAt - warnBefore;
  return { startsAt, endsAt, ...(warnBefore > 0 && warnAt > startsAt && { warnAt }) };
}

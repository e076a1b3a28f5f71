import type { Instant, Millis } from '../entitlement.js';
import type { Lease } from '../lease.js';
import type { Pending } from '../request/state.js';
import { isFrom, type Past } from './past.js';

/** How far two clocks may differ, each up to 5 s from that of AWS: beyond, the program gives nothing. */
export const SKEW: Millis = 10_000;
/**
 * How far an event may lie before one that was written earlier. Between the look at the clock and the write stand
 * policy, messages and the table, which give up within seconds, races that are lost to others, and a process that stands
 * still for a while: on a server for moments, on Lambda until the next sweep.
 */
const UNDER_WAY: Millis = 110_000 + SKEW;

export function wrongTime({ at }: { at: Instant }, { before, latest }: Past): string | undefined {
  if (!Number.isFinite(at)) return 'its time is none';
  if (!isFrom(2, before) || at >= latest - UNDER_WAY) return undefined;
  return `it bears a time ${minutes(latest - at)} before one that was recorded earlier`;
}

/** Why an approval at this time cannot have given this lease. */
export function wrongLease(
  { startsAt, endsAt, warnAt }: Lease,
  at: Instant,
  before: Pending,
): string | undefined {
  const { duration } = before;
  if (startsAt > at || endsAt > startsAt + duration) return 'its lease is longer than what was asked for';
  if (!isFrom(2, before)) return undefined;
  if (startsAt !== at || endsAt !== Math.floor((at + duration) / 1000) * 1000)
    return 'its lease is not the one that was approved';
  if (warnAt !== undefined && !(warnAt > startsAt && warnAt < endsAt))
    return 'its end was to be announced outside of its lease';
  return undefined;
}

/** Why access cannot have been made or used then. */
export function tooLate(at: Instant, { lease }: { lease: Lease }): string | undefined {
  return at >= lease.endsAt ? 'access was used or made at its end or later' : undefined;
}

function minutes(time: Instant): string {
  return `${Math.round(time / 60_000)} minutes`;
}

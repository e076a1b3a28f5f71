import type { Instant, Millis } from '../../entitlement.js';
import type { Event } from '../../request/event.js';
import { isFrom, type Past } from './past.js';

/** How far two clocks may differ, each up to 5 s from that of AWS: beyond, the program gives nothing. */
export const SKEW: Millis = 10_000;
/**
 * How far an event may lie before one that was written earlier. Between the look at the clock and the write stand
 * policy, messages and the table, which give up within seconds, races that are lost to others, and a process that stands
 * still for a while: on a server for moments, on Lambda until the next sweep.
 */
const UNDER_WAY: Millis = 110_000 + SKEW;

export function wrongTime(event: Event, { before, latest }: Past): string | undefined {
  if (!Number.isFinite(event.at)) return 'its time is none';
  if (!isFrom(2, before) || event.at >= latest - UNDER_WAY) return undefined;
  return `it bears a time ${minutes(latest - event.at)} before one that was recorded earlier`;
}

function minutes(time: Instant): string {
  return `${Math.round(time / 60_000)} minutes`;
}

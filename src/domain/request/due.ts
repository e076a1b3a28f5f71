import type { Instant, Millis } from '../entitlement.js';
import type { Owed } from './outbox.js';
import type { State } from './state.js';

/** When the clock alone next changes what a request is; undefined: never. */
export function turnsAt(state: State): Instant | undefined {
  switch (state.status) {
    case 'pending':
      return state.lapsesAt;
    case 'approved':
      return state.lease.endsAt;
    case 'active':
      return state.warned ? state.lease.endsAt : (state.lease.warnAt ?? state.lease.endsAt);
    case 'ending':
    case 'closed':
      return undefined;
    default:
      return state satisfies never;
  }
}

/** When a request next needs attention: an effect to do or to try again, a lapse, a warning, an end. */
export function dueAt(state: State, outbox: Owed[]): Instant | undefined {
  const turn = turnsAt(state);
  const times = [...outbox.map((owed) => owed.notBefore), ...(turn === undefined ? [] : [turn])];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A sweep that looked at so many has perhaps not seen all that falls due. */
const MANY = 1_000;
/** No sweep follows another sooner: what cannot be done yet would keep it spinning. */
const LEAST: Millis = 200;

/**
 * How long to wait for the next sweep. After a large one what falls due behind the last that was looked at is not
 * known yet, so the next comes when that one is due.
 * @param looked what the sweep looked at, with when each is due next
 * @param sweep.until up to when it looked ahead
 */
export function untilNextSweep(
  looked: { dueAt?: Instant }[],
  sweep: { now: Instant; until: Instant; interval: Millis },
): Millis {
  const { now, until, interval } = sweep;
  if (looked.length < MANY) return interval;
  const ahead = looked.flatMap(({ dueAt }) => (dueAt !== undefined && dueAt <= until ? [dueAt] : []));
  const last = ahead.reduce((latest, dueAt) => Math.max(latest, dueAt), 0);
  return Math.max(LEAST, Math.min(interval, last - now));
}

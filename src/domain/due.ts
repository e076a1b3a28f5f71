import type { Instant } from './entitlement.js';
import type { Owed } from './outbox.js';
import type { State } from './request.js';

/** When the clock alone next changes what a request is; undefined: never. */
export function turnsAt(state: State): Instant | undefined {
  switch (state.status) {
    case 'pending':
      return state.lapsesAt;
    case 'approved':
      return state.lease.endsAt;
    case 'active':
      return state.warned ? state.lease.endsAt : (state.lease.warnAt ?? state.lease.endsAt);
    default:
      return undefined;
  }
}

/** When a request next needs attention: an effect to do or to try again, a lapse, a warning, an end. */
export function dueAt(state: State, outbox: Owed[]): Instant | undefined {
  const turn = turnsAt(state);
  const times = [...outbox.map((owed) => owed.notBefore), ...(turn === undefined ? [] : [turn])];
  return times.length === 0 ? undefined : Math.min(...times);
}

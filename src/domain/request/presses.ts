import type { Instant, Millis } from '../entitlement.js';
import type { Active } from './state.js';

/** Sessions that one person may ask for within a minute. */
export const MOST_PRESSES = 10;
const MINUTE: Millis = 60_000;

/** The last presses, this one included: as many as the limit needs. */
export function lastPresses({ presses = [] }: Pick<Active, 'presses'>, at: Instant): Instant[] {
  return [...presses, at].slice(-MOST_PRESSES);
}

/** How long until a session may be asked for again, in ms; undefined: now. */
export function pressAgainIn({ presses = [] }: Pick<Active, 'presses'>, at: Instant): Millis | undefined {
  const [first] = presses.slice(-MOST_PRESSES);
  if (presses.length < MOST_PRESSES || first === undefined || first + MINUTE <= at) return undefined;
  return first + MINUTE - at;
}

import type { Instant, Millis } from '../../domain/entitlement.js';

/** The wall clock: the only place that reads it. */
export const wallClock = (): Instant => Date.now();
/** How long a decision took: of which no other decision is made. */
export const stopwatch = (): Millis => performance.now();

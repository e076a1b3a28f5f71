import type { Instant, Millis } from '../../domain/entitlement.js';

/** The wall clock: the only place that reads it. */
export const wallClock = (): Instant => Date.now();
/** Real time that has passed: how long a decision took, and when Slack takes the next message. Access hangs on none of it. */
export const stopwatch = (): Millis => performance.now();

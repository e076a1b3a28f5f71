import type { Instant, Millis } from '../domain/entitlement.js';

export interface Clock {
  now(): Instant;
  /** This machine's clock minus AWS's, in ms, as last measured; undefined when it could not be. */
  skew(): Promise<Millis | undefined>;
}

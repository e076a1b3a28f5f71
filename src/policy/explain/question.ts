import type { Instant, Millis } from '../../domain/entitlement.js';
import type { InputValues } from '../../domain/request/decision.js';
import type { Who } from '../../ports/policy.js';

export interface ExplainedQuestion {
  who: Who;
  entitlement: string;
  duration: Millis;
  at: Instant;
  ticket?: string;
  emergency?: true;
  /** Of inputs that are looked up: what was found, and why what was not. */
  given?: InputValues;
  failed?: Record<string, string>;
}

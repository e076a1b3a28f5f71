import type { Instant } from '../../domain/entitlement.js';
import type { Problem } from '../../ports/policy.js';

/** What is in force, and what became of its source since. */
export interface PolicyStatus {
  /** Of the bundle in force; empty while there is none. */
  hash: string;
  loadedAt: Instant;
  /** Where the bundle in force was read, and which version of that. */
  source: string;
  version: string;
  warnings: Problem[];
  /** Why the newest policies are not in force; empty: they are, or it is not known. */
  problems: Problem[];
  /** Present while what is there now cannot be looked at. */
  unreachable?: { since: Instant; why: string };
  /** Present while what is there now waits, since these forbids are not in it any more: it may be half written. */
  waiting?: { since: Instant; gone: string[] };
  /** Present while the bundle only replaces one that cannot be read: see `Bundle`. */
  standIn?: true;
  /** Present while nothing has loaded since the start. */
  none?: { since: Instant };
}

import type { Instant, Millis } from './entitlement.js';
import type { Person } from './person.js';

/** That one person fills the seats of another while that one is away. */
export interface Delegation {
  /** Who is away. */
  from: Person;
  /** Who stands in for them. */
  to: Person;
  since: Instant;
  until: Instant;
}

/** How far ahead a delegation may end. */
export const LONGEST_DELEGATION: Millis = 30 * 86_400_000;

/** What goes on record in the ledger of who is away. */
export type DelegationFact =
  | { type: 'DelegationStarted'; at: Instant; by: Person; delegation: Delegation }
  /** By who is away, by somebody whom policies let audit, or by the program once its time is over. */
  | { type: 'DelegationEnded'; at: Instant; by: Person | 'jit'; policies?: string[] };

/** News of a delegation that a ledger owes to the people concerned. */
export interface OwedNews {
  /** By the number of the record that owes it: the same for ever. */
  id: string;
  what: 'started' | 'ended';
  delegation: Delegation;
  /** Who ended it; absent: its time was over. */
  by?: Person;
  /** How often it has been begun; above 0, an earlier try may have landed. */
  attempts: number;
  notBefore: Instant;
}

/** Whether it still lets somebody vote. Other machines' clocks may differ, so that it has begun is not asked. */
export function stands(delegation: Delegation | undefined, at: Instant): delegation is Delegation {
  return delegation !== undefined && at < delegation.until;
}

/** Whom a vote uses up in the whole chain: the voter, and whose seat they filled (invariant 17). */
export function peopleOf({ by, delegatedBy }: { by: Person; delegatedBy?: Person }): Person[] {
  return delegatedBy ? [by, delegatedBy] : [by];
}

import type { Chain } from '../chain.js';
import type { Instant, Millis } from '../entitlement.js';
import type { Lease } from '../lease.js';
import type { Subject } from '../person.js';
import type { Basis, Ruling } from './decision.js';
import type {
  AskedFor,
  By,
  Cause,
  EmergencyReview,
  Escalation,
  Format,
  Lingering,
  Proof,
  Reason,
  Receipt,
  Terms,
  Vote,
} from './state.js';

/** One fact about one request, past tense. What policy decided on (`Basis`) is not in older records. */
export type Event = { at: Instant; by: By } & (
  | ({ type: 'RequestSubmitted'; format?: Format; asked: AskedFor } & Partial<Basis>)
  /** Asked, and denied at once: on record, and no approver was disturbed. */
  | ({ type: 'RequestRefused'; format?: Format; asked: AskedFor; reason: Reason } & Partial<Basis>)
  | { type: 'RequestCancelled' }
  | { type: 'RequestLapsed' }
  | { type: 'PreflightPassed'; note?: string }
  | { type: 'Voted'; vote: Vote }
  /** Somebody gives it for less than was asked: their vote follows in the same write. */
  | { type: 'DurationShortened'; from: Millis; to: Millis; stage: string }
  | { type: 'QuestionAsked'; stage: string; text: string }
  /** `question`: its number, from 1. */
  | { type: 'QuestionAnswered'; question: number; text: string }
  /** The beginning of a round of reminders, the first being 1. */
  | { type: 'Reminded'; stage: string; round: number }
  /** From now on the members of this group may fill the stage, too. */
  | ({ type: 'StageEscalated' } & Omit<Escalation, 'at'>)
  /** By a person's vote, before approvers were asked, or when the decision was made again. */
  | { type: 'RequestDenied'; reason: Reason; /** In whose place a person denied it. */ delegatedBy?: Subject }
  | { type: 'VotesVoided'; people: string[]; why: string }
  | { type: 'ChainChanged'; chain: Chain; ruling: Ruling }
  /** Before its start: as things are, it would not begin. */
  | { type: 'StartDoubted'; reason: Reason }
  /** `given` from format 2 on; older records lack the rest of what policy decided on, and when it did. */
  | ({ type: 'RequestApproved'; lease: Lease; ruling: Ruling; decidedAt?: Instant } & Partial<Basis> & Terms)
  /** `until`: when a call that begins now has landed, or never will. */
  | { type: 'ProvisionAttempted'; until: Instant }
  | { type: 'GrantProvisioned'; receipt: Receipt }
  | { type: 'MintRequested'; waiting: string }
  /** `permittedAt`: when the policies in force last permitted it; from format 2 on. */
  | { type: 'MintAttempted'; permittedAt?: Instant }
  /** Policy, or what has become of the person, gives no further session. Nothing is ended by it. */
  | { type: 'MintRefused'; reason: Reason }
  /** `lingering`: the keys themselves do not end with it; absent in older records, too. */
  | { type: 'CredentialsMinted'; accessKeyId: string; expiresAt: Instant; lingering?: Lingering }
  | { type: 'EndAnnounced' }
  /** `more`: how much longer; `total`: the whole time then. */
  | ({
      type: 'ExtensionRequested';
      number: number;
      more: Millis;
      total: Millis;
      endsAt: Instant;
      chain: Chain;
      ruling: Ruling;
    } & Basis)
  | { type: 'ExtensionVoted'; number: number; vote: Vote }
  /** By a person's vote, when the decision was made again, or by AWS. What there is stays as it is. */
  | { type: 'ExtensionRefused'; number: number; reason: Reason }
  /** `replaces`: what AWS has still bears the old end; it is replaced next, or the old end holds. */
  | ({
      type: 'LeaseExtended';
      number: number;
      total: Millis;
      lease: Lease;
      ruling: Ruling;
      decidedAt: Instant;
      replaces?: true;
    } & Basis)
  /** `unknownGroups`: those that could not be looked up: no person counted as a member of them. */
  | {
      type: 'RevocationStarted';
      cause: Cause;
      reason?: Reason;
      policies?: string[];
      unknownGroups?: string[];
    }
  | { type: 'RequestClosed'; outcome: Cause; proof: Proof }
  | { type: 'CleanedUp' }
  /** `policies`: those that let this person review it. */
  | ({ type: 'EmergencyReviewed'; policies: string[] } & Pick<EmergencyReview, 'verdict' | 'text'>)
);

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/** The beginning of an end, as it goes on record. */
export type Start = Omit<EventOf<'RevocationStarted'>, 'type'>;

/** What the program itself adds to the record, as yet without time and name. */
export type Fact = Event extends infer E ? (E extends Event ? Omit<E, 'at' | 'by'> : never) : never;

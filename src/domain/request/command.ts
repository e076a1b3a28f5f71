import type { ExtensionTerms, Instant, Millis } from '../entitlement.js';
import type { LongerLease } from '../grant.js';
import type { Lease } from '../lease.js';
import type { Person } from '../person.js';
import type { Basis, Candidates, RequestDecision, Reserves, UnknownStages, Verdict } from './decision.js';
import type { Start } from './event.js';
import type { AskedFor, Lingering, Proof, Reason, Receipt, Terms } from './state.js';

/** Who may fill the stages now, as far as it is known. */
interface Approvers {
  candidates: Candidates;
  unknown?: UnknownStages;
}

/** What the catalog says of extensions now. */
interface ExtensionFacts {
  /** Absent: none are offered. */
  terms?: ExtensionTerms;
  /** The grant as the catalog makes it now; absent: no longer in the catalog. */
  grantHash?: string;
  /** Of an emergency: another one of that person that is contested. */
  contested?: string;
}

/** What somebody wants of the stage that waits for them, and what says whether they may decide it. */
export interface Deciding extends Approvers {
  by: Person;
  /** Whose seat they would fill, where they are no candidate themselves. */
  delegatedBy?: Person;
  stage: string;
  /** Of the chain that they have seen. */
  revision: number;
  /** What policy says of their vote. */
  verdict: Verdict;
}

/** On what it rests whether a request whose chain is complete takes effect, looked up at once. */
interface Rechecked extends Approvers {
  /** What it was worked out on; on anything else it says nothing. */
  revision: number;
  voters: string[];
  /** How often a stage had been escalated; absent: never. */
  escalations?: number;
  decision: RequestDecision;
  /** E-mails of those voters who still hold the authority they voted with. */
  valid: string[];
  /** Why the requester may not have it any more, if so. */
  requesterProblem?: string;
  /** The grant as the catalog makes it now; absent: no longer in the catalog. */
  grantHash?: string;
  order: string[];
  /** Who may come in where a stage lacks people; absent: nobody. */
  reserves?: Reserves;
}

/** What people may cause, and what the engine and the clock report. Time, identity and facts come as arguments. */
export type Command = { at: Instant } & (
  | ({
      type: 'Submit';
      asked: Omit<AskedFor, 'chain' | 'ruling' | 'requestedAt'>;
      decision: RequestDecision;
      /** What the decision was made on. */
      basis: Basis;
      /** Of an emergency: the one that is contested, as far as there is one. */
      contested?: string;
    } & Approvers)
  | { type: 'Cancel'; by: Person }
  | { type: 'PassPreflight'; note?: string }
  | { type: 'FailPreflight'; reason: Reason }
  | ({ type: 'Approve' | 'Deny'; text?: string } & Deciding)
  /** Approves it for less. `offered`: what the catalog offers it for now. */
  | ({ type: 'Shorten'; to: Millis; offered: readonly Millis[] } & Deciding)
  | ({ type: 'AskQuestion'; text: string } & Deciding)
  /** `question`: its number, from 1. */
  | { type: 'AnswerQuestion'; by: Person; question: number; text: string }
  /** A round of reminders has gone out. */
  | { type: 'RecordReminders'; stage: string; round: number }
  /** Nobody has answered in time. */
  | { type: 'Escalate'; stage: string; to: string }
  /** Somebody has looked whether its stages can still be filled, of whom, on what stood on record then. */
  | ({
      type: 'FillGaps';
      revision: number;
      voters: string[];
      escalations: number;
      reserves: Reserves;
    } & Approvers)
  | ({
      type: 'Confirm';
      /** Of an emergency: that person's one that is contested, and an earlier one for the same thing that is not over. */
      contested?: string;
      earlier?: string;
      lease: Lease;
      /** What the decision was made on, and when. */
      basis: Basis;
      decidedAt: Instant;
    } & Rechecked &
      Terms)
  /** Before its start somebody has looked whether it would begin. */
  | ({ type: 'LookAhead' } & Rechecked)
  | { type: 'AttemptProvision'; until: Instant }
  | { type: 'RecordProvisioned'; receipt: Receipt }
  | { type: 'FailProvision'; reason: Reason }
  | { type: 'RequestMint'; by: Person; waiting: string }
  | { type: 'AttemptMint'; permittedAt: Instant }
  | { type: 'RefuseMint'; reason: Reason }
  | { type: 'RecordMint'; accessKeyId: string; expiresAt: Instant; lingering?: Lingering | undefined }
  /** The requester wants it for longer. */
  | ({
      type: 'Extend';
      by: Person;
      more: Millis;
      decision: RequestDecision;
      basis: Basis;
    } & ExtensionFacts &
      Approvers)
  | ({
      type: 'ConfirmExtension';
      number: number;
      /** What it was worked out on. */
      voters: string[];
      decision: RequestDecision;
      /** E-mails of those voters who still hold the authority they voted with. */
      valid: string[];
      requesterProblem?: string;
      order: string[];
      warnBefore: Millis;
      /** What it was worked out on, by the grant's own record; absent: HEAD says something else of the access. */
      longer?: LongerLease;
      basis: Basis;
      decidedAt: Instant;
      /** What AWS has bears its end, and has to be replaced. */
      replaces: boolean;
    } & ExtensionFacts &
      Approvers)
  /** AWS does not take the new end. */
  | { type: 'FailExtension'; reason: Reason }
  /** Without a verdict only one's own may be ended; `unknownGroups` could not be looked up for it. */
  | { type: 'Revoke'; by: Person; verdict?: Verdict; unknownGroups?: string[]; text: string }
  /** The requester has left: positively, and seen twice. */
  | { type: 'EndForLeaver'; reason: Extract<Reason, { code: 'requester' }> }
  /** An order to end it stands beside the record. */
  | { type: 'End'; start: Start }
  /** `group`: of those who review emergencies; `reviews`: whether they are in it. */
  | {
      type: 'Review';
      by: Person;
      contests: boolean;
      text: string;
      group: string;
      reviews: boolean;
      verdict: Verdict;
    }
  | { type: 'RecordGone'; proof: Proof }
  | { type: 'RecordCleanUp' }
  | { type: 'Tick' }
);

export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

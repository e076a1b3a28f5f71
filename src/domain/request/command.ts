import type { Instant } from '../entitlement.js';
import type { Lease } from '../lease.js';
import type { Person } from '../person.js';
import type { Candidates, InputValues, RequestDecision, UnknownStages, Verdict } from './decision.js';
import type { Start } from './event.js';
import type { AskedFor, Proof, Reason, Receipt, Terms } from './state.js';

/** What people may cause, and what the engine reports. Time, identity and facts come as arguments. */
export type Command = { at: Instant } & (
  | {
      type: 'Submit';
      asked: Omit<AskedFor, 'chain' | 'ruling' | 'requestedAt'>;
      decision: RequestDecision;
      candidates: Candidates;
      unknown?: UnknownStages;
    }
  | {
      type: 'Approve' | 'Deny';
      by: Person;
      stage: string;
      revision: number;
      verdict: Verdict;
      candidates: Candidates;
      unknown?: UnknownStages;
      text?: string;
    }
  | { type: 'Cancel'; by: Person }
  | {
      type: 'Revoke';
      by: Person;
      /** Absent: only one's own may be ended so. */ verdict?: Verdict;
      /** Groups that could not be looked up for the verdict. */
      unknownGroups?: string[];
      text: string;
    }
  | { type: 'RequestMint'; by: Person; waiting: string }
  | { type: 'Tick' }
  /** The requester has left: positively, and seen twice. */
  | { type: 'EndForLeaver'; reason: Extract<Reason, { code: 'requester' }> }
  | { type: 'End'; start: Start }
  | { type: 'PassPreflight'; note?: string }
  | { type: 'FailPreflight'; reason: Reason }
  | ({
      type: 'Confirm';
      /** What it was worked out on; on anything else it says nothing. */
      revision: number;
      voters: string[];
      decision: RequestDecision;
      candidates: Candidates;
      unknown?: UnknownStages;
      /** E-mails of those voters who still hold the authority they voted with. */
      valid: string[];
      /** Why the requester may not have it any more, if so. */
      requesterProblem?: string;
      /** The grant as the catalog makes it now; absent: no longer in the catalog. */
      grantHash?: string;
      order: string[];
      lease: Lease;
      /** The inputs that the decision was made on. */
      given: InputValues;
    } & Terms)
  | { type: 'AttemptProvision'; until: Instant }
  | { type: 'RecordProvisioned'; receipt: Receipt }
  | { type: 'FailProvision'; reason: Reason }
  | { type: 'AttemptMint'; permittedAt: Instant }
  | { type: 'RefuseMint'; reason: Reason }
  | { type: 'RecordMint'; accessKeyId: string; expiresAt: Instant }
  | { type: 'RecordGone'; proof: Proof }
  | { type: 'RecordCleanUp' }
);

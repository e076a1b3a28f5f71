import type { Chain } from '../chain.js';
import type { Instant } from '../entitlement.js';
import type { Lease } from '../lease.js';
import type { InputValues, Ruling } from './decision.js';
import type { AskedFor, By, Cause, Format, Proof, Reason, Receipt, Terms, Vote } from './state.js';

/** One fact about one request, past tense. */
export type Event = { at: Instant; by: By } & (
  | { type: 'RequestSubmitted'; format?: Format; asked: AskedFor }
  /** Asked, and denied at once: on record, and nobody was disturbed. */
  | { type: 'RequestRefused'; format?: Format; asked: AskedFor; reason: Reason }
  | { type: 'PreflightPassed'; note?: string }
  | { type: 'Voted'; vote: Vote }
  | { type: 'VotesVoided'; people: string[]; why: string }
  | { type: 'ChainChanged'; chain: Chain; ruling: Ruling }
  /** `given`: the inputs that policy decided on; from format 2 on. */
  | ({ type: 'RequestApproved'; lease: Lease; ruling: Ruling; given?: InputValues } & Terms)
  | { type: 'RequestDenied'; reason: Reason }
  | { type: 'RequestCancelled' }
  | { type: 'RequestLapsed' }
  | { type: 'ProvisionAttempted'; until: Instant }
  | { type: 'GrantProvisioned'; receipt: Receipt }
  | { type: 'EndAnnounced' }
  | { type: 'MintRequested'; waiting: string }
  /** `permittedAt`: when the policies in force last permitted it; from format 2 on. */
  | { type: 'MintAttempted'; permittedAt?: Instant }
  /** Policy, or what has become of the person, gives no further session. Nothing is ended by it. */
  | { type: 'MintRefused'; reason: Reason }
  | { type: 'CredentialsMinted'; accessKeyId: string; expiresAt: Instant }
  | {
      type: 'RevocationStarted';
      cause: Cause;
      reason?: Reason;
      policies?: string[];
      /** Groups that could not be looked up, and in which nobody was taken to be. */
      unknownGroups?: string[];
    }
  | { type: 'RequestClosed'; outcome: Cause; proof: Proof }
  | { type: 'CleanedUp' }
);

type Started = Extract<Event, { type: 'RevocationStarted' }>;
/** The beginning of an end, as it goes on record. */
export type Start = Pick<Started, 'at' | 'by' | 'cause' | 'reason' | 'policies' | 'unknownGroups'>;

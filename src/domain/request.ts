import type { Chain } from './chain.js';
import type { AccountAccess, Person, UnknownGroup } from './directory.js';
import type { Entitlement, Instant, JsonObject, Millis, PinnedGrant } from './entitlement.js';
import type { Lease } from './lease.js';

/** The answer of the policy decision point to a request, with what decided it. */
export type RequestDecision = Ruling &
  (
    | { outcome: 'denied'; errors: string[]; unknownGroups?: UnknownGroup[] }
    | { outcome: 'auto' | 'needs-approval'; chain: Chain }
  );

/** The answer to a vote, a revocation or a reading. */
export type Verdict = Ruling & {
  outcome: 'allowed' | 'denied';
  errors: string[];
  /** Of a denial: the groups that it rests on, and of which nobody can say who is in them. Known, it might be allowed. */
  unknownGroups?: UnknownGroup[];
};

export interface Ruling {
  /** The ids of the policies that decided, sorted; none when nothing permits. */
  policies: string[];
  /** What those policies advise the person to do, in the order of their ids. */
  advice: string[];
  /** Which bundle decided: the hash of the policy folder. */
  bundle: string;
}

/** Facts for policies by the name of the attribute, never a text. */
export type InputValues = Record<string, boolean | number>;

export interface Vote {
  stage: string;
  by: Person;
  at: Instant;
  policies: string[];
}

/** Why a request closed without access, or an effect failed: a code, with evidence for the sentence. */
export type Reason =
  | { code: 'policy'; policies: string[]; advice: string[]; errors: string[] }
  | { code: 'unfillable'; stage: string; needed: number; available: number }
  | { code: 'vote'; stage: string; text: string }
  | { code: 'changed' }
  | { code: 'requester'; problem: string }
  | { code: 'no-room'; used: number; needed: number; limit: number; principal: string }
  | { code: 'aws'; error: string; hint: string }
  | { code: 'taken-back'; text: string }
  /** Its end was ordered, and the order does not say by whom in a way that could be relied on. */
  | { code: 'end-stands' };

/** Of a request's record; goes up when later events rely on more than earlier programs wrote. */
export type Format = 2;

/** What stays the same, or only grows, from the asking to the end. */
export interface Asked {
  id: string;
  /** Of the record: what a record of an older format lacks is not judged. Absent: 1. */
  format?: Format;
  requester: Person;
  entitlement: Pick<
    Entitlement,
    'id' | 'name' | 'environment' | 'account' | 'risk' | 'owners' | 'channel' | 'description'
  >;
  duration: Millis;
  /** Free text: escaped wherever it is shown, never given to Cedar or AWS. */
  justification: string;
  ticket?: string;
  requestedAt: Instant;
  lapsesAt: Instant;
  grant: PinnedGrant;
  ruling: Ruling;
  chain: Chain;
  /** Goes up when the chain changes: a button made for an older chain is refused. */
  revision: number;
  votes: Vote[];
}

/** A request as it was asked for. */
type AskedFor = Omit<Asked, 'revision' | 'votes' | 'format'>;

/** What an approval adds. */
interface Leased {
  approvedAt: Instant;
  lease: Lease;
  /** No provisioning call that has begun can still land after this. */
  settledBy: Instant;
}

export type Cause = 'expired' | 'released' | 'revoked' | 'failed';
export type Outcome = Cause | 'denied' | 'cancelled' | 'lapsed';
/** What AWS gave back when the grant was made. No secrets. */
export type Receipt = JsonObject;
/** Read back from AWS: the access is gone. */
export interface Proof {
  checkedAt: Instant;
  /** What was read, for people: `no inline policy jit-… on user ana.lopez`. */
  evidence: string;
  /** Something of ours still stands in AWS (a Deny) and is to be cleared away then. */
  cleanUpAt?: Instant;
  /** Something that those who run jit must look at; the evidence says what. */
  alarm?: 'role-full' | 'changed-by-hand';
}

export type Pending = Asked & { status: 'pending'; /** Checked against AWS's limits. */ checked: boolean };
export type Approved = Asked & Leased & { status: 'approved' };
export type Active = Asked &
  Leased & {
    status: 'active';
    activeAt: Instant;
    receipt: Receipt;
    warned: boolean;
    mints: number;
    /** When the last sessions were asked for, the newest last; from format 2 on. */
    presses?: Instant[];
  };
export type Ending = Asked &
  Leased & {
    status: 'ending';
    cause: Cause;
    endingAt: Instant;
    by?: Person | Operator;
    reason?: Reason;
  };
export type Closed = Asked & {
  status: 'closed';
  outcome: Outcome;
  closedAt: Instant;
  by?: Person | Operator;
  reason?: Reason;
  lease?: Lease;
  proof?: Proof;
  /** What was left in AWS is cleared away; from format 2 on. */
  cleanedUp?: boolean;
};
export type State = Pending | Approved | Active | Ending | Closed;

/** Somebody who runs jit, by their own AWS credentials. */
export interface Operator {
  /** The ARN that STS knows them by. */
  operator: string;
}

/** Who did it: a person, an operator, or the program itself. */
export type By = Person | Operator | 'jit';

export function isOperator(by: By): by is Operator {
  return by !== 'jit' && 'operator' in by;
}

/** What the grant of an approval keeps of that time, whatever changes later. Records of before lack it. */
export interface Terms {
  /** The number of the wording in which its documents were written then. */
  form?: number;
  /** The way into its account; absent where that was jit's own, too. */
  access?: AccountAccess;
}

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
  | { type: 'MintRequested'; viewId: string }
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

/** Something that is owed to the world after an event; carried out by the engine, at least once. */
export type Effect =
  | { type: 'preflight' }
  | { type: 'confirm' }
  | { type: 'provision' }
  | { type: 'revoke' }
  | { type: 'mint'; viewId: string; requestedAt: Instant }
  | { type: 'clean-up' }
  | { type: 'cards' }
  | { type: 'tell'; news: News }
  | { type: 'no-credentials'; viewId: string; why: NoCredentials; hint?: string };
/** What the requester hears about, by DM. */
export type News = 'sent' | 'decided' | 'active' | 'ending-soon' | 'ended';

/** Why the window that waits for credentials stays empty. */
export type NoCredentials = 'ended' | 'late' | 'failed' | 'replaced' | 'denied' | 'unknown';

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
  | { type: 'RequestMint'; by: Person; viewId: string }
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

/** Who may fill each stage now, as e-mails. */
export type Candidates = Record<string, readonly string[]>;
/** The stages for which there may be more candidates than those, by name, with the groups that cannot be looked up. */
export type UnknownStages = Record<string, readonly UnknownGroup[]>;

import type { Chain } from '../chain.js';
import { defined } from '../objects.js';
import type { AccountAccess } from '../directory.js';
import type { Entitlement, Instant, JsonObject, Millis, PinnedGrant } from '../entitlement.js';
import type { Lease } from '../lease.js';
import type { Subject } from '../person.js';
import { rowOf } from '../objects.js';
import type { Ruling } from './decision.js';

export interface Vote {
  stage: string;
  by: Subject;
  at: Instant;
  policies: string[];
  /** Whose seat it fills, where somebody stood in for them. */
  delegatedBy?: Subject;
}

/** That others may fill a stage, too. */
export interface Escalation {
  stage: string;
  /** A group of directory.yml. */
  to: string;
  /** Where its card goes besides. */
  channel?: string;
  at: Instant;
  /** Nobody answered in time, or nobody is left who could. */
  why: 'time' | 'empty';
}

/** What a reviewer says of an emergency that is over. */
export interface EmergencyReview {
  by: Subject;
  at: Instant;
  verdict: 'signed-off' | 'contested';
  /** Free text; of what is contested, always. */
  text?: string;
}

/** How often people have been reminded of the stage that waits. */
export interface Reminders {
  stage: string;
  rounds: number;
  /** When the last of them began. */
  at: Instant;
}

/** That somebody approved it for less than was asked. */
export interface Shortening {
  stage: string;
  by: Subject;
  at: Instant;
  from: Millis;
  to: Millis;
}

/** What somebody who may decide it wanted to know first. */
export interface StageQuestion {
  stage: string;
  by: Subject;
  at: Instant;
  /** Free text. */
  text: string;
  /** The requester's, free text; absent: it is open. */
  answer?: { at: Instant; text: string };
}

/** That the requester wants it for longer. */
export interface Extension {
  /** From 1. */
  number: number;
  /** How much longer. */
  more: Millis;
  /** The whole time, from the start to the new end: what policy is asked about. */
  total: Millis;
  requestedAt: Instant;
  /** The new end. */
  endsAt: Instant;
  ruling: Ruling;
  chain: Chain;
  /** Another than that of the request and of each other extension: a button belongs to one of them. */
  revision: number;
  votes: Vote[];
  /** It is agreed to, and the new end is on record; what AWS has still ends at that of `from`. */
  agreed?: { at: Instant; from: Lease };
}

/** One that is decided. */
export interface PastExtension extends Extension {
  /** When. */
  at: Instant;
  /** Whoever refused it. */
  by?: Subject;
  /** Why it was not given. */
  reason?: Reason;
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
  /** An emergency of theirs is contested, so another one needs approval; `request`: that one. */
  | { code: 'contested'; request: string }
  /** They ask for the same thing in another emergency, or have it by one. */
  | { code: 'emergency-open'; request: string }
  /** Its end was ordered, and the order does not say by whom in a way that could be relied on. */
  | { code: 'end-stands' }
  /** What the catalog allows by now; `most` 0: no extension at all. */
  | { code: 'beyond-extensions'; most: number; total: Millis }
  /** Who has to agree is not who had to when it was asked for. */
  | { code: 'other-chain' }
  /** The access was over first. */
  | { code: 'access-over' };

/** Of a request's record; goes up when later events rely on more than earlier programs wrote. */
export type Format = 2;

/** Whether this program knows what a request of this format means. Absent: 1. */
export function isKnownFormat(format: unknown): boolean {
  return format === undefined || format === 2;
}

/** What stays the same, or only grows, from the asking to the end. */
export interface Asked {
  id: string;
  /** Of the record: what a record of an older format lacks is not judged. Absent: 1. */
  format?: Format;
  requester: Subject;
  /** `extensions`: as the catalog has it now, where that has been looked up; it is not on record. */
  entitlement: Pick<
    Entitlement,
    'id' | 'name' | 'environment' | 'account' | 'risk' | 'owners' | 'channel' | 'description' | 'extensions'
  >;
  /** What was asked for, or less where somebody approved it for less. */
  duration: Millis;
  /** Free text: escaped wherever it is shown, never given to Cedar or AWS. */
  justification: string;
  ticket?: string;
  /** It was asked for in an emergency. */
  emergency?: true;
  /** Of an emergency: who would have had to agree without it. Absent: without it, it would have been denied. */
  passedOver?: Chain;
  requestedAt: Instant;
  /** When it is to begin, as it was asked for; absent: at once. */
  startsAt?: Instant;
  lapsesAt: Instant;
  grant: PinnedGrant;
  ruling: Ruling;
  chain: Chain;
  /** Goes up when the chain changes: a button made for an older chain is refused. */
  revision: number;
  votes: Vote[];
  /** Each shorter than the one before; absent: nobody has shortened it. */
  shortened?: Shortening[];
  /** In the order in which they were asked, their numbers from 1; absent: nobody has asked. */
  questions?: StageQuestion[];
  /** A stage to each group at most once; absent: none. */
  escalated?: Escalation[];
  /** Absent: nobody has been reminded since the chain changed or votes were void. */
  reminders?: Reminders;
  /** By how much it was made longer, in order; absent: never. */
  extended?: PastExtension[];
  /** Extensions that were not given; absent: none. */
  notExtended?: PastExtension[];
}

/** Why it would not begin, as things were then. */
export interface Doubt {
  at: Instant;
  reason: Reason;
}

/** What came of it since it was asked for. */
export type Since =
  'revision' | 'votes' | 'shortened' | 'questions' | 'escalated' | 'reminders' | 'extended' | 'notExtended';
export type AskedFor = Omit<Asked, Since | 'format'>;

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
/** Keys that AWS still takes after their end, and answers only that they are denied everything. */
export interface Lingering {
  until: Instant;
  /** AWS's code: why it made none that end with the access. */
  why: string;
}
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

export type Pending = Asked & {
  status: 'pending';
  /** Checked against AWS's limits. */
  checked: boolean;
  /** What would have kept it from beginning, when that was looked at before its start. */
  doubt?: Doubt;
};
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
    /** One that waits. */
    extension?: Extension;
  };
export type Ending = Asked &
  Leased & {
    status: 'ending';
    cause: Cause;
    endingAt: Instant;
    by?: Subject | Operator;
    reason?: Reason;
    owesReview?: true;
  };
export type Closed = Asked & {
  status: 'closed';
  outcome: Outcome;
  closedAt: Instant;
  by?: Subject | Operator;
  /** In whose place it was denied. */
  delegatedBy?: Subject;
  reason?: Reason;
  lease?: Lease;
  proof?: Proof;
  /** What was left in AWS is cleared away; from format 2 on. */
  cleanedUp?: boolean;
  /** Of an emergency that was active. */
  owesReview?: true;
  /** The newest last; absent: nobody has reviewed it. */
  reviews?: EmergencyReview[];
};
/**
 * What a request is, and which events lead there:
 *
 *     nothing ─ RequestSubmitted ─► pending ─ RequestApproved ─► approved ─ GrantProvisioned ─► active
 *        │                             │                            │                             │
 *        │                             │                            └───── RevocationStarted ─────┤ (LeaseExtended: the
 *        │                RequestDenied, RequestCancelled,                                        ▼  same, until later)
 *        │                       RequestLapsed                                                 ending
 *        │                             ▼                                                          │
 *        └─── RequestRefused ───────► closed ◄───────────────── RequestClosed ────────────────────┘
 *
 * An emergency that was active is reviewed once it is closed: EmergencyReviewed.
 */
export type State = Pending | Approved | Active | Ending | Closed;

/** Whether a person may have access in this status. All code that ends access asks this, so no status is forgotten. */
const LIVE = {
  pending: false,
  approved: true,
  active: true,
  ending: false,
  closed: false,
} as const satisfies Record<State['status'], boolean>;

type LiveStatus = { [S in State['status']]: (typeof LIVE)[S] extends true ? S : never }[State['status']];
/** A person may have access, and it is not being ended. */
export type LiveState = Extract<State, { status: LiveStatus }>;

export function isLive(state: State): state is LiveState {
  return rowOf(LIVE, state.status) ?? false;
}

/** A person who runs jit, by their own AWS credentials. */
export interface Operator {
  /** The ARN that STS knows them by. */
  operator: string;
}

/** Who did it: a subject, an operator, or the program itself. */
export type By = Subject | Operator | 'jit';

export function isOperator(by: By): by is Operator {
  return by !== 'jit' && 'operator' in by;
}

/** What the grant of an approval keeps of that time, even if it changes later. Older records lack it. */
export interface Terms {
  /** The number of the wording in which its documents were written then. */
  form?: number;
  /** The way into its account; absent where that was jit's own, too. */
  access?: AccountAccess;
}

export function termsOf({ form, access }: Terms): Terms {
  return defined({ form, access });
}

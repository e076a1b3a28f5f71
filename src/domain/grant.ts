import { canonical, type Instant, type Millis, type PinnedGrant } from './entitlement.js';
import { defined } from './objects.js';
import { leaseFrom, type Lease } from './lease.js';
import type { Person } from './person.js';
import type { Ordered } from './request/end.js';
import { totalWith, type Extending } from './request/extension.js';
import { termsOf, type Asked, type Pending, type Proof, type Receipt, type Terms } from './request/state.js';
import type { Event, EventOf, Start } from './request/event.js';
import type { InputValues } from './request/decision.js';

/** The engine's own record of access: whatever gives, mints or takes it away reads this, never HEAD. */
export interface Grant extends Terms {
  requestId: string;
  requester: Person;
  entitlement: string;
  grant: PinnedGrant;
  lease: Lease;
  settledBy: Instant;
  /** When credentials were last asked of STS; set before the call. */
  lastMintAt?: Instant;
  /** When the policies in force last permitted a session. */
  permittedAt?: Instant;
  /** What the decision was made on, for asking policy again; from format 2 on. */
  confirmed?: Confirmed;
  /** How often it has been made longer; absent: never. */
  extended?: number;
  receipt?: Receipt;
  /** That it ends before its time, from the engine's first sight of that on: no HEAD takes it back. */
  ending?: Start;
  /** Tries to end it, or to clear away what is left, that failed since the last that went well; when the next is due. */
  tries?: { count: number; next: Instant };
  gone?: Proof;
  cleanedUp?: boolean;
}

/** What policy was asked when the request was confirmed. */
export interface Confirmed {
  duration: Millis;
  ticket?: string;
  emergency?: true;
  about: Pick<Asked['entitlement'], 'environment' | 'account' | 'risk' | 'owners'> & { kind: string };
  given: InputValues;
  /** Of the last extension: whose hour and weekday policies saw; absent: those of the start. */
  clockAt?: Instant;
}

/** The grant that an approval makes. */
export function grantFrom(
  request: Pending,
  approval: Pick<EventOf<'RequestApproved'>, 'lease' | 'given' | keyof Terms>,
): Grant {
  const { lease, given } = approval;
  const { environment, account, risk, owners } = request.entitlement;
  const about = { environment, account, risk, owners, kind: request.grant.kind };
  const { duration, ticket, emergency } = request;
  return {
    requestId: request.id,
    requester: request.requester,
    entitlement: request.entitlement.id,
    grant: request.grant,
    lease,
    settledBy: lease.startsAt,
    ...(given && { confirmed: { duration, ...defined({ ticket, emergency }), about, given } }),
    ...termsOf(approval),
  };
}

/** What each event changes of the grant's own record. */
const CHANGES: { [T in Event['type']]: 'nothing' | ((grant: Grant, event: EventOf<T>) => Grant) } = {
  RequestSubmitted: 'nothing',
  RequestRefused: 'nothing',
  PreflightPassed: 'nothing',
  Voted: 'nothing',
  DurationShortened: 'nothing',
  QuestionAsked: 'nothing',
  QuestionAnswered: 'nothing',
  Reminded: 'nothing',
  StageEscalated: 'nothing',
  VotesVoided: 'nothing',
  ChainChanged: 'nothing',
  StartDoubted: 'nothing',
  // It makes the grant: `grantFrom`.
  RequestApproved: 'nothing',
  RequestDenied: 'nothing',
  RequestCancelled: 'nothing',
  RequestLapsed: 'nothing',
  ProvisionAttempted: (grant, { until }) => ({ ...grant, settledBy: Math.max(grant.settledBy, until) }),
  GrantProvisioned: (grant, { receipt }) => ({ ...grant, receipt }),
  EndAnnounced: 'nothing',
  ExtensionRequested: 'nothing',
  ExtensionVoted: 'nothing',
  // What AWS may have been given by then stays the end of the duty: nothing outlives it. One that AWS did not take is none.
  ExtensionRefused: (grant, { reason }) =>
    reason.code === 'aws' ? { ...grant, extended: Math.max(0, (grant.extended ?? 0) - 1) } : grant,
  LeaseExtended: ({ confirmed, ...grant }, { lease, total, given, decidedAt }) => ({
    ...grant,
    lease,
    extended: (grant.extended ?? 0) + 1,
    ...(confirmed && { confirmed: { ...confirmed, duration: total, given, clockAt: decidedAt } }),
  }),
  MintRequested: 'nothing',
  MintAttempted: (grant, { at, permittedAt }) => ({
    ...grant,
    lastMintAt: Math.max(grant.lastMintAt ?? 0, at),
    ...defined({ permittedAt }),
  }),
  MintRefused: 'nothing',
  CredentialsMinted: 'nothing',
  RevocationStarted: 'nothing',
  RequestClosed: (grant, { proof }) => goneBy(grant, proof),
  EmergencyReviewed: 'nothing',
  CleanedUp: (grant) => ({ ...grant, cleanedUp: true }),
};

/** The grant after an event; events that do not concern it leave it as it is. */
export function evolveGrant(grant: Grant, event: Event): Grant {
  const change = CHANGES[event.type] as 'nothing' | ((grant: Grant, event: Event) => Grant);
  return change === 'nothing' ? grant : change(grant, event);
}

/** Whether the grant's own record may change with this event. */
export function concernsGrant({ type }: Event): boolean {
  return CHANGES[type] !== 'nothing';
}

/** When this grant next needs the engine, whatever HEAD may say; undefined when nothing is left to do. */
export function grantDue(grant: Grant): Instant | undefined {
  const due = dutyOf(grant);
  return due === undefined ? undefined : Math.max(due, grant.tries?.next ?? due);
}

function dutyOf({ ending, lease, gone, cleanedUp }: Grant): Instant | undefined {
  if (!gone) return Math.min(ending?.at ?? Infinity, lease.endsAt);
  return cleanedUp ? undefined : gone.cleanUpAt;
}

/** The grant with the proof that it is gone. */
export function goneBy(grant: Grant, proof: Proof): Grant {
  const { tries: _, ...rest } = grant;
  return { ...rest, gone: proof };
}

/** The lease that an extension makes, and its whole time from the start on. */
export interface LongerLease extends Pick<Lease, 'startsAt' | 'endsAt'> {
  total: Millis;
}

/**
 * The lease that an extension leads to by the grant's own record. Whoever owns the front can write HEAD: what policy and
 * catalog are asked about, and what people have agreed to, has to be what the grant says (invariant 13).
 * @returns undefined where HEAD says something else of the access
 */
export function longerLease(grant: Grant, state: Extending): LongerLease | undefined {
  const { lease, confirmed, extended = 0 } = grant;
  const { more, total, endsAt } = state.extension;
  const says = [state.requester, state.entitlement.id, state.grant, (state.extended ?? []).length];
  const is = [grant.requester, grant.entitlement, grant.grant, extended];
  // A grant of an older record does not say what policy was asked.
  const isAsked =
    !confirmed || (confirmed.ticket === state.ticket && confirmed.emergency === state.emergency);
  if (!isAsked || canonical(says) !== canonical(is)) return undefined;
  const { startsAt } = lease;
  const isItsEnd = endsAt === leaseFrom(startsAt, total, 0).endsAt && endsAt <= lease.endsAt + more;
  return isItsEnd && total === totalWith(state, more) && more > 0 ? { startsAt, endsAt, total } : undefined;
}

export type Unusable = 'gone' | 'taken-back' | 'ended';

/**
 * Why a grant gives nothing now. Whoever gives asks this, of the grant's own record: before, and once more where the
 * attempt goes on record (invariant 1).
 * @param end the order to end it, where one stands
 */
export function whyUnusable(
  { gone, ending, lease }: Grant,
  { now, end }: { now: Instant; end: Ordered | undefined },
): Unusable | undefined {
  if (gone) return 'gone';
  if (ending || end) return 'taken-back';
  return now < lease.endsAt ? undefined : 'ended';
}

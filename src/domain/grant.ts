import type { Person } from './directory.js';
import type { Instant, Millis, PinnedGrant } from './entitlement.js';
import type { Lease } from './lease.js';
import type { Asked, Event, InputValues, Pending, Proof, Receipt } from './request.js';

type Approval = Pick<Extract<Event, { type: 'RequestApproved' }>, 'lease' | 'given'>;

/** The engine's own record of access: whatever gives, mints or takes it away reads this, never HEAD. */
export interface Grant {
  requestId: string;
  requester: Person;
  entitlement: string;
  grant: PinnedGrant;
  lease: Lease;
  /** No provisioning call that has begun can still land after this. */
  settledBy: Instant;
  /** When credentials were last asked of STS; set before the call. */
  lastMintAt?: Instant;
  /** When the policies in force last permitted a session. */
  permittedAt?: Instant;
  /** What the decision was made on, for asking policy again; from format 2 on. */
  confirmed?: Confirmed;
  receipt?: Receipt;
  /** Proof that it is gone. */
  gone?: Proof;
  cleanedUp?: boolean;
}

/** What policy was asked when the request was confirmed. */
export interface Confirmed {
  duration: Millis;
  ticket?: string;
  about: Pick<Asked['entitlement'], 'environment' | 'account' | 'risk' | 'owners'> & { kind: string };
  given: InputValues;
}

/** The grant that an approval makes. */
export function grantFrom(request: Pending, { lease, given }: Approval): Grant {
  const { environment, account, risk, owners } = request.entitlement;
  const about = { environment, account, risk, owners, kind: request.grant.kind };
  const { duration, ticket } = request;
  return {
    requestId: request.id,
    requester: request.requester,
    entitlement: request.entitlement.id,
    grant: request.grant,
    lease,
    settledBy: lease.startsAt,
    ...(given && { confirmed: { duration, ...(ticket !== undefined && { ticket }), about, given } }),
  };
}

type Change<T extends Event['type']> = (grant: Grant, event: Extract<Event, { type: T }>) => Grant;

/** What each event changes of the grant's own record. */
const CHANGES: { [T in Event['type']]: Change<T> | 'nothing' } = {
  RequestSubmitted: 'nothing',
  RequestRefused: 'nothing',
  PreflightPassed: 'nothing',
  Voted: 'nothing',
  VotesVoided: 'nothing',
  ChainChanged: 'nothing',
  // It makes the grant: `grantFrom`.
  RequestApproved: 'nothing',
  RequestDenied: 'nothing',
  RequestCancelled: 'nothing',
  RequestLapsed: 'nothing',
  ProvisionAttempted: (grant, { until }) => ({ ...grant, settledBy: Math.max(grant.settledBy, until) }),
  GrantProvisioned: (grant, { receipt }) => ({ ...grant, receipt }),
  EndAnnounced: 'nothing',
  MintRequested: 'nothing',
  MintAttempted: (grant, { at, permittedAt }) => ({
    ...grant,
    lastMintAt: Math.max(grant.lastMintAt ?? 0, at),
    ...(permittedAt !== undefined && { permittedAt }),
  }),
  MintRefused: 'nothing',
  CredentialsMinted: 'nothing',
  RevocationStarted: 'nothing',
  RequestClosed: (grant, { proof }) => ({ ...grant, gone: proof }),
  CleanedUp: (grant) => ({ ...grant, cleanedUp: true }),
};

/** The grant after an event; events that do not concern it leave it as it is. */
export function evolveGrant(grant: Grant, event: Event): Grant {
  const change = CHANGES[event.type] as Change<Event['type']> | 'nothing';
  return change === 'nothing' ? grant : change(grant, event);
}

/** Whether the grant's own record may change with this event. */
export function concernsGrant({ type }: Event): boolean {
  return CHANGES[type] !== 'nothing';
}

/** When this grant next needs the engine, whatever HEAD may say; undefined when nothing is left to do. */
export function grantDue(grant: Grant): Instant | undefined {
  if (!grant.gone) return grant.lease.endsAt;
  return grant.cleanedUp ? undefined : grant.gone.cleanUpAt;
}

import type { Person } from './directory.js';
import type { Instant, PinnedGrant } from './entitlement.js';
import type { Lease } from './lease.js';
import type { Event, Pending, Proof, Receipt } from './request.js';

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
  receipt?: Receipt;
  /** Proof that it is gone. */
  gone?: Proof;
  cleanedUp?: boolean;
}

/** The grant that an approval makes. */
export function grantFrom(request: Pending, lease: Lease): Grant {
  return {
    requestId: request.id,
    requester: request.requester,
    entitlement: request.entitlement.id,
    grant: request.grant,
    lease,
    settledBy: lease.startsAt,
  };
}

/** The grant after an event of the engine's; events that do not concern it leave it as it is. */
export function evolveGrant(grant: Grant, event: Event): Grant {
  switch (event.type) {
    case 'ProvisionAttempted':
      return { ...grant, settledBy: Math.max(grant.settledBy, event.until) };
    case 'GrantProvisioned':
      return { ...grant, receipt: event.receipt };
    case 'MintAttempted':
      return { ...grant, lastMintAt: Math.max(grant.lastMintAt ?? 0, event.at) };
    case 'RequestClosed':
      return { ...grant, gone: event.proof };
    case 'CleanedUp':
      return { ...grant, cleanedUp: true };
    default:
      return grant;
  }
}

/** When this grant next needs the engine, whatever HEAD may say; undefined when nothing is left to do. */
export function grantDue(grant: Grant): Instant | undefined {
  if (!grant.gone) return grant.lease.endsAt;
  return grant.cleanedUp ? undefined : grant.gone.cleanUpAt;
}

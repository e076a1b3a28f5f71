import { formatChain } from '../../../../domain/chain.js';
import { formatDuration } from '../../../../domain/duration.js';
import type { JsonObject } from '../../../../domain/entitlement.js';
import type { Cause } from '../../../../domain/request/state.js';
import type { Event } from '../../../../domain/request/event.js';

const CAUSES: Record<Cause, string> = {
  expired: 'its time was up',
  released: 'handed back',
  revoked: 'taken back',
  failed: 'it could not be made',
};

function without(groups: string[] = []): string {
  return groups.length > 0 ? ` (while ${groups.join(', ')} could not be looked up)` : '';
}

/**
 * What an audit event says, in plain words without its time and person.
 * @param json an `Event`, as JSON
 * @param when how to show an instant
 */
export function eventInWords(json: JsonObject, when: (at: number) => string): string {
  const event = json as unknown as Event;
  switch (event.type) {
    case 'RequestSubmitted':
      return `Asked for ${event.asked.entitlement.name} for ${formatDuration(event.asked.duration)}; needs ${formatChain(event.asked.chain)}`;
    case 'RequestRefused':
      return `Asked for ${event.asked.entitlement.name}, and refused at once`;
    case 'PreflightPassed':
      return 'Checked against what AWS can take';
    case 'Voted':
      return `Approved for ${event.vote.stage}`;
    case 'VotesVoided':
      return `Votes of ${event.people.join(', ')} no longer count: ${event.why}`;
    case 'ChainChanged':
      return `Now needs ${formatChain(event.chain)}`;
    case 'RequestApproved':
      return `Approved until ${when(event.lease.endsAt)}`;
    case 'RequestDenied':
      return 'Denied';
    case 'RequestCancelled':
      return 'Cancelled';
    case 'RequestLapsed':
      return 'Lapsed: nobody answered';
    case 'ProvisionAttempted':
      return 'Access being made';
    case 'GrantProvisioned':
      return 'Access made';
    case 'EndAnnounced':
      return 'The end was announced';
    case 'MintRequested':
      return 'A session was asked for';
    case 'MintAttempted':
      return 'AWS was asked for a session';
    case 'MintRefused':
      return 'No session was opened: policy gives no more';
    case 'CredentialsMinted':
      return `A session was opened until ${when(event.expiresAt)}`;
    case 'RevocationStarted':
      return `Access being taken away: ${CAUSES[event.cause]}${without(event.unknownGroups)}`;
    case 'RequestClosed':
      return `Access gone: ${CAUSES[event.outcome]}. ${event.proof.evidence}`;
    case 'CleanedUp':
      return 'Cleaned up';
    default:
      return (event satisfies never as { type: string }).type;
  }
}

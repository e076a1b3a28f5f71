import type { AuditRecord } from '../../domain/record/seal.js';
import { formatChain } from '../../domain/chain.js';
import type { Cause } from '../../domain/request/state.js';
import type { Event } from '../../domain/request/event.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import { cut, doer, escape, free, list, when } from './mrkdwn.js';

const SHOWN = 15;
const CAUSES: Record<Cause, string> = {
  expired: 'its time was up',
  released: 'handed back',
  revoked: 'taken back',
  failed: 'it could not be made',
};

/** What has happened to a request, oldest first, one line an event; of a long history the end. */
export function timeline(records: AuditRecord[]): string {
  const lines = records.map(({ event: stored }) => {
    const event = upcastEvent(stored);
    return `${when(event.at)}: ${sentence(event)}${by(event)}`;
  });
  const left = lines.length - SHOWN;
  return [...(left > 0 ? [`(${left} earlier events are on record)`] : []), ...lines.slice(-SHOWN)].join('\n');
}

/** Groups that nobody was taken to be in, since they could not be looked up. */
function without(groups: string[] = []): string {
  return groups.length > 0 ? ` (while ${cut(escape(list(groups)), 300)} could not be looked up)` : '';
}

function by({ by }: Event): string {
  return by === 'jit' ? '' : `, by ${doer(by)}`;
}

function sentence(event: Event): string {
  switch (event.type) {
    case 'RequestSubmitted':
      return 'asked for';
    case 'RequestRefused':
      return 'asked for and refused at once';
    case 'PreflightPassed':
      return 'checked against what AWS can take';
    case 'Voted':
      return `approved for ${escape(event.vote.stage)}`;
    case 'VotesVoided':
      return `votes of ${cut(escape(list(event.people)), 300)} no longer count: ${free(event.why, 300)}`;
    case 'ChainChanged':
      return `now needs ${escape(formatChain(event.chain))}`;
    case 'RequestApproved':
      return `approved until ${when(event.lease.endsAt)}`;
    case 'RequestDenied':
      return 'denied';
    case 'RequestCancelled':
      return 'cancelled';
    case 'RequestLapsed':
      return 'lapsed';
    case 'ProvisionAttempted':
      return 'access being made';
    case 'GrantProvisioned':
      return 'access made';
    case 'EndAnnounced':
      return 'the end was announced';
    case 'MintRequested':
      return 'a session was asked for';
    case 'MintAttempted':
      return 'AWS was asked for a session';
    case 'MintRefused':
      return 'no session was opened: policy gives no more';
    case 'CredentialsMinted':
      return `a session was opened until ${when(event.expiresAt)}`;
    case 'RevocationStarted':
      return `access being taken away: ${CAUSES[event.cause]}${without(event.unknownGroups)}`;
    case 'RequestClosed':
      return `access gone: ${CAUSES[event.outcome]}`;
    case 'CleanedUp':
      return 'cleaned up';
    default:
      return event satisfies never;
  }
}

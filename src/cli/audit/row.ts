import type { AuditRecord } from '../../domain/record/seal.js';
import type { Instant } from '../../domain/entitlement.js';
import { isOperator, type Asked, type By, type Reason } from '../../domain/request/state.js';
import type { Event } from '../../domain/request/event.js';
import { upcastEvent } from '../../domain/record/upcast.js';

/** One audit event as a line: who did what to which request, when, why, and by which policies. */
export const COLUMNS = [
  'at',
  'request',
  'n',
  'event',
  'who',
  'slackId',
  'requester',
  'what',
  'account',
  'why',
  'ticket',
  'policies',
  'bundle',
  'outcome',
  'endsAt',
  'hash',
] as const;
export type Row = Record<(typeof COLUMNS)[number], string>;

/** @param asked what the request's first record says of it; absent when that is not there */
export function rowOf(
  { requestId, n, event: stored, hash }: AuditRecord,
  asked: Omit<Asked, 'revision' | 'votes'> | undefined,
): Row {
  const event = upcastEvent(stored);
  const { by } = event;
  const ruling = 'ruling' in event ? event.ruling : 'asked' in event ? event.asked.ruling : undefined;
  const endsAt = event.type === 'RequestApproved' ? event.lease.endsAt : undefined;
  return {
    at: iso(event.at),
    request: requestId,
    n: String(n),
    event: event.type,
    who: who(by),
    slackId: slackIdOf(by),
    requester: asked?.requester.email ?? '',
    what: asked?.entitlement.id ?? '',
    account: asked?.entitlement.account ?? '',
    why: why(event),
    ticket: 'asked' in event ? (event.asked.ticket ?? '') : '',
    policies: policies(event).join(' '),
    bundle: ruling?.bundle ?? '',
    outcome: outcome(event),
    endsAt: endsAt === undefined ? '' : iso(endsAt),
    hash,
  };
}

function slackIdOf(by: By): string {
  return by === 'jit' || isOperator(by) || by.account.provider !== 'slack' ? '' : by.account.id;
}

function who(by: By): string {
  if (by === 'jit') return by;
  return isOperator(by) ? `an operator (${by.operator})` : by.email;
}

function policies(event: Event): string[] {
  if ('reason' in event && event.reason?.code === 'policy') return event.reason.policies;
  if ('ruling' in event) return event.ruling.policies;
  if (event.type === 'Voted') return event.vote.policies;
  if (event.type === 'RevocationStarted') return event.policies ?? [];
  return 'asked' in event ? event.asked.ruling.policies : [];
}

function without(groups: string[] = []): string[] {
  return groups.length > 0 ? [`(groups that could not be looked up: ${groups.join(', ')})`] : [];
}

function why(event: Event): string {
  switch (event.type) {
    case 'RequestRefused':
      return `${event.asked.justification} (refused: ${because(event.reason)})`;
    case 'RequestSubmitted':
      return event.asked.justification;
    case 'Voted':
      return `for ${event.vote.stage}`;
    case 'VotesVoided':
      return `${event.people.join(', ')}: ${event.why}`;
    case 'RequestDenied':
    case 'MintRefused':
      return because(event.reason);
    case 'RevocationStarted':
      return [event.reason ? because(event.reason) : event.cause, ...without(event.unknownGroups)].join(' ');
    case 'RequestClosed':
      return event.proof.evidence;
    case 'CredentialsMinted':
      return event.accessKeyId;
    default:
      return '';
  }
}

function because(reason: Reason): string {
  switch (reason.code) {
    case 'policy':
      return [...reason.errors, ...reason.advice].join('; ') || 'no policy permits it';
    case 'unfillable':
      return `${reason.stage} needs ${reason.needed}, and ${reason.available} can be found`;
    case 'vote':
      return `${reason.stage}: ${reason.text}`;
    case 'changed':
      return 'the catalog has changed since it was asked';
    case 'requester':
      return `the requester: ${reason.problem}`;
    case 'no-room':
      return `${reason.principal} has no room in IAM: ${reason.used} of ${reason.limit} used, ${reason.needed} needed`;
    case 'aws':
      return `${reason.error}: ${reason.hint}`;
    case 'taken-back':
      return reason.text;
    case 'end-stands':
      return 'its end was ordered, and the order does not say by whom';
    default:
      return reason satisfies never;
  }
}

function outcome(event: Event): string {
  if (event.type === 'RequestClosed') return event.outcome;
  if (event.type === 'RequestDenied' || event.type === 'RequestRefused') return 'denied';
  if (event.type === 'RequestCancelled') return 'cancelled';
  return event.type === 'RequestLapsed' ? 'lapsed' : '';
}

/** What is no time (a forged record may hold anything) stands as it is. */
function iso(at: Instant): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? String(at) : time.toISOString();
}

import type { Instant } from '../../entitlement.js';
import type { Event } from '../../request/event.js';
import type { Format, Pending, State } from '../../request/state.js';
import { isComplete } from '../../request/progress.js';

/** What a law asks of the events before one. */
export interface Past {
  /** The state that they lead to. */
  before?: State;
  last?: Event;
  /** The latest instant that any of them bears. */
  latest: Instant;
  provisions: number;
  presses: number;
  mints: { attempted: number; made: number };
}

export const NO_PAST: Past = {
  latest: 0,
  provisions: 0,
  presses: 0,
  mints: { attempted: 0, made: 0 },
};

/** @param state where the event led */
export function pastWith(past: Past, event: Event, state: State): Past {
  const latest = event.at > past.latest ? event.at : past.latest;
  const next = { ...past, before: state, last: event, latest };
  switch (event.type) {
    case 'ProvisionAttempted':
      return { ...next, provisions: past.provisions + 1 };
    case 'MintRequested':
      return { ...next, presses: past.presses + 1 };
    case 'MintAttempted':
      return { ...next, mints: { ...past.mints, attempted: past.mints.attempted + 1 } };
    case 'CredentialsMinted':
      return { ...next, mints: { ...past.mints, made: past.mints.made + 1 } };
    case 'RequestSubmitted':
    case 'RequestRefused':
    case 'PreflightPassed':
    case 'Voted':
    case 'VotesVoided':
    case 'ChainChanged':
    case 'RequestApproved':
    case 'RequestDenied':
    case 'RequestCancelled':
    case 'RequestLapsed':
    case 'GrantProvisioned':
    case 'EndAnnounced':
    case 'MintRefused':
    case 'RevocationStarted':
    case 'RequestClosed':
    case 'CleanedUp':
      return next;
    default:
      return event satisfies never;
  }
}

/** Whether laws that rest on what only newer programs wrote are asked of this record. */
export function isFrom(format: Format, state: Pick<State, 'format'> | undefined): boolean {
  return (state?.format ?? 1) >= format;
}

/** The confirmation of which this event is a part, where it has written something before it: one write, one instant. */
export function confirming({ last }: Past, { at }: Event): 'VotesVoided' | 'ChainChanged' | undefined {
  const part = last?.type === 'VotesVoided' || last?.type === 'ChainChanged';
  return part && last.at === at ? last.type : undefined;
}

/** Whether a confirmation has left the chain complete: then it approves, in the same write. */
export function owesApproval({ before, last }: Past): boolean {
  const part = last?.type === 'VotesVoided' || last?.type === 'ChainChanged';
  return part && before?.status === 'pending' && isComplete(before);
}

/** Whether a confirmation may begin now. */
export function canConfirm(before: Pending, at: Instant): boolean {
  return before.checked && isComplete(before) && at < before.lapsesAt;
}

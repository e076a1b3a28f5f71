import { isOperator, type State } from '../../request/state.js';
import type { Event } from '../../request/event.js';
import { lapse, opening, preflight } from './asking.js';
import { approval, longer, voiding } from './confirming.js';
import { cleanUp, closing, start } from './ending.js';
import { wrongMembers } from './members.js';
import { confirming, owesApproval, type Past } from './past.js';
import { wrongTime } from './time.js';
import {
  announcement,
  mintAttempt,
  minted,
  mintRefusal,
  press,
  provisionAttempt,
  provisioned,
} from './using.js';
import { isRequester, isSomebody } from './values.js';
import { denial, vote } from './voting.js';

export { NO_PAST, pastWith, type Past } from './past.js';

/**
 * Why the program would never have recorded this event after these, though they fit together: what the decisions of
 * `decide` promise, checked from outside. For whoever reads a record that others could have written. What rests on
 * members that older programs did not write is asked from the record's `format` on.
 */
export function unlawful(event: Event, past: Past): string | undefined {
  const { by } = event;
  if (!isSomebody(by)) return 'it was done by nobody';
  if (isOperator(by) && !(event.type === 'RevocationStarted' && event.cause === 'revoked'))
    return 'an operator may take access back, and nothing else';
  const opens = event.type === 'RequestSubmitted' || event.type === 'RequestRefused';
  return (
    lawOf(event, past) ??
    byProgram(event) ??
    unfollowed(event, past) ??
    wrongMembers(event, opens ? event : past.before) ??
    wrongTime(event, past)
  );
}

/** Why the program would not have stopped there: it writes all that one decision leads to, or nothing. */
export function unfinished(past: Past): string | undefined {
  return owesApproval(past) ? 'a confirmation that left it complete did not approve it' : undefined;
}

function unfollowed(event: Event, past: Past): string | undefined {
  if (!owesApproval(past)) return undefined;
  const part = confirming(past, event);
  const follows =
    event.type === 'RequestApproved' || (part === 'VotesVoided' && event.type === 'ChainChanged');
  return part && follows ? undefined : unfinished(past);
}

type In<S extends State['status']> = Extract<State, { status: S }>;

/** The event's own law. Undefined too where it cannot follow: that is impossible, not unlawful, and `evolve` says so. */
function lawOf(event: Event, past: Past): string | undefined {
  const { before } = past;
  const during = <S extends State['status']>(statuses: S[], law: (state: In<S>) => string | undefined) => {
    const status: State['status'] | undefined = before?.status;
    return status && statuses.some((one) => one === status) ? law(before as In<S>) : undefined;
  };
  switch (event.type) {
    case 'RequestSubmitted':
    case 'RequestRefused':
      return before ? undefined : opening(event);
    case 'PreflightPassed':
      return during(['pending'], (state) => preflight(event, state));
    case 'Voted':
      return during(['pending'], (state) => vote(event, state));
    case 'VotesVoided':
      return during(['pending'], (state) => voiding(event, state));
    case 'ChainChanged':
      return during(['pending'], (state) => longer(event, state, past));
    case 'RequestApproved':
      return during(['pending'], (state) => approval(event, state));
    case 'RequestDenied':
      return during(['pending'], (state) => denial(event, state, past));
    case 'RequestCancelled':
      return during(['pending'], (state) =>
        isRequester(event.by, state) ? undefined : 'it was cancelled by somebody other than the requester',
      );
    case 'RequestLapsed':
      return during(['pending'], (state) => lapse(event, state));
    case 'ProvisionAttempted':
      return during(['approved'], (state) => provisionAttempt(event, state));
    case 'GrantProvisioned':
      return provisioned(past);
    case 'EndAnnounced':
      return during(['active'], (state) => announcement(event, state));
    case 'MintRequested':
      return during(['active'], (state) => press(event, state));
    case 'MintAttempted':
      return during(['active'], (state) => mintAttempt(event, state, past));
    case 'MintRefused':
      return mintRefusal(event, past);
    case 'CredentialsMinted':
      return before && minted(event, before, past);
    case 'RevocationStarted':
      return during(['approved', 'active'], (state) => start(event, state, past));
    case 'RequestClosed':
      return during(['ending'], (state) => closing(event, state));
    case 'CleanedUp':
      return during(['closed'], (state) => cleanUp(event, state));
    default:
      return event satisfies never;
  }
}

/** Whether only the program records this, never a person. What a law says of people stands in that law. */
const PROGRAM: Record<Event['type'], boolean> = {
  RequestSubmitted: false,
  RequestRefused: false,
  PreflightPassed: true,
  Voted: false,
  VotesVoided: true,
  ChainChanged: true,
  RequestApproved: true,
  RequestDenied: false,
  RequestCancelled: false,
  RequestLapsed: true,
  ProvisionAttempted: true,
  GrantProvisioned: true,
  EndAnnounced: true,
  MintRequested: false,
  MintAttempted: true,
  MintRefused: true,
  CredentialsMinted: true,
  RevocationStarted: false,
  RequestClosed: true,
  CleanedUp: true,
};

function byProgram({ type, by }: Event): string | undefined {
  return PROGRAM[type] && by !== 'jit' ? `${type} is the program's to record, not a person's` : undefined;
}

import { isComplete } from '../progress.js';
import type { Instant } from '../../entitlement.js';
import type { Effect, News } from '../effects.js';
import type { Event } from '../event.js';
import type { State } from '../state.js';

/** An effect that an event owes, and when it is to happen if not at once. */
export interface Owes {
  effect: Effect;
  notBefore?: Instant;
}

/** What the world is owed after this event led to this state. */
export function react(event: Event, state: State): Owes[] {
  switch (event.type) {
    case 'RequestSubmitted':
      return state.chain.length > 0 ? [PREFLIGHT, tell('sent')] : [PREFLIGHT];
    case 'PreflightPassed':
      // A vote may have come first: whoever completes the conditions owes the confirmation.
      return isComplete(state) ? [CONFIRM] : [CARDS];
    case 'Voted':
      return isComplete(state) ? [CONFIRM, CARDS] : [CARDS];
    case 'VotesVoided':
    case 'ChainChanged':
      return [CARDS];
    case 'RequestApproved':
      return [{ effect: { type: 'provision' } }, CARDS, tell('decided')];
    case 'RequestDenied':
      return [CARDS, tell('decided')];
    case 'RequestCancelled':
    case 'RequestLapsed':
      return [CARDS, tell('ended')];
    case 'GrantProvisioned':
      return [CARDS, tell('active')];
    case 'EndAnnounced':
      return [tell('ending-soon')];
    case 'MintRequested':
      return [{ effect: { type: 'mint', waiting: event.waiting, requestedAt: event.at } }];
    case 'RevocationStarted':
      return [{ effect: { type: 'revoke' } }, CARDS];
    case 'RequestClosed':
      return event.proof.cleanUpAt === undefined
        ? [CARDS, tell('ended')]
        : [CARDS, tell('ended'), { effect: { type: 'clean-up' }, notBefore: event.proof.cleanUpAt }];
    case 'RequestRefused':
    case 'ProvisionAttempted':
    case 'MintAttempted':
    case 'MintRefused':
    case 'CredentialsMinted':
    case 'CleanedUp':
      return [];
    default:
      return event satisfies never;
  }
}

const CARDS: Owes = { effect: { type: 'cards' } };
const CONFIRM: Owes = { effect: { type: 'confirm' } };
const PREFLIGHT: Owes = { effect: { type: 'preflight' } };

function tell(news: News): Owes {
  return { effect: { type: 'tell', news } };
}

import { lastPresses } from '../presses.js';
import type { Active, Closed, Outcome, Pending, State } from '../state.js';
import type { Event } from '../event.js';

/** The state after an event. Throws when the event cannot follow: a history that is impossible is a fault. */
export function evolve(state: State | undefined, event: Event): State {
  switch (event.type) {
    case 'RequestSubmitted':
      if (state) return impossible(state, event);
      return { ...asked(event), revision: 0, votes: [], status: 'pending', checked: false };
    case 'RequestRefused':
      if (state) return impossible(state, event);
      return {
        ...asked(event),
        revision: 0,
        votes: [],
        status: 'closed',
        outcome: 'denied',
        closedAt: event.at,
        reason: event.reason,
      };
    case 'PreflightPassed':
      return { ...pending(state, event), checked: true };
    case 'Voted': {
      const request = pending(state, event);
      return { ...request, votes: [...request.votes, event.vote] };
    }
    case 'VotesVoided': {
      const request = pending(state, event);
      return { ...request, votes: request.votes.filter((vote) => !event.people.includes(vote.by.email)) };
    }
    case 'ChainChanged': {
      const request = pending(state, event);
      return { ...request, chain: event.chain, ruling: event.ruling, revision: request.revision + 1 };
    }
    case 'RequestApproved': {
      const { checked: _, ...request } = pending(state, event);
      const { lease, ruling, at } = event;
      return { ...request, status: 'approved', approvedAt: at, lease, ruling, settledBy: at };
    }
    case 'RequestDenied':
      return { ...withoutAccess(state, event, 'denied'), reason: event.reason };
    case 'RequestCancelled':
      return withoutAccess(state, event, 'cancelled');
    case 'RequestLapsed':
      return withoutAccess(state, event, 'lapsed');
    case 'ProvisionAttempted':
      if (state?.status !== 'approved') return impossible(state, event);
      return { ...state, settledBy: Math.max(state.settledBy, event.until) };
    case 'GrantProvisioned':
      if (state?.status !== 'approved') return impossible(state, event);
      return {
        ...state,
        status: 'active',
        activeAt: event.at,
        receipt: event.receipt,
        warned: false,
        mints: 0,
      };
    case 'EndAnnounced':
      if (state?.status !== 'active') return impossible(state, event);
      return { ...state, warned: true };
    case 'MintRequested':
      if (state?.status !== 'active') return impossible(state, event);
      // Older programs wrote no such list into HEAD, and a record leads to the HEAD that they wrote.
      return state.format === undefined ? state : { ...state, presses: lastPresses(state, event.at) };
    case 'MintAttempted':
    case 'MintRefused':
      if (state?.status !== 'active') return impossible(state, event);
      return state;
    case 'CredentialsMinted':
      // An answer that comes after the end is still a fact for the record.
      if (!state || state.status === 'pending') return impossible(state, event);
      return state.status === 'active' ? { ...state, mints: state.mints + 1 } : state;
    case 'RevocationStarted': {
      if (state?.status !== 'approved' && state?.status !== 'active') return impossible(state, event);
      const { status: _, ...rest } = state;
      return {
        ...('receipt' in rest ? withoutActivity(rest) : rest),
        status: 'ending',
        cause: event.cause,
        endingAt: event.at,
        ...(event.by !== 'jit' && { by: event.by }),
        ...(event.reason && { reason: event.reason }),
      };
    }
    case 'RequestClosed': {
      if (state?.status !== 'ending') return impossible(state, event);
      const { cause: _c, endingAt: _e, approvedAt: _a, settledBy: _s, ...rest } = state;
      return { ...rest, status: 'closed', outcome: event.outcome, closedAt: event.at, proof: event.proof };
    }
    case 'CleanedUp':
      if (state?.status !== 'closed' || !state.proof) return impossible(state, event);
      return state.format === undefined ? state : { ...state, cleanedUp: true };
    default:
      return event satisfies never;
  }
}

function asked({ format, asked }: Extract<Event, { type: 'RequestSubmitted' | 'RequestRefused' }>) {
  return { ...asked, ...(format !== undefined && { format }) };
}

function withoutActivity(active: Omit<Active, 'status'>) {
  const { activeAt: _a, receipt: _r, warned: _w, mints: _m, presses: _p, ...leased } = active;
  return leased;
}

function pending(state: State | undefined, event: Event): Pending {
  return state?.status === 'pending' ? state : impossible(state, event);
}

function withoutAccess(state: State | undefined, event: Event, outcome: Outcome): Closed {
  const { checked: _, ...request } = pending(state, event);
  const by = event.by === 'jit' ? {} : { by: event.by };
  return { ...request, ...by, status: 'closed', outcome, closedAt: event.at };
}

function impossible(state: State | undefined, event: Event): never {
  throw new Error(`impossible history: ${event.type} after ${state?.status ?? 'nothing'}`);
}

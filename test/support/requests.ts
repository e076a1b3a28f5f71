import { parseChain, type Chain } from '../../src/domain/chain.js';
import type { Person } from '../../src/domain/person.js';
import type { PinnedGrant } from '../../src/domain/entitlement.js';
import { leaseFrom, type Lease } from '../../src/domain/lease.js';
import type {
  Basis,
  Candidates,
  RequestDecision,
  Ruling,
  Verdict,
} from '../../src/domain/request/decision.js';
import type { Cause, Proof, Vote } from '../../src/domain/request/state.js';
import type { Command } from '../../src/domain/request/command.js';
import type { Event } from '../../src/domain/request/event.js';
import { slackAccount } from './accounts.js';
import { FRIDAY, HOUR, MINUTE, SECOND } from './units.js';

export { HOUR, MINUTE, SECOND };

/** Friday, 20 November 2026, 10:00 UTC: when the request of these tests is made. */
export const T0 = FRIDAY;
/** The instant so many minutes after the request was made. */
export const min = (minutes: number) => T0 + minutes * MINUTE;

export function person(name: string): Person {
  return { email: `${name}@corp.example`, account: slackAccount(`U${name.toUpperCase()}`, 'T1') };
}
/** ana asks; bob is her manager; sam, kim and lee are security. */
export const ana = person('ana');
export const bob = person('bob');
export const sam = person('sam');
export const kim = person('kim');
export const lee = person('lee');
export const candidates: Candidates = {
  manager: [bob.email],
  security: [sam.email, kim.email, lee.email],
};

export const ruling: Ruling = { policies: ['production'], advice: [], bundle: 'b1' };
export const newRuling: Ruling = { policies: ['production-strict'], advice: ['ask early'], bundle: 'b2' };
export const allowed: Verdict = {
  outcome: 'allowed',
  policies: ['approve'],
  advice: [],
  errors: [],
  bundle: 'b1',
};
export const forbidden: Verdict = {
  outcome: 'denied',
  policies: ['no-self-approval'],
  advice: ['ask somebody else'],
  errors: [],
  bundle: 'b1',
};

export function chain(text: string): Chain {
  const parsed = parseChain(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

export function decision(text: string, by: Ruling = ruling): RequestDecision {
  return { ...by, outcome: text === 'auto' ? 'auto' : 'needs-approval', chain: chain(text) };
}
export const denied: Extract<RequestDecision, { outcome: 'denied' }> = {
  policies: ['freeze'],
  advice: ['wait until Monday'],
  bundle: 'b1',
  outcome: 'denied',
  errors: [],
};

/** What policy decided on where nothing is known of anybody. */
export const basis: Basis = { groups: [], given: {} };

export const grant: PinnedGrant = { kind: 'iam-policy', account: '111122223333', config: {}, hash: 'h1' };

type Submit = Extract<Command, { type: 'Submit' }>;
export const asked: Submit['asked'] = {
  id: 'r1',
  requester: ana,
  entitlement: {
    id: 'orders-db-admin',
    name: 'Orders database admin',
    environment: 'production',
    account: '111122223333',
    risk: 'high',
    owners: ['dba'],
    description: 'Schema changes on the orders database.',
  },
  duration: HOUR,
  justification: 'fixing OPS-12',
  lapsesAt: min(480),
  grant,
};

export const lease: Lease = leaseFrom(min(5), HOUR, 10 * MINUTE);
export const proof: Proof = { checkedAt: min(70), evidence: 'no inline policy jit-r1 on user ana.lopez' };

// ---- events

export function submitted(text: string): Event {
  return {
    type: 'RequestSubmitted',
    at: T0,
    by: ana,
    asked: { ...asked, requestedAt: T0, chain: chain(text), ruling },
  };
}
export const checked: Event = { type: 'PreflightPassed', at: T0, by: 'jit' };

export function vote(by: Person, stage: string, at = min(1)): Vote {
  return { stage, by, at, policies: allowed.policies };
}
export function voted(by: Person, stage: string, at = min(1)): Event {
  return { type: 'Voted', at, by, vote: vote(by, stage, at) };
}
export const approval: Event = { type: 'RequestApproved', at: min(5), by: 'jit', lease, ruling };
export const attempted: Event = { type: 'ProvisionAttempted', at: min(5), by: 'jit', until: min(6) };
export const provisioned: Event = {
  type: 'GrantProvisioned',
  at: min(6),
  by: 'jit',
  receipt: { policy: 'jit-r1' },
};
export function started(cause: Cause): Event {
  return { type: 'RevocationStarted', at: min(65), by: 'jit', cause };
}
export function closedAs(outcome: Cause, cleanUpAt?: number): Event {
  const left = cleanUpAt === undefined ? {} : { cleanUpAt };
  return { type: 'RequestClosed', at: min(70), by: 'jit', outcome, proof: { ...proof, ...left } };
}

// ---- histories

export const pending = (text: string, ...votes: Event[]): Event[] => [submitted(text), checked, ...votes];
export const complete: Event[] = pending('manager', voted(bob, 'manager'));
export const approved: Event[] = [...complete, approval];
export const attempting: Event[] = [...approved, attempted];
export const active: Event[] = [...attempting, provisioned];
export const ending: Event[] = [...active, started('expired')];
export const closed: Event[] = [...ending, closedAs('expired')];

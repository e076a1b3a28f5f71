import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { given, replay } from '../../../support/given.js';
import {
  active,
  ana,
  approved,
  basis,
  bob,
  candidates,
  chain,
  complete,
  decision,
  denied,
  kim,
  lease,
  lee,
  min,
  newRuling,
  pending,
  ruling,
  sam,
  submitted,
  voted,
} from '../../../support/requests.js';

type Confirm = Extract<Command, { type: 'Confirm' }>;
const confirm = (over: Partial<Confirm> = {}): Confirm => ({
  type: 'Confirm',
  at: min(5),
  revision: 0,
  voters: [],
  decision: decision('manager'),
  candidates,
  valid: [bob.email, sam.email, kim.email, lee.email],
  grantHash: 'h1',
  basis,
  decidedAt: min(4),
  order: ['manager', 'security'],
  lease,
  ...over,
});
/** Confirming a request as it stands after these events. */
const confirming = (history: Event[], over: Partial<Confirm> = {}) => {
  const state = history.length > 0 ? replay(history) : undefined;
  const voters = state?.votes.map(({ by }) => by.email) ?? [];
  return given(history).when(confirm({ revision: state?.revision ?? 0, voters, ...over }));
};
const denial = (reason: Extract<Event, { type: 'RequestDenied' }>['reason']): Event[] => [
  { type: 'RequestDenied', at: min(5), by: 'jit', reason },
];
const approval = (by = ruling): Event => ({
  type: 'RequestApproved',
  ...basis,
  decidedAt: min(4),
  at: min(5),
  by: 'jit',
  lease,
  ruling: by,
});
const voided = (...people: string[]): Event => ({
  type: 'VotesVoided',
  at: min(5),
  by: 'jit',
  people,
  why: 'no longer entitled to this stage',
});
const changed = (text: string): Event => ({
  type: 'ChainChanged',
  at: min(5),
  by: 'jit',
  chain: chain(text),
  ruling: newRuling,
});
const two = pending('2 of security', voted(sam, 'security'), voted(kim, 'security'));

test('there is nothing to confirm without a request', () => {
  confirming([]).thenRefused('unknown-request');
});

test('invariant 3: an incomplete chain is not approved', () => {
  confirming(pending('manager')).thenNothing();
  confirming(pending('2 of security', voted(sam, 'security'))).thenNothing();
});

test('nothing is approved before AWS was asked whether it can take it', () => {
  confirming([submitted('manager'), voted(bob, 'manager')]).thenNothing();
});

test.each([
  ['approved', approved],
  ['active', active],
])('invariant 5: confirming again changes nothing when it is %s', (_, history) => {
  confirming(history).thenNothing();
});

test('from the instant of the lapse it lapses instead', () => {
  confirming(complete, { at: min(480) }).then([{ type: 'RequestLapsed', at: min(480), by: 'jit' }]);
});

test('invariant 4: what policy denies now is denied, with the policies and errors', () => {
  confirming(complete, { decision: { ...denied, errors: ['hours: overflow'] } }).then(
    denial({
      code: 'policy',
      policies: ['freeze'],
      advice: ['wait until Monday'],
      errors: ['hours: overflow'],
    }),
  );
});

test('a grant that the catalog now makes otherwise is not what approvers approved', () => {
  confirming(complete, { grantHash: 'h2' }).then(denial({ code: 'changed' }));
});

test('invariant 4: an entitlement that has left the catalog is not approved', () => {
  const { grantHash: _, ...without } = confirm({ voters: [bob.email] });
  given(complete)
    .when(without)
    .then(denial({ code: 'changed' }));
});

test.each(['deactivated', ''])('a requester who may not have it any more (%j) does not get it', (problem) => {
  confirming(complete, { requesterProblem: problem }).then(denial({ code: 'requester', problem }));
});

test.each([
  ['has lost the authority to vote', { valid: [kim.email] }],
  ['is no longer of the stage', { candidates: { security: [kim.email, lee.email] } }],
])('invariant 3: the vote of one who %s is void, and the request waits for another', (_, facts) => {
  confirming(two, { decision: decision('2 of security'), ...facts }).then([voided(sam.email)]);
});

test('invariant 4: when nobody is known to be of the stage, no vote counts and the request is denied', () => {
  confirming(two, { decision: decision('2 of security'), candidates: {} }).then([
    voided(sam.email, kim.email),
    ...denial({ code: 'unfillable', stage: 'security', needed: 2, available: 0 }),
  ]);
});

test.each([
  ['by e-mail', { ...sam, email: ana.email }],
  ['by Slack account', { ...sam, account: ana.account }],
])("invariant 3: a requester's own vote (%s) never counts, should the record hold one", (_, by) => {
  confirming(pending('security', voted(by, 'security')), {
    decision: decision('security'),
    candidates: { security: [by.email, kim.email] },
    valid: [by.email],
  }).then([voided(by.email)]);
});

test('invariant 3: two votes of one Slack account count once, should the record hold them', () => {
  const alias = { ...sam, email: 'sam.two@corp.example' };
  confirming(pending('2 of security', voted(sam, 'security'), voted(alias, 'security')), {
    decision: decision('2 of security'),
    candidates: { security: [sam.email, alias.email, kim.email] },
    valid: [sam.email, alias.email],
  }).then([voided(alias.email)]);
});

test('a chain that policy has made longer is the union of both, and valid votes keep their place', () => {
  confirming(complete, { decision: decision('2 of security', newRuling) }).then([
    changed('manager, 2 of security'),
  ]);
});

test('a chain that policy has made shorter stays as long as it was', () => {
  confirming(two, { decision: decision('security', newRuling) }).then([approval(newRuling)]);
});

test('an automatic request for which policy now wants approvers goes to them', () => {
  confirming(pending('auto'), { decision: decision('manager', newRuling) }).then([changed('manager')]);
});

test('a longer chain that nobody can fill denies the request and names the stage', () => {
  confirming(complete, {
    decision: decision('security', newRuling),
    candidates: { manager: [bob.email], security: [bob.email] },
  }).then([
    changed('manager, security'),
    ...denial({ code: 'unfillable', stage: 'security', needed: 1, available: 0 }),
  ]);
});

test('a chain in a new order is on record before the approval', () => {
  confirming(pending('manager, security', voted(bob, 'manager'), voted(sam, 'security')), {
    decision: decision('manager, security', newRuling),
    order: ['security', 'manager'],
  }).then([changed('security, manager'), approval(newRuling)]);
});

test('invariant 3: a complete chain of valid votes is approved, with the lease and the ruling of now', () => {
  confirming(two, { decision: decision('2 of security', newRuling) }).then([approval(newRuling)]);
});

test('an automatic request is approved without a vote', () => {
  confirming(pending('auto'), { decision: decision('auto'), candidates: {}, valid: [] }).then([approval()]);
});

test('what was worked out on an older chain, or on other votes, says nothing about this one', () => {
  const history: Event[] = [...complete, changed('manager, security'), voted(sam, 'security')];
  const older = { candidates: { manager: [bob.email] }, valid: [bob.email] };
  confirming(history, { ...older, revision: 0 }).thenNothing();
  confirming(history, { ...older, voters: [bob.email] }).thenNothing();
});

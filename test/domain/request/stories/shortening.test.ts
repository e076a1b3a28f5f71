import { grantFrom } from '../../../../src/domain/grant.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { decide } from '../../../../src/domain/request/stories/index.js';
import { shorterThan } from '../../../../src/domain/request/stories/shortening.js';
import type { Millis } from '../../../../src/domain/entitlement.js';
import { leaseFrom } from '../../../../src/domain/lease.js';
import type { Pending } from '../../../../src/domain/request/state.js';
import { given, replay } from '../../../support/given.js';
import {
  active,
  allowed,
  ana,
  approved,
  basis,
  bob,
  candidates,
  closed,
  decision,
  forbidden,
  grant,
  HOUR,
  kim,
  min,
  MINUTE,
  pending,
  sam,
  voted,
} from '../../../support/requests.js';

type Shorten = Extract<Command, { type: 'Shorten' }>;
const OFFERED = [15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR];
const shorten = (to: Millis, over: Partial<Shorten> = {}): Command => ({
  type: 'Shorten',
  at: min(2),
  by: bob,
  stage: 'manager',
  revision: 0,
  verdict: allowed,
  candidates,
  to,
  offered: OFFERED,
  ...over,
});
const shortened = (to: Millis, from: Millis = HOUR, by = bob, stage = 'manager'): Event[] => [
  { type: 'DurationShortened', at: min(2), by, from, to, stage },
  voted(by, stage, min(2)),
];
const twoStages = pending('manager, 2 of security');

test('who approves it for less votes, and the shorter time and the vote are one write', () => {
  given(twoStages)
    .when(shorten(15 * MINUTE))
    .then(shortened(15 * MINUTE));
});

test('the request is for the shorter time from then on; what was pinned and who voted stay', () => {
  const before = replay([...pending('2 of security'), voted(kim, 'security')]) as Pending;
  const after = replay([
    ...pending('2 of security'),
    voted(kim, 'security'),
    ...shortened(15 * MINUTE, HOUR, sam, 'security'),
  ]) as Pending;
  expect(after.duration).toBe(15 * MINUTE);
  expect(after.grant).toBe(before.grant);
  expect(after.revision).toBe(before.revision);
  expect(after.votes.map(({ by }) => by.email)).toEqual([kim.email, sam.email]);
  expect(after.shortened).toEqual([{ stage: 'security', by: sam, at: min(2), from: HOUR, to: 15 * MINUTE }]);
});

test('each may take something more off', () => {
  const history = [
    ...pending('2 of security'),
    ...shortened(30 * MINUTE, HOUR, kim, 'security'),
    ...shortened(15 * MINUTE, 30 * MINUTE, sam, 'security'),
  ];
  const { duration, shortened: all = [] } = replay(history)!;
  expect([duration, ...all.map(({ from }) => from)]).toEqual([15 * MINUTE, HOUR, 30 * MINUTE]);
});

test('invariant 3: the approval gives the shorter time', () => {
  const history = [...pending('manager'), ...shortened(15 * MINUTE)];
  const state = replay(history) as Pending;
  const lease = leaseFrom(min(3), state.duration, 0);
  const ruling = { policies: ['production'], advice: [], bundle: 'b1' };
  given(history)
    .when({
      type: 'Confirm',
      at: min(3),
      revision: 0,
      voters: [bob.email],
      decision: decision('manager'),
      valid: [bob.email],
      grantHash: grant.hash,
      order: ['manager'],
      lease,
      basis,
      decidedAt: min(3),
      candidates,
    })
    .then([{ type: 'RequestApproved', at: min(3), by: 'jit', lease, ruling, decidedAt: min(3), ...basis }]);
  const made = grantFrom(state, { lease, given: {} });
  expect(made.lease.endsAt - made.lease.startsAt).toBe(15 * MINUTE);
  expect(made.confirmed?.duration).toBe(15 * MINUTE);
});

describe('refused, with what there is to choose', () => {
  const shorter = [15 * MINUTE, 30 * MINUTE];
  test.each([
    ['as much as is asked for', HOUR],
    ['more', 4 * HOUR],
    ['less, and not offered', 20 * MINUTE],
    ['nothing', 0],
    ['no number', NaN],
  ])('%s', (_, to) => {
    given(twoStages).when(shorten(to)).thenRefused('not-shorter', { duration: HOUR, shorter });
  });

  test('what has been shortened to that meanwhile', () => {
    given([...pending('2 of security'), ...shortened(15 * MINUTE, HOUR, kim, 'security')])
      .when(shorten(15 * MINUTE, { by: sam, stage: 'security' }))
      .thenRefused('not-shorter', { duration: 15 * MINUTE, shorter: [] });
  });

  test('what has left the catalog', () => {
    given(twoStages)
      .when(shorten(15 * MINUTE, { offered: [] }))
      .thenRefused('not-shorter', { duration: HOUR, shorter: [] });
  });
});

describe('refused like any other vote', () => {
  test.each<[string, Event[], Partial<Shorten>, string]>([
    ['of the requester', twoStages, { by: ana }, 'own-request'],
    ['of somebody of another stage', twoStages, { by: sam }, 'not-in-stage'],
    ['for a stage that is not open', twoStages, { by: sam, stage: 'security' }, 'stage-not-open'],
    ['on the card of an older chain', twoStages, { revision: 1 }, 'stale-card'],
    ['that Cedar denies', twoStages, { verdict: forbidden }, 'denied-by-policy'],
    ['of somebody who has voted', [...twoStages, voted(bob, 'manager')], {}, 'already-voted'],
    [
      'that would leave too few',
      twoStages,
      { candidates: { ...candidates, security: [sam.email] } },
      'would-strand',
    ],
    ['once it has lapsed', twoStages, { at: min(480) }, 'not-pending'],
    ['once it is approved', approved, {}, 'not-pending'],
    ['once access is there', active, {}, 'not-pending'],
    ['once it is closed', closed, {}, 'not-pending'],
  ])('invariant 3: a vote for less %s', (_, history, over, code) => {
    expect(decide(shorten(15 * MINUTE, over), replay(history))).toMatchObject({ refusal: { code } });
  });
});

test('what is less than asked for, shortest first', () => {
  expect(shorterThan(HOUR, [4 * HOUR, 30 * MINUTE, HOUR, 15 * MINUTE])).toEqual([15 * MINUTE, 30 * MINUTE]);
});

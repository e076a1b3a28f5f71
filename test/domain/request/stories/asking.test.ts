import type { Command } from '../../../../src/domain/request/command.js';
import type { Basis } from '../../../../src/domain/request/decision.js';
import { apply } from '../../../../src/domain/request/head.js';
import { decide } from '../../../../src/domain/request/stories/index.js';
import { given } from '../../../support/given.js';
import {
  T0,
  ana,
  asked,
  bob,
  candidates,
  chain,
  decision,
  denied,
  pending,
  ruling,
} from '../../../support/requests.js';

/** What policy decided on. */
const basis: Basis = {
  groups: ['engineers', 'on-call'],
  unknownGroups: ['dba'],
  given: { liveGrants: 1, hasThis: false },
  unknownInputs: ['denials'],
};
const submit = (over: Partial<Extract<Command, { type: 'Submit' }>> = {}): Command => ({
  type: 'Submit',
  at: T0,
  asked,
  decision: decision('manager, 2 of security'),
  basis,
  candidates,
  ...over,
});
const request = { ...asked, requestedAt: T0, ruling };

test('a request whose id exists already is refused: it was sent twice', () => {
  given(pending('manager')).when(submit()).thenRefused('replayed');
});

test('invariant 4: what policy denies is refused at once, with the policies, and stands on record', () => {
  given([])
    .when(submit({ decision: denied }))
    .then([
      {
        type: 'RequestRefused',
        format: 2,
        ...basis,
        at: T0,
        by: ana,
        asked: {
          ...request,
          chain: [],
          ruling: { policies: ['freeze'], advice: ['wait until Monday'], bundle: 'b1' },
        },
        reason: { code: 'policy', policies: ['freeze'], advice: ['wait until Monday'], errors: [] },
      },
    ]);
});

test('invariant 4: a policy that errs denies, and the errors are kept', () => {
  given([])
    .when(submit({ decision: { ...denied, errors: ['office-hours: no such attribute'] } }))
    .then([
      expect.objectContaining({
        type: 'RequestRefused',
        format: 2,
        reason: {
          code: 'policy',
          policies: ['freeze'],
          advice: ['wait until Monday'],
          errors: ['office-hours: no such attribute'],
        },
      }),
    ]);
});

test.each([
  ['a stage that nobody may fill', { ...candidates, security: [] }, 'security', 2, 0],
  ['a stage of which nothing is known', { manager: [bob.email] }, 'security', 2, 0],
  ['too few people for a quorum', { ...candidates, security: ['sam@corp.example'] }, 'security', 2, 1],
  ['the requester as the only manager', { ...candidates, manager: [ana.email] }, 'manager', 1, 0],
  [
    'one person who would be needed twice',
    { manager: [bob.email], security: [bob.email, 'sam@corp.example'] },
    'security',
    2,
    1,
  ],
])('a request is refused at once for %s, and the stage is named', (_, who, stage, needed, available) => {
  given([])
    .when(submit({ candidates: who }))
    .then([
      {
        type: 'RequestRefused',
        format: 2,
        ...basis,
        at: T0,
        by: ana,
        asked: { ...request, chain: chain('manager, 2 of security') },
        reason: { code: 'unfillable', stage, needed, available },
      },
    ]);
});

test('a request that can be filled is submitted with the chain and the ruling', () => {
  given([])
    .when(submit())
    .then([
      {
        type: 'RequestSubmitted',
        format: 2,
        ...basis,
        at: T0,
        by: ana,
        asked: { ...request, chain: chain('manager, 2 of security') },
      },
    ]);
});

test('a request that needs nobody is submitted with an empty chain', () => {
  given([])
    .when(submit({ decision: decision('auto'), candidates: {} }))
    .then([
      { type: 'RequestSubmitted', format: 2, ...basis, at: T0, by: ana, asked: { ...request, chain: [] } },
    ]);
});

test('what policy decided on stands in the record, and not in HEAD, which is read at each step', () => {
  const decided = decide(submit(), undefined);
  const { head, records } = apply(undefined, 'events' in decided ? decided.events : []);
  expect(records[0]!.event).toMatchObject(basis);
  expect(JSON.stringify(head)).not.toMatch(/on-call|liveGrants|denials/);
});

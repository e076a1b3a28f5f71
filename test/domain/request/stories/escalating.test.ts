import type { Command } from '../../../../src/domain/request/command.js';
import type { Reserves } from '../../../../src/domain/request/decision.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { given, replay } from '../../../support/given.js';
import {
  allowed,
  ana,
  basis,
  bob,
  closed,
  complete,
  decision,
  grant,
  kim,
  lee,
  min,
  pending,
  sam,
  submitted,
  voted,
  HOUR,
} from '../../../support/requests.js';
import { leaseFrom } from '../../../../src/domain/lease.js';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;
const escalate = (over: Partial<Of<'Escalate'>> = {}): Command => ({
  type: 'Escalate',
  at: min(30),
  stage: 'manager',
  to: 'security',
  ...over,
});
const escalated = (over: object = {}): Event => ({
  type: 'StageEscalated',
  at: min(30),
  by: 'jit',
  stage: 'manager',
  to: 'security',
  why: 'time',
  ...over,
});
const twoStages = pending('manager, 2 of security');

test('a stage that nobody has answered goes on to others', () => {
  given(twoStages).when(escalate()).then([escalated()]);
  expect(replay([...twoStages, escalated()])).toMatchObject({
    escalated: [{ stage: 'manager', to: 'security', at: min(30), why: 'time' }],
    revision: 0,
  });
});

test.each<[string, Event[], Command]>([
  ['twice', [...twoStages, escalated()], escalate()],
  ['to another group after that: once a stage', [...twoStages, escalated()], escalate({ to: 'dba' })],
  [
    'to a group that came in when people were missing',
    [...twoStages, escalated({ why: 'empty' })],
    escalate(),
  ],
  ['before it waits', twoStages, escalate({ stage: 'security' })],
  ['once it has its votes', [...twoStages, voted(bob, 'manager')], escalate()],
  ['before its people were asked', [submitted('manager')], escalate()],
  ['when the chain is complete', complete, escalate()],
  ['when it has lapsed', twoStages, escalate({ at: min(480) })],
  ['when it is over', closed, escalate()],
])('invariant 5: no stage goes on %s', (_, history, command) => {
  given(history).when(command).then([]);
});

test('whoever has come in may vote with the button that there was, and for nobody else’s stage', () => {
  const approve = (by: typeof sam, stage: string): Command => ({
    type: 'Approve',
    at: min(31),
    by,
    stage,
    revision: 0,
    verdict: allowed,
    candidates: { manager: [bob.email, sam.email], security: [kim.email, lee.email, sam.email] },
  });
  const after = [...twoStages, escalated()];
  given(after)
    .when(approve(sam, 'manager'))
    .then([voted(sam, 'manager', min(31))]);
  given([...after, voted(sam, 'manager', min(31))])
    .when(approve(sam, 'security'))
    .thenRefused('already-voted');
});

const look = (candidates: Record<string, string[]>, reserves: Reserves, over: object = {}): Command => ({
  type: 'FillGaps',
  at: min(9),
  revision: 0,
  voters: [],
  escalations: 0,
  candidates,
  reserves,
  ...over,
});
const people = { manager: [bob.email], security: [sam.email, kim.email, lee.email] };
const comesIn = (stage: string, to: string, more: object = {}): Event =>
  escalated({ at: min(9), stage, to, why: 'empty', ...more });
const nobody = { ...people, manager: [] };
const board = { to: 'board', people: ['zoe@corp.example'] };
const last = { to: 'last', channel: 'C0LAST', people: ['max@corp.example'] };

describe('a stage that cannot be filled any more', () => {
  test.each<[string, Command, Event[]]>([
    ['has all its people: nothing happens', look(people, { manager: [board, last] }), []],
    ['goes to its escalation first', look(nobody, { manager: [board, last] }), [comesIn('manager', 'board')]],
    [
      'goes to the fallback where it has none, with its channel',
      look(nobody, { manager: [last] }),
      [comesIn('manager', 'last', { channel: 'C0LAST' })],
    ],
    [
      'goes to the fallback where its escalation is empty, too',
      look(nobody, { manager: [{ ...board, people: [] }, last] }),
      [comesIn('manager', 'last', { channel: 'C0LAST' })],
    ],
    [
      'goes to the fallback where only the requester is in its escalation',
      look(nobody, { manager: [{ ...board, people: [ana.email] }, last] }),
      [comesIn('manager', 'last', { channel: 'C0LAST' })],
    ],
    [
      'goes to both where only both together are enough',
      look({ ...people, security: [] }, { security: [board, last] }),
      [comesIn('security', 'board'), comesIn('security', 'last', { channel: 'C0LAST' })],
    ],
    [
      'has enough with its quorum, and not only one of two',
      look({ ...people, security: [sam.email] }, { security: [board] }),
      [comesIn('security', 'board')],
    ],
    ['stays as it is where nobody helps', look(nobody, { manager: [{ ...board, people: [] }] }), []],
    ['stays as it is where there is no other group', look(nobody, {}), []],
    [
      'is not taken for empty while not all of it is known',
      look(nobody, { manager: [board] }, { unknown: { manager: [] } }),
      [],
    ],
    [
      'waits while it is not known who would come in',
      look(nobody, {
        manager: [
          { ...board, people: undefined },
          { ...last, people: [] },
        ],
      }),
      [],
    ],
    [
      'goes to the one that is known to help, though the other is not known',
      look(nobody, { manager: [{ ...board, people: undefined }, last] }),
      [comesIn('manager', 'last', { channel: 'C0LAST' })],
    ],
    [
      'is seen also where it does not wait yet',
      look({ ...people, security: [] }, { security: [{ ...board, people: [sam.email, kim.email] }] }),
      [comesIn('security', 'board')],
    ],
    ['is not looked at on a chain of before', look(nobody, { manager: [board] }, { revision: 1 }), []],
    ['nor on votes of before', look(nobody, { manager: [board] }, { voters: [bob.email] }), []],
    ['nor without those who have come in', look(nobody, { manager: [board] }, { escalations: 1 }), []],
    ['nor after it has lapsed', look(nobody, { manager: [board] }, { at: min(480) }), []],
  ])('%s', (_, command, events) => {
    given(twoStages).when(command).then(events);
  });

  test('invariant 5: two processes that look at once let a group in once', () => {
    const after = [...twoStages, comesIn('manager', 'board')];
    given(after)
      .when(look(nobody, { manager: [board] }))
      .then([]);
    given(after)
      .when(look(nobody, { manager: [board] }, { escalations: 1 }))
      .then([]);
  });

  test('after its escalation is empty, too, the fallback comes in', () => {
    given([...twoStages, comesIn('manager', 'board')])
      .when(look(nobody, { manager: [{ ...board, people: [] }, last] }, { escalations: 1 }))
      .then([comesIn('manager', 'last', { channel: 'C0LAST' })]);
  });
});

describe('a confirmation that leaves too few', () => {
  const confirm = (over: Partial<Of<'Confirm'>> = {}): Command => ({
    type: 'Confirm',
    at: min(5),
    revision: 0,
    voters: [bob.email],
    decision: decision('manager'),
    candidates: { manager: [] },
    valid: [],
    grantHash: grant.hash,
    order: ['manager', 'security'],
    lease: leaseFrom(min(5), HOUR, 0),
    basis,
    decidedAt: min(5),
    ...over,
  });
  const voided: Event = {
    type: 'VotesVoided',
    at: min(5),
    by: 'jit',
    people: [bob.email],
    why: 'no longer entitled to this stage',
  };

  test('asks those who come in, in the same write, before it closes anything', () => {
    given(complete)
      .when(confirm({ reserves: { manager: [board] } }))
      .then([voided, comesIn('manager', 'board', { at: min(5) })]);
  });

  test('closes it where they do not help', () => {
    given(complete)
      .when(confirm({ reserves: { manager: [{ ...board, people: [] }] } }))
      .then([
        voided,
        {
          type: 'RequestDenied',
          at: min(5),
          by: 'jit',
          reason: { code: 'unfillable', stage: 'manager', needed: 1, available: 0 },
        },
      ]);
  });

  test('leaves it open while it is not known whether they would', () => {
    given(complete)
      .when(confirm({ reserves: { manager: [{ ...board, people: undefined }] } }))
      .then([voided]);
  });

  test('says nothing on facts of before somebody came in: they would close it for want of people', () => {
    const after = [...pending('manager'), comesIn('manager', 'board'), voted(bob, 'manager')];
    given(after).when(confirm()).then([]);
  });
});

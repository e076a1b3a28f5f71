import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { apply } from '../../../../src/domain/request/head.js';
import type { Pending } from '../../../../src/domain/request/state.js';
import { nextRound } from '../../../../src/domain/request/stories/reminding.js';
import { given, replay } from '../../../support/given.js';
import {
  ana,
  bob,
  chain,
  closed,
  complete,
  HOUR,
  min,
  MINUTE,
  pending,
  ruling,
  sam,
  submitted,
  T0,
  voted,
} from '../../../support/requests.js';

const record = (stage: string, round: number, at = min(16)): Command => ({
  type: 'RecordReminders',
  at,
  stage,
  round,
});
const reminded = (stage: string, round: number, at = min(16)): Event => ({
  type: 'Reminded',
  at,
  by: 'jit',
  stage,
  round,
});
const twoStages = pending('manager, security');

test('a round of the stage that waits goes on record, with its number', () => {
  given(twoStages)
    .when(record('manager', 1))
    .then([reminded('manager', 1)]);
  given([...twoStages, reminded('manager', 1)])
    .when(record('manager', 2, min(80)))
    .then([reminded('manager', 2, min(80))]);
});

test.each<[string, Event[], Command]>([
  [
    'the same round, which another process has told',
    [...twoStages, reminded('manager', 1)],
    record('manager', 1),
  ],
  ['a round that nobody had before', twoStages, record('manager', 2)],
  ['of a stage that does not wait yet', twoStages, record('security', 1)],
  ['of a stage that has its votes', [...twoStages, voted(bob, 'manager')], record('manager', 1)],
  ['before the people of the stage were asked', [submitted('manager')], record('manager', 1)],
  ['of a chain that is complete', complete, record('manager', 1)],
  ['of a request that has lapsed', twoStages, record('manager', 1, min(480))],
  ['of what is over', closed, record('manager', 1)],
])('invariant 5: nothing goes on record %s', (_, history, command) => {
  given(history).when(command).then([]);
});

describe('when the next round is due', () => {
  const since = T0;
  const at = (history: Event[], remind: number) =>
    nextRound(replay(history) as Pending, 'manager', since, remind) - T0;
  const first = [...twoStages, reminded('manager', 1, min(15))];
  const second = [...first, reminded('manager', 2, min(75))];
  const third = [...second, reminded('manager', 3, min(315))];

  test('after what directory.yml says, then an hour later, then every four hours', () => {
    expect(at(twoStages, 15 * MINUTE)).toBe(15 * MINUTE);
    expect(at(first, 15 * MINUTE)).toBe(15 * MINUTE + HOUR);
    expect(at(second, 15 * MINUTE)).toBe(75 * MINUTE + 4 * HOUR);
    expect(at(third, 15 * MINUTE)).toBe(315 * MINUTE + 4 * HOUR);
  });

  test('never sooner one after another than directory.yml says', () => {
    expect(at(first, 2 * HOUR)).toBe(15 * MINUTE + 2 * HOUR);
    expect(at(second, 6 * HOUR)).toBe(75 * MINUTE + 6 * HOUR);
  });

  test('after an outage one round is told, not twenty: it counts from the round as it was', () => {
    const late = [...twoStages, reminded('manager', 1, min(300))];
    expect(at(late, 15 * MINUTE)).toBe(300 * MINUTE + HOUR);
  });

  test('another stage, and one that waits anew, begin with their first', () => {
    const next = [...first, voted(bob, 'manager', min(20))];
    expect(nextRound(replay(next) as Pending, 'security', min(20), 15 * MINUTE)).toBe(min(35));
    const voided: Event = { type: 'VotesVoided', at: min(90), by: 'jit', people: [bob.email], why: 'left' };
    const again = [...pending('manager'), reminded('manager', 1), voted(bob, 'manager', min(20)), voided];
    expect(replay(again)).not.toHaveProperty('reminders');
    expect(nextRound(replay(again) as Pending, 'manager', min(90), 15 * MINUTE)).toBe(min(105));
  });
});

describe('what a stage that waits is owed', () => {
  const outboxAfter = (history: Event[]) => apply(undefined, history).head.outbox.map(({ effect }) => effect);
  const waits = (stage: string, since: number) => [
    { type: 'remind', stage, since },
    { type: 'escalate', stage, since },
  ];
  const waiting = (history: Event[]) => outboxAfter(history).filter((effect) => 'stage' in effect);

  test('it is counted from the moment at which the stage began to wait', () => {
    expect(waiting(twoStages)).toEqual(waits('manager', T0));
    expect(waiting([...twoStages, voted(bob, 'manager', min(7))])).toEqual(waits('security', min(7)));
  });

  test('a vote that leaves the stage open starts nothing anew', () => {
    const two = pending('2 of security', voted(sam, 'security', min(7)));
    expect(waiting(two)).toEqual(waits('security', T0));
  });

  test('votes that became void, or a longer chain, let it wait anew; what is decided is owed nothing', () => {
    const voided: Event = { type: 'VotesVoided', at: min(9), by: 'jit', people: [bob.email], why: 'left' };
    expect(waiting(complete)).toEqual([]);
    expect(waiting([...complete, voided])).toEqual(waits('manager', min(9)));
    const longer: Event = {
      type: 'ChainChanged',
      at: min(9),
      by: 'jit',
      chain: chain('manager, security'),
      ruling,
    };
    expect(waiting([...complete, longer])).toEqual(waits('security', min(9)));
    expect(waiting([...twoStages, { type: 'RequestCancelled', at: min(3), by: ana }])).toEqual([]);
  });

  test('an answer has it looked at again at once: both waited for it', () => {
    const { head } = apply(undefined, [
      ...pending('manager'),
      { type: 'QuestionAsked', at: min(2), by: bob, stage: 'manager', text: 'why?' },
    ]);
    const put = apply(head, [], {
      outbox: (all) => all.map((one) => ({ ...one, attempts: 1, idle: true, notBefore: min(32) })),
    });
    const { outbox } = apply(put.head, [
      { type: 'QuestionAnswered', at: min(4), by: ana, question: 1, text: 'so' },
    ]).head;
    const due = outbox.filter(({ effect }) => 'stage' in effect).map(({ notBefore }) => notBefore);
    expect(due).toEqual([min(4), min(4)]);
  });
});

import { turnsAt } from '../../../../src/domain/request/due.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { Person } from '../../../../src/domain/person.js';
import { decide } from '../../../../src/domain/request/stories/index.js';
import {
  heldUntil,
  MOST_QUESTIONS,
  openQuestions,
} from '../../../../src/domain/request/stories/questions.js';
import type { Pending } from '../../../../src/domain/request/state.js';
import { given, replay } from '../../../support/given.js';
import {
  active,
  allowed,
  ana,
  approved,
  bob,
  candidates,
  closed,
  ending,
  forbidden,
  kim,
  lee,
  min,
  pending,
  person,
  sam,
  T0,
  voted,
} from '../../../support/requests.js';

type Ask = Extract<Command, { type: 'AskQuestion' }>;
type Answer = Extract<Command, { type: 'AnswerQuestion' }>;
const ask = (over: Partial<Ask> = {}): Command => ({
  type: 'AskQuestion',
  at: min(2),
  by: bob,
  stage: 'manager',
  revision: 0,
  verdict: allowed,
  candidates,
  text: 'Which table?',
  ...over,
});
const answer = (over: Partial<Answer> = {}): Command => ({
  type: 'AnswerQuestion',
  at: min(3),
  by: ana,
  question: 1,
  text: 'orders',
  ...over,
});
const asked = (by: Person = bob, stage = 'manager', at = min(2)): Event => ({
  type: 'QuestionAsked',
  at,
  by,
  stage,
  text: 'Which table?',
});
const answered = (question = 1, at = min(3)): Event => ({
  type: 'QuestionAnswered',
  at,
  by: ana,
  question,
  text: 'orders',
});
const twoStages = pending('manager, 2 of security');
const waiting = [...twoStages, asked()];
const codeOf = (command: Command, history: Event[]) => {
  const decided = decide(command, replay(history));
  return 'refusal' in decided ? decided.refusal.code : 'done';
};

describe('a question', () => {
  test('of whoever may decide the stage that is open is on record, without the space around it', () => {
    given(twoStages)
      .when(ask({ text: '  Which table?\n' }))
      .then([asked()]);
  });

  test('invariant 3: is no vote, and of one who has voted it is none either', () => {
    expect((replay(waiting) as Pending).votes).toEqual([]);
    const history = [...pending('2 of security'), voted(sam, 'security')];
    given(history)
      .when(ask({ by: sam, stage: 'security' }))
      .then([asked(sam, 'security')]);
    expect((replay([...history, asked(sam, 'security')]) as Pending).votes).toHaveLength(1);
  });

  test.each<[string, Event[], Partial<Ask>, string]>([
    ['of the requester', twoStages, { by: ana }, 'own-request'],
    ['of somebody who is not of the stage', twoStages, { by: sam }, 'not-in-stage'],
    ['about a stage that is not open', twoStages, { by: sam, stage: 'security' }, 'stage-not-open'],
    ['about a stage that is none', twoStages, { stage: 'dba' }, 'stale-card'],
    ['from the card of an older chain', twoStages, { revision: 3 }, 'stale-card'],
    ['of somebody whose vote Cedar denies', twoStages, { verdict: forbidden }, 'denied-by-policy'],
    ['once it has lapsed, even before that is on record', twoStages, { at: min(480) }, 'not-pending'],
    ['once it is approved', approved, {}, 'not-pending'],
    ['once access is there', active, {}, 'not-pending'],
    ['once it is ending', ending, {}, 'not-pending'],
    ['once it is closed', closed, {}, 'not-pending'],
    ['without a word', twoStages, { text: ' \u200b\n' }, 'question-missing'],
    ['before the last one of the same person is answered', waiting, {}, 'question-open'],
  ])('%s is refused', (_, history, over, code) => {
    expect(codeOf(ask(over), history)).toBe(code);
  });

  test('waits for nobody else’s answer', () => {
    const history = [...pending('2 of security'), asked(sam, 'security')];
    given(history)
      .when(ask({ by: kim, stage: 'security' }))
      .then([asked(kim, 'security')]);
  });

  test('may be asked after the answer to the last one, five times in all, by whomever', () => {
    let history = twoStages;
    for (let n = 1; n <= MOST_QUESTIONS; n++) {
      expect(codeOf(ask(), history)).toBe('done');
      history = [...history, asked(), answered(n)];
    }
    given(history).when(ask()).thenRefused('too-many-questions', { limit: MOST_QUESTIONS });
  });
});

describe('an answer', () => {
  test('stands beside its question', () => {
    given(waiting).when(answer()).then([answered()]);
    expect(replay([...waiting, answered()])!.questions).toEqual([
      {
        stage: 'manager',
        by: bob,
        at: min(2),
        text: 'Which table?',
        answer: { at: min(3), text: 'orders' },
      },
    ]);
  });

  test('is to the question that it names', () => {
    const history = [...pending('2 of security'), asked(sam, 'security'), asked(kim, 'security')];
    const state = replay([...history, answered(2)])!;
    expect(state.questions!.map((one) => one.answer?.text)).toEqual([undefined, 'orders']);
    expect(openQuestions(state).map(({ number, question }) => [number, question.by.email])).toEqual([
      [1, sam.email],
    ]);
  });

  test.each<[string, Event[], Partial<Answer>, string]>([
    ['of whoever asked', waiting, { by: bob }, 'not-yours'],
    [
      'of another account with the requester’s e-mail',
      waiting,
      { by: { ...bob, email: ana.email } },
      'identity-changed',
    ],
    ['to no question', waiting, { question: 2 }, 'unknown-button'],
    ['to question 0', waiting, { question: 0 }, 'unknown-button'],
    ['where nobody has asked', twoStages, {}, 'unknown-button'],
    ['given twice', [...waiting, answered()], {}, 'already-answered'],
    ['without a word', waiting, { text: '\u2060 ' }, 'answer-missing'],
    ['once it has lapsed', waiting, { at: min(480) }, 'not-pending'],
    [
      'once it is cancelled',
      [...waiting, { type: 'RequestCancelled', at: min(3), by: ana }],
      {},
      'not-pending',
    ],
    ['once it is approved', approved, {}, 'not-pending'],
    ['once it is closed', closed, {}, 'not-pending'],
  ])('%s is refused', (_, history, over, code) => {
    expect(codeOf(answer(over), history)).toBe(code);
  });

  test('is waited for by nobody once the request is decided', () => {
    expect(openQuestions(replay([...waiting, { type: 'RequestLapsed', at: min(480), by: 'jit' }])!)).toEqual(
      [],
    );
  });
});

describe('until when reminders and escalation of a stage wait', () => {
  const held = (history: Event[], stage = 'manager') => {
    const until = heldUntil(replay(history)!, stage);
    return until === undefined ? undefined : (until - T0) / 60_000;
  };

  test('for nobody where nobody has asked, nor for what was asked in another stage', () => {
    expect(held(twoStages)).toBeUndefined();
    expect(held(waiting, 'security')).toBeUndefined();
  });

  test('half an hour from the question on, or until its answer', () => {
    expect(held(waiting)).toBe(32);
    expect(held([...waiting, answered(1, min(7))])).toBe(7);
    expect(held([...waiting, answered(1, min(50))])).toBe(32);
  });

  test('once a stage: no later question of it holds anything back', () => {
    expect(held([...waiting, answered(1, min(7)), asked(bob, 'manager', min(20))])).toBe(7);
    const both = [
      ...pending('2 of security'),
      asked(sam, 'security', min(2)),
      asked(kim, 'security', min(20)),
    ];
    expect(held(both, 'security')).toBe(32);
    expect(held([...both, answered(1, min(5))], 'security')).toBe(5);
  });

  test('each stage for itself', () => {
    const history = [...waiting, answered(), voted(bob, 'manager'), asked(lee, 'security', min(60))];
    expect([held(history), held(history, 'security')]).toEqual([3, 90]);
  });

  test('the lapse waits for no answer', () => {
    expect(turnsAt(replay(waiting)!)).toBe(turnsAt(replay(twoStages)!));
    expect(turnsAt(replay([...twoStages, asked(bob, 'manager', min(470))])!)).toBe(min(480));
  });
});

test('invariant 8: who shares half an identity with one who waits for an answer counts as the same', () => {
  const other = { ...person('zoe'), email: bob.email };
  const wide = { ...candidates, manager: [bob.email] };
  expect(codeOf(ask({ by: other, candidates: wide }), waiting)).toBe('question-open');
});

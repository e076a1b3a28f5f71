import type { Instant, Millis } from '../../entitlement.js';
import { samePerson } from '../../person.js';
import { isPerson, isRequester, isText } from '../../record/values.js';
import { visibleLength } from '../text.js';
import type { CommandOf } from '../command.js';
import type { EventOf } from '../event.js';
import type { Pending, StageQuestion, State } from '../state.js';
import { CARDS, notTheirs, record, tell, type Decided, type EventRow } from './story.js';
import { whyDecided, whyNotTheirs, wrongDecider } from './voting.js';

// Whoever may decide the stage that is open asks the requester something first; what both say stands on record.

/** Of one request, by whomever: they are kept in HEAD. */
export const MOST_QUESTIONS = 5;
/** So long a question keeps reminders and escalation of its stage waiting for the answer. */
const PATIENCE: Millis = 30 * 60_000;

export function askQuestion(command: CommandOf<'AskQuestion'>, state: State): Decided {
  const { at, by, stage } = command;
  const refusal = whyNotTheirs(command, state);
  if (refusal) return { refusal };
  const { questions = [] } = state;
  if (waitsFor(questions, by)) return { refusal: { code: 'question-open' } };
  if (questions.length >= MOST_QUESTIONS)
    return { refusal: { code: 'too-many-questions', limit: MOST_QUESTIONS } };
  const text = command.text.trim();
  if (visibleLength(text) === 0) return { refusal: { code: 'question-missing' } };
  return record(at, { type: 'QuestionAsked', stage, text }, by);
}

export function answerQuestion(command: CommandOf<'AnswerQuestion'>, state: State): Decided {
  const { at, by, question } = command;
  const refusal = notTheirs(by, state) ?? whyDecided(state, at);
  if (refusal) return { refusal };
  const asked = state.questions?.[question - 1];
  if (!asked) return { refusal: { code: 'unknown-button' } };
  if (asked.answer) return { refusal: { code: 'already-answered' } };
  const text = command.text.trim();
  if (visibleLength(text) === 0) return { refusal: { code: 'answer-missing' } };
  return record(at, { type: 'QuestionAnswered', question, text }, by);
}

/** Whether this person still waits for an answer: each asks one thing at a time. */
function waitsFor(questions: StageQuestion[], by: StageQuestion['by']): boolean {
  return questions.some((one) => !one.answer && samePerson(one.by, by) !== 'other');
}

/** Those that wait for the requester's answer, with their numbers; of a request that is decided, none. */
export function openQuestions(state: State): { number: number; question: StageQuestion }[] {
  if (state.status !== 'pending') return [];
  return (state.questions ?? []).flatMap((question, n) =>
    question.answer ? [] : [{ number: n + 1, question }],
  );
}

/**
 * Until when reminders and escalation of a stage wait for an answer of the requester: half an hour from its first
 * question on, or until that is answered. Later questions of the stage hold nothing back, and none holds back the lapse.
 * @returns an instant that may be over; undefined where nobody has asked
 */
export function heldUntil({ questions = [] }: State, stage: string): Instant | undefined {
  const first = questions.find((question) => question.stage === stage);
  return first && Math.min(first.at + PATIENCE, first.answer?.at ?? Infinity);
}

export const QUESTIONS = {
  QuestionAsked: {
    after: { pending: true },
    recordedBy: 'people',
    members: { stage: 'always', text: 'always' },
    evolve({ at, by, stage, text }, before) {
      // Of anybody else `verify` says what is wrong.
      const more = isPerson(by) ? [{ stage, by, at, text }] : [];
      return { ...before, questions: [...(before.questions ?? []), ...more] };
    },
    owes: () => [CARDS, tell('question')],
    law: wrongQuestion,
  } satisfies EventRow<'QuestionAsked', 'pending'>,

  QuestionAnswered: {
    after: { pending: true },
    recordedBy: 'people',
    members: { question: 'always', text: 'always' },
    evolve: ({ at, question, text }, before) => ({
      ...before,
      questions: (before.questions ?? []).map((one, n) =>
        n === question - 1 ? { ...one, answer: { at, text } } : one,
      ),
    }),
    owes: () => [CARDS],
    // They waited for the answer.
    hurries: ['remind', 'escalate'],
    law: wrongAnswer,
  } satisfies EventRow<'QuestionAnswered', 'pending'>,
};

function wrongQuestion(event: EventOf<'QuestionAsked'>, before: Pending): string | undefined {
  const { by, stage, text } = event;
  if (!isPerson(by)) return 'a question was asked by nobody who could vote';
  const wrong = wrongDecider({ ...event, by }, stage, before, 'asked about');
  if (wrong) return wrong;
  const { questions = [] } = before;
  if (questions.length >= MOST_QUESTIONS) return 'more questions were asked than are let through';
  if (waitsFor(questions, by)) return `${by.email} asked again before the answer`;
  return isSaid(text) ? undefined : 'a question was asked without a word';
}

function wrongAnswer({ at, by, question, text }: EventOf<'QuestionAnswered'>, before: Pending) {
  if (!isRequester(by, before)) return 'a question was answered by somebody other than the requester';
  if (at >= before.lapsesAt) return 'a question was answered after it had lapsed';
  const asked = before.questions?.[question - 1];
  if (!asked) return 'a question was answered that nobody had asked';
  if (asked.answer) return 'a question was answered twice';
  return isSaid(text) ? undefined : 'a question was answered without a word';
}

function isSaid(text: unknown): boolean {
  return isText(text) && text.trim() === text && visibleLength(text) > 0;
}

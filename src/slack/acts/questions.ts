import type { ModalView, SectionBlock } from '@slack/types';
import type { State } from '../../domain/request/state.js';
import { visibleLength } from '../../domain/request/text.js';
import type { AnswerButton, StageButton } from '../../ports/front.js';
import {
  ANSWER,
  ANSWER_MODAL,
  answerValue,
  parseAnswerValue,
  parseStageValue,
  QUESTION,
  QUESTION_MODAL,
  stageValue,
} from '../ids.js';
import { plain, section } from '../messages/blocks.js';
import { mention, quote } from '../messages/mrkdwn.js';
import { what } from '../messages/phrases.js';
import { at, textAt } from '../wire/payload.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type Submission,
  type Told,
} from './handler-context.js';

const LONGEST_TEXT = 1000;

/** Opens the window for a question, but only to people who may decide the stage that is open. */
export async function questionClick({ actor, value, triggerId, seen }: Click, desk: Desk): Promise<Told> {
  const button = parseStageValue(value);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await desk.front.mayQuestion(actor, button, seen);
  if ('refusal' in answer) return answer;
  await desk.slack.views.open({ trigger_id: triggerId, view: questionModal(answer.ok, button) });
  return undefined;
}

export async function submitQuestion(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const button = parseStageValue(at(view, 'private_metadata'));
  const text = textIn(view, QUESTION);
  if (!button) return UNKNOWN_BUTTON;
  if (visibleLength(text) === 0) return { refusal: { code: 'question-missing' } };
  const answer = await front.question(actor, button, text, seen);
  return 'refusal' in answer ? answer : undefined;
}

/** Opens the window for the answer, but only to the requester while the question waits. */
export async function answerClick({ actor, value, triggerId, seen }: Click, desk: Desk): Promise<Told> {
  const button = parseAnswerValue(value);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await desk.front.mayAnswer(actor, button, seen);
  if ('refusal' in answer) return answer;
  await desk.slack.views.open({ trigger_id: triggerId, view: answerModal(answer.ok, button) });
  return undefined;
}

export async function submitAnswer(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const button = parseAnswerValue(at(view, 'private_metadata'));
  const text = textIn(view, ANSWER);
  if (!button) return UNKNOWN_BUTTON;
  if (visibleLength(text) === 0) return { refusal: { code: 'answer-missing' } };
  const answer = await front.answer(actor, button, text, seen);
  return 'refusal' in answer ? answer : undefined;
}

export function questionModal(state: State, button: StageButton): ModalView {
  return modal({
    callback_id: QUESTION_MODAL,
    private_metadata: stageValue(button),
    title: 'Ask a question',
    about: section(
      `${mention(state.requester)} asks for ${what(state)}. They get your question as a direct message, and you see the answer on the card.`,
    ),
    input: QUESTION,
    label: 'What do you want to know?',
    hint: 'The requester and the other approvers see it, and it is kept on record.',
  });
}

export function answerModal(state: State, button: AnswerButton): ModalView {
  const asked = state.questions?.[button.question - 1];
  const question = asked ? `${mention(asked.by)} asks about your request for ${what(state)}:` : what(state);
  return modal({
    callback_id: ANSWER_MODAL,
    private_metadata: answerValue(button),
    title: 'Answer',
    about: section(`${question}\n${quote(asked?.text ?? '', 2000)}`),
    input: ANSWER,
    label: 'Your answer',
    hint: 'The approvers see it, and it is kept on record.',
  });
}

function modal(of: {
  callback_id: string;
  private_metadata: string;
  title: string;
  about: SectionBlock;
  input: string;
  label: string;
  hint: string;
}): ModalView {
  const { callback_id, private_metadata, title, about, input, label, hint } = of;
  return {
    type: 'modal',
    callback_id,
    private_metadata,
    title: plain(title, 24),
    submit: plain('Send', 24),
    close: plain('Go back', 24),
    blocks: [
      about,
      {
        type: 'input',
        block_id: input,
        label: plain(label, 48),
        hint: plain(hint, 150),
        element: { type: 'plain_text_input', action_id: input, multiline: true, max_length: LONGEST_TEXT },
      },
    ],
  };
}

function textIn(view: unknown, input: string): string {
  return (textAt(view, 'state', 'values', input, input, 'value') ?? '').trim().slice(0, LONGEST_TEXT);
}

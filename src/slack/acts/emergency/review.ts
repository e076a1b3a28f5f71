import type { ModalView } from '@slack/types';
import type { State } from '../../../domain/request/state.js';
import { lastReview } from '../../../domain/request/stories/reviewing.js';
import type { Review } from '../../../ports/front.js';
import { parseRequestValue, REVIEW_MODAL, VERDICT, WORDS } from '../../ids.js';
import { plain, section } from '../../messages/blocks.js';
import { mention, quote } from '../../messages/mrkdwn.js';
import { nameOf } from '../../messages/phrases.js';
import { at, textAt } from '../../wire/payload.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type Submission,
  type Told,
} from '../handler-context.js';

const LONGEST_TEXT = 1000;
const SIGN_OFF = 'sign-off';
const CONTEST = 'contest';

/** Opens the window for a review, but only to people who may give it. */
export async function reviewClick(
  { actor, value, triggerId, seen }: Click,
  { front, slack }: Desk,
): Promise<Told> {
  const id = parseRequestValue(value);
  if (id === undefined) return UNKNOWN_BUTTON;
  const answer = await front.mayReview(actor, id, seen);
  if ('refusal' in answer) return answer;
  await slack.views.open({ trigger_id: triggerId, view: reviewModal(answer.ok) });
  return undefined;
}

export async function submitReview(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const id = parseRequestValue(at(view, 'private_metadata'));
  if (id === undefined) return UNKNOWN_BUTTON;
  const answer = await front.review(actor, id, parseReview(view), seen);
  return 'refusal' in answer ? answer : undefined;
}

export function reviewModal(state: State): ModalView {
  const contested = lastReview(state);
  const option = (value: string, text: string, description: string) => ({
    text: plain(text, 75),
    description: plain(description, 75),
    value,
  });
  const ways = [
    option(SIGN_OFF, 'Sign it off', 'It was an emergency, and used as one.'),
    // What is contested another reviewer can only settle.
    ...(contested ? [] : [option(CONTEST, 'Contest it', 'Say why. Their next emergency needs approval.')]),
  ];
  const before = contested
    ? [section(`${mention(contested.by)} contests it:\n${quote(contested.text ?? '', 1000)}`)]
    : [];
  return {
    type: 'modal',
    callback_id: REVIEW_MODAL,
    private_metadata: state.id,
    title: plain('Review an emergency', 24),
    submit: plain('Send', 24),
    close: plain('Go back', 24),
    blocks: [
      section(
        `${mention(state.requester)} had *${nameOf(state)}*, because:\n${quote(state.justification, 1500)}`,
      ),
      ...before,
      {
        type: 'input',
        block_id: VERDICT,
        label: plain('What do you say?', 48),
        element: {
          type: 'radio_buttons',
          action_id: VERDICT,
          options: ways,
          ...(ways.length === 1 && { initial_option: ways[0]! }),
        },
      },
      {
        type: 'input',
        block_id: WORDS,
        optional: true,
        label: plain('Why?', 48),
        hint: plain(
          `The requester sees it, and it is kept on record.${contested ? '' : ' To contest, you must say why.'}`,
          150,
        ),
        element: { type: 'plain_text_input', action_id: WORDS, multiline: true, max_length: LONGEST_TEXT },
      },
    ],
  };
}

/** What is neither signing off nor contesting counts as contesting, which takes a reason: nothing is waved through. */
export function parseReview(view: unknown): Review {
  const verdict = textAt(view, 'state', 'values', VERDICT, VERDICT, 'selected_option', 'value');
  const text = textAt(view, 'state', 'values', WORDS, WORDS, 'value') ?? '';
  return { contests: verdict !== SIGN_OFF, text: text.trim().slice(0, LONGEST_TEXT) };
}

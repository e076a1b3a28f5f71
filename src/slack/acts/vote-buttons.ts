import type { ModalView } from '@slack/types';
import type { ViewResponseAction } from '@slack/bolt';
import type { State } from '../../domain/request/state.js';
import { visibleLength } from '../../domain/text.js';
import type { StageButton } from '../../ports/front.js';
import type { Click, Desk, Submission } from './handler-context.js';
import { DENY_MODAL, parseStageValue, REASON, stageValue } from '../ids.js';
import { plain, say, section, type Message } from '../messages/blocks.js';
import { mention } from '../messages/mrkdwn.js';
import { what } from '../messages/phrases.js';
import { at, textAt } from '../wire/payload.js';
import { sentenceFor } from '../../words/refusal.js';

const LONGEST_REASON = 1000;

/** A vote, or why it does not count. The card is the engine's to update. */
export async function approveClick(
  { actor, value, seen }: Click,
  { front }: Desk,
): Promise<Message | undefined> {
  const button = parseStageValue(value);
  if (!button) return say(sentenceFor({ code: 'unknown-button' }));
  const answer = await front.approve(actor, button, seen);
  return 'refusal' in answer ? say(sentenceFor(answer.refusal)) : undefined;
}

/** Asks for the reason, but only people who may deny. */
export async function denyClick(
  { actor, value, triggerId }: Click,
  { front, slack }: Desk,
): Promise<Message | undefined> {
  const button = parseStageValue(value);
  if (!button) return say(sentenceFor({ code: 'unknown-button' }));
  const answer = await front.mayDeny(actor, button);
  if ('refusal' in answer) return say(sentenceFor(answer.refusal));
  await slack.views.open({ trigger_id: triggerId, view: denyModal(answer.ok, button) });
  return undefined;
}

export async function submitDenial(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<ViewResponseAction | undefined> {
  const { button, reason } = parseDenial(view);
  if (!button) return errors(sentenceFor({ code: 'unknown-button' }));
  if (visibleLength(reason) === 0) return errors(sentenceFor({ code: 'reason-missing' }));
  const answer = await front.deny(actor, button, reason, seen);
  return 'refusal' in answer ? errors(sentenceFor(answer.refusal)) : undefined;
}

export function denyModal(state: State, button: StageButton): ModalView {
  return {
    type: 'modal',
    callback_id: DENY_MODAL,
    private_metadata: stageValue(button),
    title: plain('Deny this request', 24),
    submit: plain('Deny', 24),
    close: plain('Go back', 24),
    blocks: [
      section(`${mention(state.requester)} asks for ${what(state)}. Your denial closes the request.`),
      {
        type: 'input',
        block_id: REASON,
        label: plain('Why?', 48),
        hint: plain('The requester sees it, and it is kept on record.', 150),
        element: { type: 'plain_text_input', action_id: REASON, multiline: true, max_length: LONGEST_REASON },
      },
    ],
  };
}

export function parseDenial(view: unknown): { button: StageButton | undefined; reason: string } {
  const reason = textAt(view, 'state', 'values', REASON, REASON, 'value') ?? '';
  return {
    button: parseStageValue(at(view, 'private_metadata')),
    reason: reason.trim().slice(0, LONGEST_REASON),
  };
}

function errors(text: string): ViewResponseAction {
  return { response_action: 'errors', errors: { [REASON]: text } };
}

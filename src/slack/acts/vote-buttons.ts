import type { ModalView } from '@slack/types';
import { isExtending } from '../../domain/request/extension.js';
import type { State } from '../../domain/request/state.js';
import { visibleLength } from '../../domain/request/text.js';
import type { StageButton } from '../../ports/front.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type Submission,
  type Told,
} from './handler-context.js';
import { showPending } from './home.js';
import { DENY_MODAL, parseStageValue, REASON, stageValue } from '../ids.js';
import { plain, section } from '../messages/blocks.js';
import { mention } from '../messages/mrkdwn.js';
import { whatMore } from '../messages/parts/extension.js';
import { what } from '../messages/phrases.js';
import { at, textAt } from '../wire/payload.js';

const LONGEST_REASON = 1000;

/** A vote, or why it does not count. The card is the engine's to update; a list that they asked for is drawn anew. */
export async function approveClick({ actor, value, seen, inList }: Click, desk: Desk): Promise<Told> {
  const button = parseStageValue(value);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await desk.front.approve(actor, button, seen);
  if ('refusal' in answer) return answer;
  return inList ? showPending({ actor }, desk) : undefined;
}

/** Asks for the reason, but only people who may deny. */
export async function denyClick(
  { actor, value, triggerId, seen }: Click,
  { front, slack }: Desk,
): Promise<Told> {
  const button = parseStageValue(value);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await front.mayDeny(actor, button, seen);
  if ('refusal' in answer) return answer;
  await slack.views.open({ trigger_id: triggerId, view: denyModal(answer.ok, button) });
  return undefined;
}

export async function submitDenial(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const { button, reason } = parseDenial(view);
  if (!button) return UNKNOWN_BUTTON;
  if (visibleLength(reason) === 0) return { refusal: { code: 'reason-missing' } };
  const answer = await front.deny(actor, button, reason, seen);
  return 'refusal' in answer ? answer : undefined;
}

export function denyModal(state: State, button: StageButton): ModalView {
  const extension = isExtending(state) ? state.extension : undefined;
  return {
    type: 'modal',
    callback_id: DENY_MODAL,
    private_metadata: stageValue(button),
    title: plain(extension ? 'Deny the extension' : 'Deny this request', 24),
    submit: plain('Deny', 24),
    close: plain('Go back', 24),
    blocks: [
      section(
        extension
          ? `${mention(state.requester)} asks for ${whatMore(state, extension)}. After your denial the access ends as before.`
          : `${mention(state.requester)} asks for ${what(state)}. Your denial closes the request.`,
      ),
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

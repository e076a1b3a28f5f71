import type { ModalView, PlainTextOption } from '@slack/types';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import type { State } from '../../domain/request/state.js';
import type { StageButton } from '../../ports/front.js';
import { DURATION, parseStageValue, SHORTEN_MODAL, stageValue } from '../ids.js';
import { spelled } from '../../words/english.js';
import { plain, section } from '../messages/blocks.js';
import { whatItAmountsTo } from '../messages/high-risk.js';
import { free, mention } from '../messages/mrkdwn.js';
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

/** Slack takes no more in one select. */
const LONGEST_SELECT = 100;

/** Asks for how long instead, but only people who may approve it. */
export async function shortenClick(
  { actor, value, triggerId, seen }: Click,
  { front, slack, bundle }: Desk,
): Promise<Told> {
  const button = parseStageValue(value);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await front.mayShorten(actor, button, seen);
  if ('refusal' in answer) return answer;
  const { state, durations } = answer.ok;
  const view = shortenModal(state, button, durations, bundle().directory);
  await slack.views.open({ trigger_id: triggerId, view });
  return undefined;
}

export async function submitShorter(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const { button, duration } = parseShorter(view);
  if (!button) return UNKNOWN_BUTTON;
  const answer = await front.shorten(actor, button, duration, seen);
  return 'refusal' in answer ? answer : undefined;
}

/** @param durations those to choose from: at least one */
export function shortenModal(
  state: State,
  button: StageButton,
  durations: Millis[],
  directory: DirectoryConfig,
): ModalView {
  const longest = Math.max(...durations);
  const sure =
    state.entitlement.risk === 'high'
      ? [section(free(whatItAmountsTo(state, directory, longest), 1000))]
      : [];
  return {
    type: 'modal',
    callback_id: SHORTEN_MODAL,
    private_metadata: stageValue(button),
    title: plain('Approve for less', 24),
    submit: plain('Approve', 24),
    close: plain('Go back', 24),
    blocks: [
      section(
        `${mention(state.requester)} asks for ${what(state)}. This approves it for less, and tells them so; they can still cancel it.`,
      ),
      ...sure,
      {
        type: 'input',
        block_id: DURATION,
        label: plain('For how long?', 48),
        element: {
          type: 'static_select',
          action_id: DURATION,
          placeholder: plain('Choose…', 150),
          options: durations.slice(0, LONGEST_SELECT).map(option),
          // Where there is no choice, nobody need make one.
          ...(durations.length === 1 && { initial_option: option(longest) }),
        },
      },
    ],
  };
}

function option(duration: Millis): PlainTextOption {
  return { text: plain(spelled(duration), 75), value: formatDuration(duration) };
}

export function parseShorter(view: unknown): { button: StageButton | undefined; duration: string } {
  const value = at(view, 'state', 'values', DURATION, DURATION);
  return {
    button: parseStageValue(at(view, 'private_metadata')),
    duration: textAt(value, 'selected_option', 'value') ?? '',
  };
}

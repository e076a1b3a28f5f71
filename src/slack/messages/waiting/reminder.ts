import type { Stage } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Candidate } from '../../../ports/people.js';
import type { RequestView } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { context, section, type Message } from '../blocks.js';
import { free, mention, when } from '../mrkdwn.js';
import { escalationsOf } from '../parts/escalation.js';
import { standsInFor } from '../parts/stand-ins.js';
import { stageName, what } from '../phrases.js';

/**
 * For one who may still decide: what waits, until when, and the way to its card. It has no buttons, which would outlive
 * what they are for.
 * @param link to the card, as mrkdwn; absent where Slack gives none
 */
export function reminderFor(
  view: RequestView,
  { name }: Stage,
  reader: Candidate,
  link: string | undefined,
): Message {
  const { state } = view;
  const standIn = standsInFor(view, name, reader.account?.id);
  const head = `Still waiting for you: ${mention(state.requester)} asks for ${what(state)}.`;
  const lines = [
    head,
    ...(standIn ? [`You stand in for ${mention(standIn.for)}, who is away.`] : []),
    `If nobody decides by ${when(state.lapsesAt)}, it lapses.`,
  ];
  const ways = [...(link === undefined ? [] : [link]), '/jit pending shows all that waits for you'];
  return { text: head, blocks: [section(lines.join('\n')), context(ways.join(' · '))] };
}

/** For the thread of a card: whom it waits for, without a mention, so that no phone buzzes. */
export function reminderInThread(
  { state }: Pick<RequestView, 'state'>,
  stage: Stage,
  directory: DirectoryConfig,
): Message {
  const others = escalationsOf(state, stage.name).map(({ to }) => free(to, 100));
  const who = list([stageName(stage, directory), ...others], 'or');
  const text = `Still waiting for ${who}. If nobody decides by ${when(state.lapsesAt)}, it lapses.`;
  return { text, blocks: [section(text)] };
}

import type { DirectoryConfig } from '../../../domain/directory.js';
import { lastReview } from '../../../domain/request/stories/reviewing.js';
import type { State } from '../../../domain/request/state.js';
import type { EmergencyAlert } from '../../../ports/messages.js';
import { COMMAND } from '../../ids.js';
import { context, reference, section, type Message } from '../blocks.js';
import { code, mention, quote, when } from '../mrkdwn.js';
import { passedOver } from '../parts/emergency.js';
import { nameOf, what } from '../phrases.js';

/**
 * For one person, or the thread of the card: what they should know, and the way to it.
 * @param link as mrkdwn; absent where Slack gives none
 */
export function alertMessage(
  state: State,
  { what: news, others }: Pick<EmergencyAlert, 'what' | 'others'>,
  directory: DirectoryConfig,
  link?: string,
): Message {
  const [head, ...more] = NEWS[news](state, directory);
  const ways = [
    ...(link === undefined ? [] : [link]),
    ...(others > 0 ? [`${others} more read it there`] : []),
  ];
  return {
    text: head,
    blocks: [
      section([head, ...more].join('\n')),
      ...(ways.length > 0 ? [context(ways.join(' · '))] : []),
      reference(state),
    ],
  };
}

type Lines = [head: string, ...more: string[]];

const NEWS: Record<EmergencyAlert['what'], (state: State, directory: DirectoryConfig) => Lines> = {
  'passed-over': (state) => [
    `${mention(state.requester)} got ${what(state)} without your approval.`,
    quote(state.justification, 1000),
    passedOver(state) ?? '',
    `If it is no emergency, end the access with ${code(`${COMMAND} revoke ${state.id}`)}, where policy permits you that.`,
  ],
  'review-overdue': (state, { emergency }) => {
    const last = lastReview(state);
    const since = last?.at ?? (state.status === 'closed' ? state.closedAt : undefined);
    const due = emergency && since !== undefined ? since + emergency.review.within : undefined;
    const name = `*${nameOf(state)}* of ${mention(state.requester)}`;
    const head = last
      ? `${name} is contested by ${mention(last.by)}, and nobody has settled it.`
      : `Nobody has reviewed ${name} yet.`;
    return [head, ...(due === undefined ? [] : [`It was due ${when(due)}.`])];
  },
};

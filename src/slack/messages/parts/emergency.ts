import { formatChain } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { State } from '../../../domain/request/state.js';
import { lastReview, needsReview } from '../../../domain/request/stories/reviewing.js';
import { free, line, mention, when } from '../mrkdwn.js';

/** What would have been without the emergency; undefined of what is none. */
export function passedOver({ emergency, passedOver: chain }: State): string | undefined {
  if (!emergency) return undefined;
  return chain
    ? `Without the emergency, it would have needed approval from ${free(chain.map((stage) => formatChain([stage])).join(', then '), 300)}.`
    : 'Without the emergency, policy would have refused it.';
}

/** How far the review of an emergency is that was active, in lines; of any other request none. @param reader of the lines */
export function reviewOf(
  state: State,
  { emergency }: Pick<DirectoryConfig, 'emergency'>,
  reader: 'requester' | 'others' = 'others',
): string[] {
  if (state.status !== 'closed' || !state.owesReview) return [];
  const last = lastReview(state);
  if (!last) return [owed(state.closedAt, emergency)];
  const words = last.text === undefined ? [] : [`>${line(last.text, 1000)}`];
  const verb = last.verdict === 'contested' ? 'Contested' : 'Signed off';
  const gets = reader === 'requester' ? 'you get' : `${mention(state.requester)} gets`;
  const next =
    last.verdict === 'contested'
      ? [`Until another reviewer signs it off, ${gets} no emergency access without approval.`]
      : [];
  return [`*${verb}* by ${mention(last.by)} ${when(last.at)}.`, ...words, ...next];
}

function owed(closedAt: number, rules: DirectoryConfig['emergency']): string {
  return rules
    ? `Its review by ${free(rules.review.by, 100)} is due ${when(closedAt + rules.review.within)}.`
    : 'Nobody has reviewed it yet.';
}

/** For the requester: that others hear of it, and what comes afterwards. */
export function aboutEmergency(state: State, directory: Pick<DirectoryConfig, 'emergency'>): string[] {
  const { emergency } = directory;
  if (!state.emergency) return [];
  if (state.status === 'closed') return reviewOf(state, directory, 'requester');
  if (!emergency) return ['It is an emergency.'];
  return [
    `It is an emergency: <#${emergency.channel}> hears of it, and ${free(emergency.review.by, 100)} reviews it once it is over.`,
  ];
}

/** Whether the card of its review has a button. */
export const isReviewable = needsReview;

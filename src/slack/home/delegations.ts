import type { Button, SectionBlock } from '@slack/types';
import type { Home } from '../../ports/front.js';
import { list } from '../../words/english.js';
import { BACK_BUTTON } from '../ids.js';
import { plain, section } from '../messages/blocks.js';
import { mention, when } from '../messages/mrkdwn.js';

/** So many people are named; more at once do not happen often. */
const NAMED = 20;

/** Who stands in for this person, and for whom they do: two sections at most, none where nobody is away. */
export function delegationsIn({ delegations: { mine, forMe } }: Pick<Home, 'delegations'>): SectionBlock[] {
  return [
    ...(mine
      ? [section(`*You are away*: ${mention(mine.to)} stands in for you until ${when(mine.until)}.`, BACK)]
      : []),
    ...(forMe.length > 0 ? [section(`You stand in for ${forWhom(forMe)}.`)] : []),
  ];
}

/** Of whoever presses it, so it names nobody. */
const BACK: Button = { type: 'button', action_id: BACK_BUTTON, text: plain('I’m back', 75) };

function forWhom(forMe: Home['delegations']['forMe']): string {
  const shown = forMe.slice(0, NAMED).map(({ from, until }) => `${mention(from)} until ${when(until)}`);
  const left = forMe.length - shown.length;
  return list(left > 0 ? [...shown, `${left} more`] : shown);
}

import type { Button, SectionBlock } from '@slack/types';
import type { Delegation } from '../../domain/delegation.js';
import type { Home } from '../../ports/front.js';
import { list } from '../../words/english.js';
import { BACK_BUTTON } from '../ids.js';
import { button, confirm, plain, section } from '../messages/blocks.js';
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

/** Those of others, each with the button that ends it, for whoever may: as many as fit into a message beside what waits. */
export function othersIn(away: Delegation[]): SectionBlock[] {
  if (away.length === 0) return [];
  const left = away.length - NAMED;
  const more = left > 0 ? ` ${left} more: /jit back @name ends theirs.` : '';
  return [
    section(`*Away now*, and you may end it.${more}`),
    ...away
      .slice(0, NAMED)
      .map(({ from, to, until }) =>
        section(
          `${mention(from)} is away until ${when(until)}. ${mention(to)} stands in for them.`,
          button(BACK_BUTTON, 'End it', from.account.id, { confirm: SURE }),
        ),
      ),
  ];
}

const SURE = confirm(
  'End this delegation?',
  'Both of them are told, and so are the stages’ channels.',
  'End it',
);

/** Of whoever presses it, so it names nobody. */
const BACK: Button = { type: 'button', action_id: BACK_BUTTON, text: plain('I’m back', 75) };

function forWhom(forMe: Home['delegations']['forMe']): string {
  const shown = forMe.slice(0, NAMED).map(({ from, until }) => `${mention(from)} until ${when(until)}`);
  const left = forMe.length - shown.length;
  return list(left > 0 ? [...shown, `${left} more`] : shown);
}

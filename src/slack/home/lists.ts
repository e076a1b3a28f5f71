import type { Button } from '@slack/types';
import { openStage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { rowOf } from '../../domain/objects.js';
import { isLive, type State } from '../../domain/request/state.js';
import type { GrantKind } from '../../ports/access.js';
import type { Home } from '../../ports/front.js';
import { stageValue } from '../ids.js';
import { button, confirm } from '../messages/blocks.js';
import { againButton, buttonsOf, explainButton } from '../messages/buttons.js';
import { whatItAmountsTo } from '../messages/high-risk.js';
import { mention, quote, whenAndHowLong } from '../messages/mrkdwn.js';
import { nameOf, standing, what } from '../messages/phrases.js';

/** One list of App Home. */
interface HomeList {
  heading: string;
  /** What is said where there is none. */
  none: string;
  /** So many stand in App Home; the rest is paged through. */
  most: number;
  of(home: Home): State[];
  /** How many there are, where not each of them was read. */
  count?(home: Home): number;
  /** There are more than those. */
  more(home: Home): boolean;
  about(state: State, home: Home): string;
  /** First what somebody most likely wants. */
  buttons(state: State, kinds: readonly GrantKind[]): Button[];
  /** What is asked once more before any of them. */
  sure?(state: State, directory: DirectoryConfig): Button['confirm'];
}

const showButton = ({ id }: State): Button => button('status', 'Show', id);
const never = () => false;

/** In the order in which they stand there. */
export const LISTS = {
  live: {
    heading: 'Your access',
    none: 'You have no access now.',
    most: 40,
    of: ({ open }) => open.filter((state) => isLive(state) || state.status === 'ending'),
    more: never,
    about: (state) =>
      state.status === 'active'
        ? `*${nameOf(state)}*\nuntil ${whenAndHowLong(state.lease.endsAt)}`
        : `*${nameOf(state)}*\n${standing(state)}`,
    buttons: (state, kinds) => [...buttonsOf(state, kinds), showButton(state)],
  },
  waiting: {
    heading: 'Waiting for you to decide',
    none: 'Nothing is waiting for you.',
    most: 20,
    of: ({ waiting }) => waiting,
    more: ({ unseen }) => unseen,
    about: (state, home) =>
      [
        `${mention(state.requester)} asks for ${what(state)}, ${state.entitlement.risk} risk`,
        ...forWhom(state, home),
        quote(state.justification, 300),
        standing(state),
      ].join('\n'),
    buttons: (state) => [...decisions(state), explainButton(state), showButton(state)],
    sure: (state, directory) =>
      state.entitlement.risk === 'high'
        ? confirm('High risk: go on with your choice?', whatItAmountsTo(state, directory), 'Go on')
        : undefined,
  },
  pending: {
    heading: 'Your pending requests',
    none: 'You have no pending requests.',
    most: 10,
    of: ({ open }) => open.filter(({ status }) => status === 'pending'),
    more: never,
    about: (state) => `${what(state)}\n${standing(state)}`,
    buttons: (state, kinds) => [...buttonsOf(state, kinds), explainButton(state), showButton(state)],
  },
  past: {
    heading: 'Past requests',
    none: 'You have no past requests.',
    most: 20,
    of: ({ closed }) => closed,
    count: ({ closedCount }) => closedCount,
    more: ({ more }) => more,
    about: (state) => `${what(state)}\n${standing(state)}`,
    buttons: (state) => [againButton(state), showButton(state), explainButton(state)],
  },
} satisfies Record<string, HomeList>;

/** Of what waits for somebody else, who is away. */
function forWhom({ id }: State, { delegated }: Home): string[] {
  const away = rowOf(delegated, id);
  return away ? [`For ${mention(away)}, who is away`] : [];
}

export type ListName = keyof typeof LISTS;

export function listOf(name: ListName): HomeList {
  return LISTS[name];
}

function decisions(state: State): Button[] {
  const open = openStage(state);
  if (!open) return [];
  const value = stageValue({ id: state.id, stage: open.name, revision: state.revision });
  return [button('approve', 'Approve', value), button('deny', 'Deny…', value)];
}

export function sizeOf(list: HomeList, home: Home): number {
  return list.count?.(home) ?? list.of(home).length;
}

/** `(3)`; where there are more than were counted: `(200 and more)`. */
export function countOf(name: ListName, home: Home): string {
  const list = listOf(name);
  const count = sizeOf(list, home);
  return list.more(home) ? `(${count} and more)` : `(${count})`;
}

import { formatDuration, parseDuration } from '../../duration.js';
import type { Millis } from '../../entitlement.js';
import { isPerson } from '../../record/values.js';
import type { CommandOf } from '../command.js';
import type { EventOf } from '../event.js';
import type { Pending, State } from '../state.js';
import { tell, type Decided, type EventRow } from './story.js';
import { voteOf, whyNoVote, wrongDecider } from './voting.js';

// An approver agrees to less time than was asked for. It is a vote like any other, and those that were given stay.

/** What an approver can give instead of all that is asked for; shortest first. */
export function shorterThan(duration: Millis, offered: readonly Millis[]): Millis[] {
  return offered.filter((one) => one < duration).sort((a, b) => a - b);
}

/** The shorter time and the vote go on record together, or neither does. */
export function shorten(command: CommandOf<'Shorten'>, state: State): Decided {
  const { at, by, stage, to, offered } = command;
  const refusal = whyNoVote(command, state);
  if (refusal) return { refusal };
  const { duration: from } = state;
  const shorter = shorterThan(from, offered);
  if (!shorter.includes(to)) return { refusal: { code: 'not-shorter', duration: from, shorter } };
  return {
    events: [
      { type: 'DurationShortened', at, by, from, to, stage },
      { type: 'Voted', at, by, vote: voteOf(command) },
    ],
  };
}

export const SHORTENING = {
  DurationShortened: {
    after: { pending: true },
    recordedBy: 'people',
    members: { from: 'always', to: 'always', stage: 'always' },
    evolve({ at, by, from, to, stage }, before) {
      // Of anybody else `verify` says what is wrong.
      const more = isPerson(by) ? [{ stage, by, at, from, to }] : [];
      return { ...before, duration: to, shortened: [...(before.shortened ?? []), ...more] };
    },
    // The vote that follows owes the cards and the confirmation.
    owes: () => [tell('shortened')],
    law: wrongShortening,
  } satisfies EventRow<'DurationShortened', 'pending'>,
};

function wrongShortening(event: EventOf<'DurationShortened'>, before: Pending): string | undefined {
  const { by, from, to, stage } = event;
  if (!isPerson(by)) return 'it was shortened by nobody who could vote';
  const wrong = wrongDecider({ ...event, by }, stage, before, 'shortened');
  if (wrong) return wrong;
  if (from !== before.duration) return 'it was shortened from another duration than it had';
  if (!(to < from)) return 'it was shortened to no less than it had';
  return parseDuration(formatDuration(to)) === to ? undefined : 'it was shortened to what no catalog offers';
}

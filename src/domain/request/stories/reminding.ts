import type { Instant, Millis } from '../../entitlement.js';
import type { CommandOf } from '../command.js';
import type { EventOf } from '../event.js';
import type { Pending, State } from '../state.js';
import { NOTHING, record, waitingStage, type Decided, type EventRow } from './story.js';

// A stage waits: whoever may still decide is reminded, in rounds that come more and more seldom.

const HOUR: Millis = 3_600_000;
/** Between the first round and the second, and from then on. */
const GAPS = [HOUR, 4 * HOUR] as const;

/** How many rounds there have been since this stage began to wait. */
export function roundsOf({ reminders }: State, stage: string): number {
  return reminders?.stage === stage ? reminders.rounds : 0;
}

/**
 * When the next round is due: after `remind`, then an hour later, then every four hours, and never sooner one after
 * another than `remind`. It counts from the round before as it truly was, so that an outage is followed by one round.
 * @param since when the stage began to wait
 */
export function nextRound(state: State, stage: string, since: Instant, remind: Millis): Instant {
  const { reminders } = state;
  const rounds = roundsOf(state, stage);
  if (!reminders || rounds === 0) return since + remind;
  return reminders.at + Math.max(remind, GAPS[Math.min(rounds, GAPS.length) - 1]!);
}

export function recordReminders({ at, stage, round }: CommandOf<'RecordReminders'>, state: State): Decided {
  const isDue = waitingStage(state) === stage && round === roundsOf(state, stage) + 1 && at < state.lapsesAt;
  return isDue ? record(at, { type: 'Reminded', stage, round }) : NOTHING;
}

export const REMINDING = {
  Reminded: {
    after: { pending: true },
    members: { stage: 'always', round: 'always' },
    evolve: ({ at, stage, round }, before) => ({ ...before, reminders: { stage, rounds: round, at } }),
    owes: () => [],
    law: wrongReminder,
  } satisfies EventRow<'Reminded', 'pending'>,
};

function wrongReminder({ at, stage, round }: EventOf<'Reminded'>, before: Pending): string | undefined {
  const open = waitingStage(before);
  if (open !== stage) return `people were reminded of ${stage} while ${open ?? 'no stage'} waited`;
  if (at >= before.lapsesAt) return 'people were reminded after it had lapsed';
  return round === roundsOf(before, stage) + 1
    ? undefined
    : 'a round of reminders was counted twice, or left out';
}

import { isText } from '../../record/values.js';
import { isComplete } from '../progress.js';
import type { Reason, State } from '../state.js';
import { CARDS, CONFIRM, NOTHING, record } from './story.js';
import type { Decided, EventRow, Happened, Commanded } from './story.js';
import type { RequestDenied } from './voting.js';

// Before approvers are disturbed, the engine checks that the grant fits into AWS's limits.

interface PassPreflight extends Commanded {
  type: 'PassPreflight';
  note?: string;
}
interface FailPreflight extends Commanded {
  type: 'FailPreflight';
  reason: Reason;
}
export type CheckingCommand = PassPreflight | FailPreflight;

interface PreflightPassed extends Happened {
  type: 'PreflightPassed';
  note?: string;
}
export type CheckingEvent = PreflightPassed;

export function passPreflight({ at, note }: PassPreflight, state: State): Decided<PreflightPassed> {
  if (state.status !== 'pending' || state.checked) return NOTHING;
  return record(at, { type: 'PreflightPassed', ...(note && { note }) });
}

export function failPreflight({ at, reason }: FailPreflight, state: State): Decided<RequestDenied> {
  if (state.status !== 'pending' || state.checked) return NOTHING;
  return record(at, { type: 'RequestDenied', reason });
}

export const CHECKING = {
  PreflightPassed: {
    after: { pending: true },
    recordedBy: 'program',
    members: { note: 'sometimes' },
    evolve: (_, before) => ({ ...before, checked: true }),
    // A vote may have come first: whoever completes the conditions owes the confirmation.
    owes: (_, state) => (isComplete(state) ? [CONFIRM] : [CARDS]),
    law: ({ note }, before) => {
      if (before.checked) return 'it was checked against AWS’s limits twice';
      return note === undefined || isText(note) ? undefined : 'its note is empty';
    },
  } satisfies EventRow<PreflightPassed, 'pending'>,
};

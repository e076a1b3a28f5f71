import { isEarly } from '../../lease.js';
import { isText } from '../../record/values.js';
import { isComplete } from '../../chain.js';
import {
  CARDS,
  confirmation,
  LIVING,
  NOTHING,
  record,
  waits,
  type Decisions,
  type EventRow,
} from './story.js';

// Before approvers are disturbed, the engine checks that the grant fits into AWS's limits.

export const CHECKING_COMMANDS: Decisions<'PassPreflight' | 'FailPreflight'> = {
  PassPreflight({ at, note }, state) {
    if (state.status !== 'pending' || state.checked) return NOTHING;
    return record(at, { type: 'PreflightPassed', ...(note && { note }) });
  },
  FailPreflight({ at, reason }, state) {
    if (state.status !== 'pending' || state.checked) return NOTHING;
    return record(at, { type: 'RequestDenied', reason });
  },
};

export const CHECKING = {
  PreflightPassed: {
    after: { pending: true },
    members: { note: 'sometimes' },
    evolve: (_, before) => ({ ...before, checked: true }),
    // A vote may have come first: whoever completes the conditions owes the confirmation.
    owes(event, state) {
      if (!isComplete(state)) return [CARDS, ...waits(event, state)];
      return [confirmation(state, event.at), ...(isEarly(state, event.at) ? [LIVING] : [])];
    },
    law: ({ note }, before) => {
      if (before.checked) return 'it was checked against AWS’s limits twice';
      return note === undefined || isText(note) ? undefined : 'its note is empty';
    },
  } satisfies EventRow<'PreflightPassed', 'pending'>,
};

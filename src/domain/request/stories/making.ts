import type { Instant, Millis } from '../../entitlement.js';
import { isFrom, tooLate } from '../../record/past.js';
import type { State } from '../state.js';
import { extendedNow } from './extending.js';
import { CARDS, impossible, NOTHING, record, tell, type Decisions, type EventRow } from './story.js';

// The engine makes the access: first the attempt is on record, then AWS is called, then what it gave back is recorded.

export const MAKING_COMMANDS: Decisions<'AttemptProvision' | 'RecordProvisioned' | 'FailProvision'> = {
  AttemptProvision({ at, until }, state) {
    const { lease } = 'lease' in state ? state : {};
    const isOwed = state.status === 'approved' && lease !== undefined && at < lease.endsAt;
    return isOwed || mayReplace({ until }, state)
      ? record(at, { type: 'ProvisionAttempted', until })
      : NOTHING;
  },
  RecordProvisioned: ({ at, receipt }, state) =>
    state.status === 'approved' || isReplacing(state)
      ? record(at, { type: 'GrantProvisioned', receipt })
      : NOTHING,
  FailProvision: ({ at, reason }, { status }) =>
    status === 'approved' ? record(at, { type: 'RevocationStarted', cause: 'failed', reason }) : NOTHING,
};

/** Whether what AWS has is to bear a new end, which it does not yet. */
function isReplacing(state: State): boolean {
  return state.status === 'active' && state.extension?.agreed !== undefined;
}

/** Whether access is to be made, or to be made anew. */
function isMaking(state: State): boolean {
  return state.status === 'approved' || isReplacing(state);
}

/** What is begun has landed before the old end, or never will: then it is known by which end AWS goes. */
function mayReplace({ until }: { until: Instant }, state: State): boolean {
  return (
    state.status === 'active' &&
    state.extension?.agreed !== undefined &&
    until <= state.extension.agreed.from.endsAt
  );
}

/** A call that has been begun has landed by then, or never will: one that claims to last longer puts the proof off. */
const LONGEST_CALL: Millis = 300_000;

export const MAKING = {
  ProvisionAttempted: {
    after: { approved: true, active: true },
    members: { until: 'always' },
    evolve: ({ type, until }, before) =>
      isMaking(before)
        ? { ...before, settledBy: Math.max(before.settledBy, until) }
        : impossible(type, before),
    owes: () => [],
    law: ({ at, until }, before) => {
      const late = tooLate(at, before);
      if (isReplacing(before) && !mayReplace({ until }, before))
        return 'an attempt to make it longer could have landed after the old end';
      if (late || !isFrom(2, before) || (until > at && until <= at + LONGEST_CALL)) return late;
      return 'an attempt to make access says that it lasts as long as no call does';
    },
  } satisfies EventRow<'ProvisionAttempted', 'approved' | 'active'>,

  GrantProvisioned: {
    after: { approved: true, active: true },
    members: { receipt: 'always' },
    evolve({ type, at, receipt }, before) {
      if (!isMaking(before)) return impossible(type, before);
      return before.status === 'active'
        ? extendedNow({ ...before, receipt }, at)
        : { ...before, status: 'active', activeAt: at, receipt, warned: false, mints: 0 };
    },
    // It was extended only if this is not the first time that it is made.
    owes: (_, state) => [CARDS, tell(state.extended ? 'extended' : 'active')],
    law: (_event, _before, past) =>
      past.counts.ProvisionAttempted > 0 ? undefined : 'access was made without an attempt on record',
  } satisfies EventRow<'GrantProvisioned', 'approved' | 'active'>,
};

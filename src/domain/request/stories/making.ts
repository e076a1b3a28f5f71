import type { Millis } from '../../entitlement.js';
import { isFrom, tooLate } from '../../record/past.js';
import { CARDS, NOTHING, record, tell, type Decisions, type EventRow } from './story.js';

// The engine makes the access: first the attempt is on record, then AWS is called, then what it gave back is recorded.

export const MAKING_COMMANDS: Decisions<'AttemptProvision' | 'RecordProvisioned' | 'FailProvision'> = {
  AttemptProvision({ at, until }, state) {
    if (state.status !== 'approved' || at >= state.lease.endsAt) return NOTHING;
    return record(at, { type: 'ProvisionAttempted', until });
  },
  RecordProvisioned: ({ at, receipt }, { status }) =>
    status === 'approved' ? record(at, { type: 'GrantProvisioned', receipt }) : NOTHING,
  FailProvision: ({ at, reason }, { status }) =>
    status === 'approved' ? record(at, { type: 'RevocationStarted', cause: 'failed', reason }) : NOTHING,
};

/** A call that has been begun has landed by then, or never will: one that claims to last longer puts the proof off. */
const LONGEST_CALL: Millis = 300_000;

export const MAKING = {
  ProvisionAttempted: {
    after: { approved: true },
    members: { until: 'always' },
    evolve: ({ until }, before) => ({ ...before, settledBy: Math.max(before.settledBy, until) }),
    owes: () => [],
    law: ({ at, until }, before) => {
      const late = tooLate(at, before);
      if (late || !isFrom(2, before) || (until > at && until <= at + LONGEST_CALL)) return late;
      return 'an attempt to make access says that it lasts as long as no call does';
    },
  } satisfies EventRow<'ProvisionAttempted', 'approved'>,

  GrantProvisioned: {
    after: { approved: true },
    members: { receipt: 'always' },
    evolve: ({ at, receipt }, before) => ({
      ...before,
      status: 'active',
      activeAt: at,
      receipt,
      warned: false,
      mints: 0,
    }),
    owes: () => [CARDS, tell('active')],
    law: (_event, _before, past) =>
      past.counts.ProvisionAttempted > 0 ? undefined : 'access was made without an attempt on record',
  } satisfies EventRow<'GrantProvisioned', 'approved'>,
};

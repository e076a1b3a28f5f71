import type { Instant, Millis } from '../../entitlement.js';
import { isFrom } from '../../record/past.js';
import { tooLate } from '../../record/time.js';
import type { Reason, Receipt, State } from '../state.js';
import type { RevocationStarted } from './ending.js';
import { CARDS, NOTHING, record, tell } from './story.js';
import type { Decided, EventRow, Happened, Commanded } from './story.js';

// The engine makes the access: first the attempt is on record, then AWS is called, then what it gave back is recorded.

interface AttemptProvision extends Commanded {
  type: 'AttemptProvision';
  until: Instant;
}
interface RecordProvisioned extends Commanded {
  type: 'RecordProvisioned';
  receipt: Receipt;
}
interface FailProvision extends Commanded {
  type: 'FailProvision';
  reason: Reason;
}
export type MakingCommand = AttemptProvision | RecordProvisioned | FailProvision;

interface ProvisionAttempted extends Happened {
  type: 'ProvisionAttempted';
  /** When a call that begins now has landed, or never will. */
  until: Instant;
}
interface GrantProvisioned extends Happened {
  type: 'GrantProvisioned';
  receipt: Receipt;
}
export type MakingEvent = ProvisionAttempted | GrantProvisioned;

export function attemptProvision({ at, until }: AttemptProvision, state: State): Decided<ProvisionAttempted> {
  if (state.status !== 'approved' || at >= state.lease.endsAt) return NOTHING;
  return record(at, { type: 'ProvisionAttempted', until });
}

export function recordProvisioned(
  { at, receipt }: RecordProvisioned,
  state: State,
): Decided<GrantProvisioned> {
  if (state.status !== 'approved') return NOTHING;
  return record(at, { type: 'GrantProvisioned', receipt });
}

export function failProvision({ at, reason }: FailProvision, state: State): Decided<RevocationStarted> {
  if (state.status !== 'approved') return NOTHING;
  return record(at, { type: 'RevocationStarted', cause: 'failed', reason });
}

/** A call that has been begun has landed by then, or never will: one that claims to last longer puts the proof off. */
const LONGEST_CALL: Millis = 300_000;

export const MAKING = {
  ProvisionAttempted: {
    after: { approved: true },
    recordedBy: 'program',
    members: { until: 'always' },
    evolve: ({ until }, before) => ({ ...before, settledBy: Math.max(before.settledBy, until) }),
    owes: () => [],
    law: ({ at, until }, before) => {
      const late = tooLate(at, before);
      if (late) return late;
      if (isFrom(2, before) && !(until > at && until <= at + LONGEST_CALL))
        return 'an attempt to make access says that it lasts as long as no call does';
      return undefined;
    },
  } satisfies EventRow<ProvisionAttempted, 'approved'>,

  GrantProvisioned: {
    after: { approved: true },
    recordedBy: 'program',
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
  } satisfies EventRow<GrantProvisioned, 'approved'>,
};

import type { Instant } from '../../entitlement.js';
import { AHEAD, FURTHEST_START, isEarly } from '../../lease.js';
import { confirming, type Past } from '../../record/past.js';
import { isInstant, unfilled, wrongReason } from '../../record/values.js';
import type { CommandOf } from '../command.js';
import type { EventOf } from '../event.js';
import type { Asked, Pending, State } from '../state.js';
import { isCurrent, recheck, refused } from './confirming.js';
import { LIVING, NOTHING, record, tell, type Decided, type EventRow, type Owes } from './story.js';

// Asked for later: it waits for its start, and an hour before it jit looks whether it would begin. Nothing is denied or
// approved before the start, at which all of it is asked again: that is the confirmation.

/** What is owed for a start that is far enough away. */
export function lookAheadOf({ startsAt }: Pick<Asked, 'startsAt'>, at: Instant): Owes[] {
  const notBefore = (startsAt ?? 0) - AHEAD;
  return notBefore > at ? [{ effect: { type: 'look-ahead' }, notBefore }] : [];
}

/** The requester hears once what would keep it from beginning; who has to agree by now is asked while there is time. */
export function lookAhead(command: CommandOf<'LookAhead'>, state: State): Decided {
  const { at, decision } = command;
  if (state.status !== 'pending' || !isEarly(state, at) || state.doubt) return NOTHING;
  const reason = refused(command, state);
  if (reason) return record(at, { type: 'StartDoubted', reason });
  if (decision.outcome === 'denied' || !isCurrent(command, state)) return NOTHING;
  const { events, gap } = recheck(command, state, decision);
  return { events: gap ? [...events, { type: 'StartDoubted', at, by: 'jit', reason: gap }] : events };
}

export const STARTING = {
  StartDoubted: {
    after: { pending: true },
    members: { reason: 'always' },
    evolve: ({ at, reason }, before) => ({ ...before, doubt: { at, reason } }),
    owes: () => [LIVING, tell('doubted')],
    law: wrongDoubt,
  } satisfies EventRow<'StartDoubted', 'pending'>,
};

function wrongDoubt(event: EventOf<'StartDoubted'>, before: Pending, past: Past): string | undefined {
  const { at, reason } = event;
  if (!isEarly(before, at)) return 'its start was doubted when that was not to come';
  if (before.doubt) return 'its start was doubted twice';
  const wrong = wrongReason(reason, 'confirmation');
  if (wrong || reason.code !== 'unfillable') return wrong;
  return confirming(past, event)
    ? unfilled(reason, before)
    : 'its start was doubted for want of people, and nothing had changed that';
}

/** Why nobody can have asked for this start. */
export function wrongStart({
  startsAt,
  requestedAt,
  lapsesAt,
}: Pick<Asked, 'startsAt' | 'requestedAt' | 'lapsesAt'>): string | undefined {
  if (startsAt === undefined) return undefined;
  if (!isInstant(startsAt) || startsAt <= requestedAt) return 'its start was over when it was asked for';
  if (startsAt > requestedAt + FURTHEST_START) return 'its start is further away than any may be';
  return startsAt < lapsesAt ? undefined : 'it was to lapse before its start';
}

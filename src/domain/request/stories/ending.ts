import { defined } from '../../objects.js';
import { samePerson } from '../../person.js';
import type { Past } from '../../record/past.js';
import { areTexts, isPerson, isRequester, wrongReason } from '../../record/values.js';
import { refusalFor } from '../../refusal.js';
import { rowOf } from '../../objects.js';
import type { EventOf, Start } from '../event.js';
import { isLive, isOperator, type Active, type Cause, type LiveState } from '../state.js';
import { notGiven } from './extending.js';
import { CARDS, NOTHING, record, standing, type Decisions, type EventRow } from './story.js';

// Access begins to end: its time is over, somebody hands it back or takes it back, it could not be made.

export const ENDING_COMMANDS: Decisions<'Revoke' | 'EndForLeaver' | 'End'> = {
  Revoke({ at, by, verdict, unknownGroups = [], text }, state) {
    const who = samePerson(by, state.requester);
    if (who === 'changed') return { refusal: { code: 'identity-changed' } };
    const own = who === 'same';
    if (!own && verdict?.outcome !== 'allowed') return { refusal: refusalFor(verdict) };
    // It is being taken away already; that somebody asks again makes it sooner, where it was put off.
    if (state.status === 'ending') return NOTHING;
    if (!isLive(state)) return { refusal: { code: 'not-active', ...standing(state) } };
    const why: Pick<Start, 'reason'> = text ? { reason: { code: 'taken-back', text } } : {};
    if (own) return record(at, { type: 'RevocationStarted', cause: 'released', ...why }, by);
    const rests = {
      ...defined({ policies: verdict?.policies }),
      ...(unknownGroups.length > 0 && { unknownGroups }),
    };
    return record(at, { type: 'RevocationStarted', cause: 'revoked', ...rests, ...why }, by);
  },
  EndForLeaver: ({ at, reason }, state) =>
    isLive(state) ? record(at, { type: 'RevocationStarted', cause: 'revoked', reason }) : NOTHING,
  End({ at, start }, state) {
    // Later, the clock says it.
    if (!isLive(state) || at >= state.lease.endsAt) return NOTHING;
    return record(at, { ...start, type: 'RevocationStarted' }, start.by);
  },
};

export const ENDING = {
  RevocationStarted: {
    after: { approved: true, active: true },
    recordedBy: 'operators',
    members: { cause: 'always', reason: 'sometimes', policies: 'sometimes', unknownGroups: 'sometimes' },
    evolve: ({ at, by, cause, reason }, before) => {
      const { status: _, ...rest } = before;
      return {
        ...('receipt' in rest ? withoutActivity(rest, at) : rest),
        status: 'ending',
        cause,
        endingAt: at,
        ...(by !== 'jit' && { by }),
        ...(reason && { reason }),
        // What never was anybody's access leaves nothing to review.
        ...(before.emergency && before.status === 'active' && { owesReview: true }),
      };
    },
    owes: () => [{ effect: { type: 'revoke' } }, CARDS],
    dropsSessions: 'ended',
    law: (event, before, past) => {
      const { by, cause } = event;
      if (isOperator(by) && cause !== 'revoked') return 'an operator may take access back, and nothing else';
      const law = rowOf(CAUSES, cause);
      return law ? law(event, before, past) : 'it ended for a cause that the program does not know';
    },
  } satisfies EventRow<'RevocationStarted', LiveState['status']>,
};

function withoutActivity(active: Omit<Active, 'status'>, at: Active['activeAt']) {
  const { activeAt: _a, receipt: _r, warned: _w, mints: _m, presses: _p, extension, ...leased } = active;
  // One that waits is over with it.
  const over = notGiven({ ...leased, ...defined({ extension }) }, { at, reason: { code: 'access-over' } });
  return { ...leased, ...over };
}

type Law = (event: EventOf<'RevocationStarted'>, before: LiveState, past: Past) => string | undefined;

/** How access begins to end: whose word it is, and what that rests on. */
const CAUSES: Record<Cause, Law> = {
  expired: (event, before) => {
    const { at, by, reason } = event;
    if (at < before.lease.endsAt) return 'it expired before its end';
    if (by !== 'jit') return 'a person let it expire';
    if (before.status !== 'active') return 'what was never made expired';
    if (before.extension?.agreed) return 'it expired before it was known which end AWS had';
    return reason ? 'it expired for a reason' : bare(event);
  },
  failed: (event, before, past) => {
    if (event.by !== 'jit') return 'a person recorded a failure';
    return failure(event, before, past) ?? bare(event);
  },
  released: (event, before) => {
    if (!isRequester(event.by, before)) return 'it was handed back by somebody other than the requester';
    return takenBack(event) ?? bare(event);
  },
  revoked: (event, before) => {
    const { at, by, reason } = event;
    // The program itself takes back only the access of a person who has left.
    if (by === 'jit' && reason?.code === 'requester') return wrongReason(reason, 'end') ?? bare(event);
    // Both rest on an order to end it, which stands beside the history, and means nothing after the end.
    const late = () => (at >= before.lease.endsAt ? 'it was ended on an order after its end' : undefined);
    if (by === 'jit' && reason?.code === 'end-stands') return bare(event) ?? late();
    if (isOperator(by)) return takenBack(event) ?? bare(event) ?? late();
    return byOther(event, before);
  },
};

function failure(
  { at, reason }: EventOf<'RevocationStarted'>,
  before: LiveState,
  past: Past,
): string | undefined {
  if (before.status !== 'approved') return 'it failed after it was made';
  if (!reason) return 'it failed for no reason';
  const wrong = wrongReason(reason, 'provision');
  if (wrong) return wrong;
  if (reason.code === 'aws' && reason.error === 'TooLate')
    return at >= before.lease.endsAt ? undefined : 'it came too late before its end';
  return past.counts.ProvisionAttempted > 0 ? undefined : 'it failed without an attempt on record';
}

function byOther(event: EventOf<'RevocationStarted'>, before: LiveState): string | undefined {
  const { by, policies, unknownGroups } = event;
  if (!isPerson(by) || samePerson(by, before.requester) !== 'other')
    return 'it was taken back by nobody else';
  if (!policies?.length || !areTexts(policies)) return 'it was taken back without a policy that permits it';
  if (unknownGroups && !(areTexts(unknownGroups) && unknownGroups.length > 0))
    return 'it was taken back with groups unknown that have no name';
  return takenBack(event);
}

function takenBack({ reason }: EventOf<'RevocationStarted'>): string | undefined {
  if (!reason) return undefined;
  return reason.code === 'taken-back' ? wrongReason(reason, 'end') : `"${reason.code}" is no reason for it`;
}

/** Policy is asked of those only who end what is not theirs. */
function bare({ policies, unknownGroups }: EventOf<'RevocationStarted'>): string | undefined {
  return policies || unknownGroups ? 'it names policies that nobody had to ask' : undefined;
}

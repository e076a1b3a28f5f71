import { isComplete, openStage } from '../domain/chain.js';
import type { Instant } from '../domain/entitlement.js';
import type { Closed, Outcome, State } from '../domain/request/state.js';
import { doer, inPlaceOf, type Pen } from './pen.js';

/** How a request ended: as a heading, and as a sentence about it. */
const OUTCOMES = {
  denied: ['Denied', 'It was denied.'],
  cancelled: ['Cancelled by the requester', 'The requester cancelled it.'],
  lapsed: ['Lapsed: nobody decided in time', 'It lapsed: nobody decided in time.'],
  failed: ['Could not be set up', 'It was approved, but access could not be set up.'],
  expired: ['Ended on time', 'Its access has ended: time was up.'],
  released: ['Handed back early', 'Its access has ended: the requester handed it back.'],
  revoked: ['Taken back early', 'Its access has ended: it was taken back.'],
} as const satisfies Record<Outcome, [heading: string, sentence: string]>;

const STATUSES = {
  pending: 'It is still waiting for approval.',
  approved: 'It was approved, and access is being set up.',
  active: 'It was approved, and access is active.',
  ending: 'Its access is ending.',
  closed: 'It is closed.',
} as const satisfies Record<State['status'], string>;

type Headings = { [S in State as S['status']]: (state: S, pen: Pen) => string };

const HEADINGS = {
  pending: (state, pen) => {
    if (!state.checked) return 'Being checked; approvers are asked next';
    const open = openStage(state);
    if (open) return `Waiting for ${pen.name(open.name)}; lapses ${pen.instant(state.lapsesAt)}`;
    return state.startsAt === undefined
      ? 'All have approved; one last check is running'
      : `Approved; begins ${pen.instant(state.startsAt)}`;
  },
  approved: () => 'Approved; access is being set up',
  active: ({ lease }, pen) => `Active until ${pen.instant(lease.endsAt)}`,
  ending: ({ cause }) =>
    cause === 'failed'
      ? 'Could not be set up; jit is checking that nothing is left in AWS'
      : 'Ending; access is being removed',
  closed: (state, pen) =>
    `${state.outcome === 'lapsed' ? `Lapsed: ${whyLapsed(state)}` : OUTCOMES[state.outcome][0]}${byWhom(state, pen)} (${pen.instant(overSince(state))})`,
} as const satisfies Headings;

/** Where a request stands, in one line without a full stop. */
export function standing(state: State, pen: Pen): string {
  const heading: (state: never, pen: Pen) => string = HEADINGS[state.status];
  return heading(state as never, pen);
}

/** The same as a sentence about `it`, of what a refusal may tell. */
export function standingOf({
  status,
  outcome,
  agreed,
}: {
  status: State['status'];
  outcome?: Outcome;
  agreed?: true;
}): string {
  if (agreed) return 'It is approved, and has not begun yet. /jit cancel cancels it.';
  return outcome === undefined ? STATUSES[status] : OUTCOMES[outcome][1];
}

/** Access that ran its time was over at its end; jit looked for it, and found it gone, later. */
export function overSince({ outcome, lease, closedAt }: Closed): Instant {
  return outcome === 'expired' && lease ? lease.endsAt : closedAt;
}

/** As a clause. Where all have approved, nobody was late but jit. */
export function whyLapsed(state: Closed): string {
  return isComplete(state) ? 'jit could not make its last check in time' : 'nobody decided in time';
}

function byWhom({ outcome, by, delegatedBy }: Closed, pen: Pen): string {
  const isTold = outcome === 'denied' || outcome === 'revoked';
  return by && isTold ? ` by ${doer(by, pen)}${inPlaceOf(delegatedBy, pen)}` : '';
}

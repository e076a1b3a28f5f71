import { unfillable } from '../../chain.js';
import { defined } from '../../objects.js';
import { formatDuration, parseDuration } from '../../duration.js';
import { isFrom } from '../../record/past.js';
import {
  BASIS,
  isChain,
  isInstant,
  isPermitting,
  isRequester,
  isRuling,
  isText,
  unfilled,
  wrongBasis,
  wrongReason,
} from '../../record/values.js';
import { visibleLength } from '../text.js';
import type { CommandOf } from '../command.js';
import { deniedBy, rulingOf } from '../decision.js';
import type { Event, EventOf } from '../event.js';
import { isKnownFormat, type Closed, type Format, type Pending, type Reason } from '../state.js';
import { lookAheadOf, wrongStart } from './starting.js';
import { CARDS, notTheirs, record, standing, type Decisions, type EventRow } from './story.js';

// A person asks. Until somebody has agreed they may withdraw it; when nobody answers, it lapses.

/** Of the records that are begun now. */
const FORMAT: Format = 2;

/** A request is made, or refused at once: either way it is on record. */
export function submit({ at, asked, decision, basis, candidates, unknown, contested }: CommandOf<'Submit'>) {
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const request = { ...asked, requestedAt: at, chain, ruling: rulingOf(decision) };
  const reason = refused();
  const made = { format: FORMAT, asked: request, ...basis };
  return record(
    at,
    reason ? { type: 'RequestRefused', ...made, reason } : { type: 'RequestSubmitted', ...made },
    asked.requester,
  );

  function refused(): Reason | undefined {
    if (decision.outcome === 'denied') return deniedBy(decision);
    if (asked.emergency && chain.length === 0 && contested !== undefined)
      return { code: 'contested', request: contested };
    const gap = unfillable(chain, candidates, [], [asked.requester.email], unknown);
    return gap && { code: 'unfillable', ...gap };
  }
}

export const ASKING_COMMANDS: Decisions<'Submit' | 'Cancel'> = {
  // Of a request that there is: the first to come made it.
  Submit: () => ({ refusal: { code: 'replayed' } }),
  Cancel({ at, by }, state) {
    const refusal = notTheirs(by, state);
    if (refusal) return { refusal };
    if (state.status !== 'pending') return { refusal: { code: 'not-pending', ...standing(state) } };
    return record(at, { type: 'RequestCancelled' }, by);
  },
};

export const ASKING = {
  RequestSubmitted: {
    after: { nothing: true },
    recordedBy: 'people',
    members: { asked: 'always', format: 2, given: 'sometimes', ...BASIS },
    evolve: (event) => ({ ...asked(event), revision: 0, votes: [], status: 'pending', checked: false }),
    owes: ({ at, asked }) => [
      { effect: { type: 'preflight' } },
      { effect: { type: 'living', first: true } },
      ...lookAheadOf(asked, at),
    ],
    law: (event) => {
      const wrong = wrongAsk(event);
      if (wrong || !isFrom(2, event)) return wrong;
      return isPermitting(event.asked.ruling)
        ? undefined
        : 'it was asked for without a policy that permits it';
    },
  } satisfies EventRow<'RequestSubmitted', 'nothing'>,

  RequestRefused: {
    after: { nothing: true },
    recordedBy: 'people',
    members: { asked: 'always', format: 2, reason: 'always', given: 'sometimes', ...BASIS },
    evolve: (event) => ({
      ...asked(event),
      revision: 0,
      votes: [],
      status: 'closed',
      outcome: 'denied',
      closedAt: event.at,
      reason: event.reason,
    }),
    owes: () => [],
    law: (event) => wrongAsk(event) ?? wrongRefusal(event),
  } satisfies EventRow<'RequestRefused', 'nothing'>,

  RequestCancelled: {
    after: { pending: true },
    recordedBy: 'people',
    members: {},
    evolve: (event, before) => closedWithout(before, event, 'cancelled'),
    owes: () => [CARDS],
    law: ({ by }, before) =>
      isRequester(by, before) ? undefined : 'it was cancelled by somebody other than the requester',
  } satisfies EventRow<'RequestCancelled', 'pending'>,

  RequestLapsed: {
    after: { pending: true },
    members: {},
    evolve: (event, before) => closedWithout(before, event, 'lapsed'),
    owes: () => [CARDS],
    law: ({ at }, before) => (at >= before.lapsesAt ? undefined : 'it lapsed before its time'),
  } satisfies EventRow<'RequestLapsed', 'pending'>,
};

function asked({ format, asked }: EventOf<'RequestSubmitted' | 'RequestRefused'>) {
  return { ...asked, ...defined({ format }) };
}

/** The request is over, and never gave access. */
export function closedWithout(before: Pending, { at, by }: Event, outcome: Closed['outcome']): Closed {
  const { checked: _, doubt: __, ...request } = before;
  return { ...request, ...(by !== 'jit' && { by }), status: 'closed', outcome, closedAt: at };
}

/** What the form and policy would not have let through. */
function wrongAsk(event: EventOf<'RequestSubmitted' | 'RequestRefused'>): string | undefined {
  const { at, by, asked, format } = event;
  if (!isRequester(by, asked)) return 'it was made by somebody other than the requester';
  if (!isKnownFormat(format)) return `its record is of a format that is not known, ${String(format)}`;
  const { id, requestedAt, lapsesAt, duration, justification, grant, entitlement, chain, ruling } = asked;
  const { emergency, passedOver } = asked;
  if (!isText(id)) return 'it has no id';
  if (requestedAt !== at) return 'it was asked for at another time than it was recorded';
  if (!isInstant(lapsesAt) || lapsesAt <= at) return 'it had lapsed when it was asked for';
  const start = wrongStart(asked);
  if (start) return start;
  if (parseDuration(formatDuration(duration)) !== duration) return 'no catalog offers its duration';
  if (!isText(justification) || (isFrom(2, event) && visibleLength(justification) === 0))
    return 'it was asked for without a reason';
  if (grant.account !== entitlement.account) return 'its grant is in another account than its entitlement';
  if (!isChain(chain)) return 'its chain is none that policy could ask for';
  if (isFrom(2, event) && !isRuling(ruling)) return 'its ruling names no policy folder';
  if (![undefined, true].includes(emergency)) return 'it is neither an emergency nor none';
  if (emergency && asked.startsAt !== undefined) return 'an emergency was to begin later';
  if (passedOver !== undefined && !(emergency && isChain(passedOver)))
    return 'people were passed over, and it was no emergency';
  return wrongBasis(event);
}

function wrongRefusal({ reason, asked }: EventOf<'RequestRefused'>): string | undefined {
  const { chain, ruling, emergency } = asked;
  const wrong = wrongReason(reason, 'asking');
  if (wrong) return wrong;
  if (reason.code === 'contested' && !(emergency && chain.length === 0))
    return 'it was refused for a contested emergency, and was none that needs no approval';
  if (reason.code === 'unfillable') return unfilled(reason, { chain, votes: [] });
  if (reason.code !== 'policy') return undefined;
  const same =
    reason.policies.join() === ruling.policies.join() && reason.advice.join() === ruling.advice.join();
  return chain.length === 0 && same ? undefined : 'it was refused for another reason than its ruling gives';
}

import { formatDuration, parseDuration } from '../../duration.js';
import type { Event } from '../../request/event.js';
import type { Pending } from '../../request/state.js';
import { visibleLength } from '../../text.js';
import { isKnownFormat } from '../upcast.js';
import { isFrom } from './past.js';
import { isChain, isInstant, isPermitting, isRequester, isRuling, isText, wrongReason } from './values.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** How a request begins: what the form and policy let through. */
export function opening(event: Of<'RequestSubmitted' | 'RequestRefused'>): string | undefined {
  const { at, by, asked, format } = event;
  if (!isRequester(by, asked)) return 'it was made by somebody other than the requester';
  if (!isKnownFormat(format)) return `its record is of a format that is not known, ${String(format)}`;
  const { id, requestedAt, lapsesAt, duration, justification, grant, entitlement, chain, ruling } = asked;
  if (!isText(id)) return 'it has no id';
  if (requestedAt !== at) return 'it was asked for at another time than it was recorded';
  if (!isInstant(lapsesAt) || lapsesAt <= at) return 'it had lapsed when it was asked for';
  if (parseDuration(formatDuration(duration)) !== duration) return 'no catalog offers its duration';
  if (!isText(justification) || (isFrom(2, event) && visibleLength(justification) === 0))
    return 'it was asked for without a reason';
  if (grant.account !== entitlement.account) return 'its grant is in another account than its entitlement';
  if (!isChain(chain)) return 'its chain is none that policy could ask for';
  if (isFrom(2, event) && !isRuling(ruling)) return 'its ruling names no policy folder';
  if (event.type === 'RequestRefused') return refusal(event);
  if (isFrom(2, event) && !isPermitting(ruling)) return 'it was asked for without a policy that permits it';
  return undefined;
}

function refusal({ reason, asked: { chain, ruling } }: Of<'RequestRefused'>): string | undefined {
  const wrong = wrongReason(reason, 'asking');
  if (wrong) return wrong;
  if (reason.code === 'unfillable') return unfilled(reason, { chain, votes: [] });
  if (reason.code !== 'policy') return undefined;
  const same =
    reason.policies.join() === ruling.policies.join() && reason.advice.join() === ruling.advice.join();
  return chain.length === 0 && same ? undefined : 'it was refused for another reason than its ruling gives';
}

/** Why a stage cannot be the one that lacks people. */
export function unfilled(
  reason: Extract<Of<'RequestRefused'>['reason'], { code: 'unfillable' }>,
  { chain, votes }: Pick<Pending, 'chain' | 'votes'>,
): string | undefined {
  const { stage, needed, available } = reason;
  const quorum = chain.find(({ name }) => name === stage)?.quorum;
  const had = votes.filter((vote) => vote.stage === stage).length;
  return quorum === needed && available >= had
    ? undefined
    : `it was closed for want of people in ${stage}, and that is not what the stage needs or has`;
}

export function lapse({ at }: Of<'RequestLapsed'>, before: Pending): string | undefined {
  return at >= before.lapsesAt ? undefined : 'it lapsed before its time';
}

export function preflight({ note }: Of<'PreflightPassed'>, before: Pending): string | undefined {
  if (before.checked) return 'it was checked against AWS’s limits twice';
  return note === undefined || isText(note) ? undefined : 'its note is empty';
}

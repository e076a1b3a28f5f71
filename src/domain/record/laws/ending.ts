import type { Approved, Active, Closed, Ending } from '../../request/state.js';
import type { Event } from '../../request/event.js';
import { isOperator } from '../../request/state.js';
import { samePerson } from '../../person.js';
import { isFrom, type Past } from './past.js';
import { SKEW } from './time.js';
import { areTexts, isInstant, isPerson, isRequester, isText, wrongReason } from './values.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Started = Of<'RevocationStarted'>;

/** How access begins to end: whose word it is, and what that rests on. */
export function start(event: Started, before: Approved | Active, past: Past): string | undefined {
  const { at, by, cause, reason } = event;
  const { endsAt } = before.lease;
  switch (cause) {
    case 'expired':
      if (at < endsAt) return 'it expired before its end';
      if (by !== 'jit') return 'a person let it expire';
      if (before.status !== 'active') return 'what was never made expired';
      return reason ? 'it expired for a reason' : bare(event);
    case 'failed':
      if (by !== 'jit') return 'a person recorded a failure';
      return failure(event, before, past) ?? bare(event);
    case 'released':
      if (!isRequester(by, before)) return 'it was handed back by somebody other than the requester';
      return takenBack(event) ?? bare(event);
    case 'revoked':
      return revocation(event, before);
    default:
      return cause satisfies never;
  }
}

function failure({ at, reason }: Started, before: Approved | Active, past: Past): string | undefined {
  if (before.status !== 'approved') return 'it failed after it was made';
  if (!reason) return 'it failed for no reason';
  const wrong = wrongReason(reason, 'provision');
  if (wrong) return wrong;
  if (reason.code === 'aws' && reason.error === 'TooLate')
    return at >= before.lease.endsAt ? undefined : 'it came too late before its end';
  return past.provisions > 0 ? undefined : 'it failed without an attempt on record';
}

function revocation(event: Started, before: Approved | Active): string | undefined {
  const { at, by, reason, policies, unknownGroups } = event;
  // The program itself takes back only what somebody holds who has left.
  if (by === 'jit' && reason?.code === 'requester') return wrongReason(reason, 'end') ?? bare(event);
  // Both rest on an order to end it, which stands beside the history, and means nothing after the end.
  const late = () => (at >= before.lease.endsAt ? 'it was ended on an order after its end' : undefined);
  if (by === 'jit' && reason?.code === 'end-stands') return bare(event) ?? late();
  if (isOperator(by)) return takenBack(event) ?? bare(event) ?? late();
  if (!isPerson(by) || samePerson(by, before.requester) !== 'other')
    return 'it was taken back by nobody else';
  if (!policies?.length || !areTexts(policies)) return 'it was taken back without a policy that permits it';
  if (unknownGroups && !(areTexts(unknownGroups) && unknownGroups.length > 0))
    return 'it was taken back with groups unknown that have no name';
  return takenBack(event);
}

function takenBack({ reason }: Started): string | undefined {
  if (!reason) return undefined;
  return reason.code === 'taken-back' ? wrongReason(reason, 'end') : `"${reason.code}" is no reason for it`;
}

/** Policy is asked of those only who end what is not theirs. */
function bare({ policies, unknownGroups }: Started): string | undefined {
  return policies || unknownGroups ? 'it names policies that nobody had to ask' : undefined;
}

export function closing({ at, outcome, proof }: Of<'RequestClosed'>, before: Ending): string | undefined {
  if (outcome !== before.cause) return `it ended as ${before.cause} and was closed as ${outcome}`;
  const { checkedAt, evidence, cleanUpAt } = proof;
  if (!(checkedAt > before.settledBy))
    return 'it was closed on a look at AWS that came too early to prove anything';
  if (!isFrom(2, before)) return undefined;
  if (checkedAt > at + SKEW) return 'it was closed on a look at AWS that had not been taken yet';
  if (!isText(evidence)) return 'it was closed on a look at AWS that found nothing to say';
  return cleanUpAt === undefined || isInstant(cleanUpAt)
    ? undefined
    : 'what is left in AWS is left until no time';
}

export function cleanUp({ at }: Of<'CleanedUp'>, { proof, cleanedUp }: Closed): string | undefined {
  if (proof?.cleanUpAt === undefined) return 'it was cleared away, and nothing was left';
  if (cleanedUp) return 'it was cleared away twice';
  return at >= proof.cleanUpAt - SKEW ? undefined : 'it was cleared away while a session could still live';
}

import { formatChain, type Chain } from '../../chain.js';
import { NO_LONGER } from '../../request/stories/confirm.js';
import { openStage } from '../../request/progress.js';
import type { Event } from '../../request/event.js';
import type { Pending } from '../../request/state.js';
import { samePerson } from '../../person.js';
import { canConfirm, confirming, isFrom, type Past } from './past.js';
import { isChain, isPermitting, isText } from './values.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const NOTHING_LED = 'it was confirmed when nothing had led to that, or after it had lapsed';

export function voiding({ at, people, why }: Of<'VotesVoided'>, before: Pending): string | undefined {
  if (!canConfirm(before, at)) return NOTHING_LED;
  const voters = before.votes.map(({ by }) => by.email);
  const voided = voters.filter((email) => people.includes(email));
  if (people.length === 0 || voided.join() !== people.join())
    return 'votes were voided of people who had not voted';
  return why === NO_LONGER ? undefined : 'votes were voided for a reason that the program does not know';
}

export function longer(event: Of<'ChainChanged'>, before: Pending, past: Past): string | undefined {
  const { at, chain, ruling } = event;
  if (weaker(before.chain, chain)) return 'the chain was made weaker: a stage or a quorum is gone';
  if (confirming(past, event) !== 'VotesVoided' && !canConfirm(before, at)) return NOTHING_LED;
  if (!isChain(chain)) return 'the chain became one that policy could not ask for';
  if (formatChain(chain) === formatChain(before.chain)) return 'the chain was changed to what it was';
  if (isFrom(2, before) && !isPermitting(ruling))
    return 'the chain was changed without a policy that permits it';
  return undefined;
}

export function approval(event: Of<'RequestApproved'>, before: Pending): string | undefined {
  const { at, lease, ruling, given, form = 1, access } = event;
  const { requester, votes, duration, checked } = before;
  if (!checked) return 'it was approved before it was checked against AWS’s limits';
  const missing = openStage(before);
  if (missing) return `it was approved without ${missing.quorum} of ${missing.name}`;
  const voters = votes.map(({ by }) => by);
  const distinct = voters.every((one, i) =>
    voters.slice(i + 1).every((two) => samePerson(one, two) === 'other'),
  );
  const others = voters.every((voter) => samePerson(voter, requester) === 'other');
  if (!distinct || !others) return 'its quorum is not made of distinct people other than the requester';
  if (at >= before.lapsesAt) return 'it was approved after it had lapsed';
  const { startsAt, endsAt, warnAt } = lease;
  if (startsAt > at || endsAt > startsAt + duration) return 'its lease is longer than what was asked for';
  if (!isFrom(2, before)) return undefined;
  if (startsAt !== at || endsAt !== Math.floor((at + duration) / 1000) * 1000)
    return 'its lease is not the one that was approved';
  if (warnAt !== undefined && !(warnAt > startsAt && warnAt < endsAt))
    return 'its end was to be announced outside of its lease';
  if (!isPermitting(ruling)) return 'it was approved without a policy that permits it';
  const facts = Object.values(given ?? {});
  if (!facts.every((fact) => typeof fact === 'boolean' || typeof fact === 'number'))
    return 'what policy was given is no fact';
  if (!Number.isInteger(form) || form < 1) return 'its documents were written in no wording';
  const way = access ? [access.manageRoleArn, access.externalId ?? 'none'] : [];
  return way.every(isText) ? undefined : 'the way into its account leads nowhere';
}

function weaker(before: Chain, after: Chain): boolean {
  return before.some(
    ({ name, quorum }) => !after.some((stage) => stage.name === name && stage.quorum >= quorum),
  );
}

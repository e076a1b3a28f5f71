import { isComplete, openStage, unfillable } from '../../chain.js';
import { peopleOf } from '../../delegation.js';
import type { Instant } from '../../entitlement.js';
import { sameAddress } from '../../email.js';
import { isEarly } from '../../lease.js';
import { defined } from '../../objects.js';
import { samePerson, type Person } from '../../person.js';
import { canConfirm, confirming, isFrom, type Past } from '../../record/past.js';
import { areTexts, isPerson, unfilled, wrongReason } from '../../record/values.js';
import { refusalFor, type Refusal } from '../../refusal.js';
import { visibleLength } from '../text.js';
import type { CommandOf, Deciding } from '../command.js';
import type { EventOf } from '../event.js';
import type { Pending, State, Vote } from '../state.js';
import { closedWithout } from './asking.js';
import { CARDS, confirmation, record, standing, tell, waits, type Decided, type EventRow } from './story.js';

// An approver agrees, for the stage that is open, or denies: one denial closes the request.

export function vote(command: CommandOf<'Approve' | 'Deny'>, state: State): Decided {
  const { at, by, stage } = command;
  if (command.type === 'Approve') {
    const refusal = whyNoVote(command, state);
    if (refusal) return { refusal };
    return record(at, { type: 'Voted', vote: voteOf(command) }, by);
  }
  const refusal = whyNotTheirs(command, state);
  if (refusal) return { refusal };
  const text = command.text?.trim() ?? '';
  if (visibleLength(text) === 0) return { refusal: { code: 'reason-missing' } };
  const seat = defined({ delegatedBy: throughWhom(command) });
  return record(at, { type: 'RequestDenied', reason: { code: 'vote', stage, text }, ...seat }, by);
}

/** A vote as it goes on record. */
export function voteOf(command: Deciding & { at: Instant }): Vote {
  const { at, by, stage, verdict } = command;
  return { stage, by, at, policies: verdict.policies, ...defined({ delegatedBy: throughWhom(command) }) };
}

/** Whose seat they fill: nobody else's where they have one of their own. */
function throughWhom({ by, stage, candidates, delegatedBy }: Deciding): Person | undefined {
  return candidates[stage]?.includes(by.email) ? undefined : delegatedBy;
}

/** Why nothing is to be decided about it any more. */
export function whyDecided(state: State, at: Instant): Refusal | undefined {
  if (state.status !== 'pending') return { code: 'not-pending', ...standing(state) };
  return at >= state.lapsesAt ? { code: 'not-pending', status: 'closed', outcome: 'lapsed' } : undefined;
}

/**
 * Why this person may not decide the stage that is open. Whoever may approve it may deny it, or ask about it.
 * @param once as with a vote: whoever has voted already may not
 */
export function whyNotTheirs(
  command: Deciding & { at: Instant },
  state: State,
  once = false,
): Refusal | undefined {
  const { at, by, stage, revision, verdict, candidates, unknown = {} } = command;
  const decided = whyDecided(state, at);
  if (decided || state.status !== 'pending') return decided;
  const { requester, chain, votes, revision: current } = state;
  const place = chain.findIndex(({ name }) => name === stage);
  if (revision !== current || place < 0) return { code: 'stale-card' };
  // Either half of the identity is enough to count as the requester: invariant 3.
  if (samePerson(by, requester) !== 'other') return { code: 'own-request' };
  const delegatedBy = throughWhom(command);
  if (delegatedBy && samePerson(delegatedBy, requester) !== 'other') return { code: 'delegators-request' };
  const counted = votes.flatMap(peopleOf);
  const changed = counted.some((earlier) => samePerson(by, earlier) === 'changed');
  if (changed || (delegatedBy && samePerson(by, delegatedBy) !== 'other'))
    return { code: 'identity-changed' };
  if (once && votes.some((earlier) => sameAddress(earlier.by.email, by.email)))
    return { code: 'already-voted' };
  if (once && peopleOf({ by, ...defined({ delegatedBy }) }).some((one) => isAmong(one, counted)))
    return { code: 'seat-taken' };
  const open = openStage(state);
  if (open?.name !== stage) {
    const passed = open !== undefined && place < chain.indexOf(open);
    return { code: 'stage-not-open', stage, open: open?.name ?? '', ...(passed && { passed }) };
  }
  if (!candidates[stage]?.includes((delegatedBy ?? by).email)) {
    const groups = Object.hasOwn(unknown, stage) ? unknown[stage] : undefined;
    return groups ? { code: 'group-unknown', groups } : { code: 'not-in-stage', stage };
  }
  return verdict.outcome === 'allowed' ? undefined : refusalFor(verdict);
}

/** Whether this is one of them, or somebody with half of their identity. */
function isAmong(one: Person, people: Person[]): boolean {
  return people.some((other) => samePerson(one, other) !== 'other');
}

/** Why this person's vote does not count. */
export function whyNoVote(command: Deciding & { at: Instant }, state: State): Refusal | undefined {
  const { candidates, unknown } = command;
  const refusal = whyNotTheirs(command, state, true);
  if (refusal) return refusal;
  const { chain, votes, requester } = state;
  const gap = unfillable(chain, candidates, [...votes, voteOf(command)], [requester.email], unknown);
  return gap && { code: 'would-strand', stage: gap.stage };
}

export const VOTING = {
  Voted: {
    after: { pending: true },
    recordedBy: 'people',
    members: { vote: 'always' },
    evolve: ({ vote }, before) => ({ ...before, votes: [...before.votes, vote] }),
    owes(event, state) {
      if (isComplete(state)) {
        const news = isEarly(state, event.at) ? [tell('scheduled')] : [];
        return [confirmation(state, event.at), CARDS, ...news];
      }
      // The stage of a vote that completes it makes way for the next.
      return openStage(state)?.name === event.vote.stage ? [CARDS] : [CARDS, ...waits(event, state)];
    },
    law: wrongVote,
  } satisfies EventRow<'Voted', 'pending'>,

  RequestDenied: {
    after: { pending: true },
    recordedBy: 'people',
    members: { reason: 'always', delegatedBy: 'sometimes' },
    evolve: (event, before) => {
      const { reason, delegatedBy } = event;
      return { ...closedWithout(before, event, 'denied'), reason, ...defined({ delegatedBy }) };
    },
    owes: () => [CARDS, tell('decided')],
    law: wrongDenial,
  } satisfies EventRow<'RequestDenied', 'pending'>,
};

/** Why this vote cannot have been given: for a request, or for an extension as a request. */
export function wrongVote(
  { at, by, vote }: Pick<EventOf<'Voted'>, 'at' | 'by' | 'vote'>,
  before: Pending,
): string | undefined {
  if (!isPerson(by) || samePerson(by, vote.by) !== 'same')
    return 'a vote was recorded by another than the voter';
  const who = vote.by.email;
  if (samePerson(vote.by, before.requester) !== 'other') return `${who} voted on their own request`;
  const counted = before.votes.flatMap(peopleOf);
  if (isAmong(vote.by, counted)) return `${who} voted twice`;
  const { delegatedBy } = vote;
  if (delegatedBy) {
    const wrong = wrongSeat(vote, delegatedBy, before);
    if (wrong) return wrong;
    if (isAmong(delegatedBy, counted)) return `${who} stood in for somebody who was counted already`;
  }
  const open = openStage(before)?.name;
  if (open !== vote.stage) return `${who} voted for ${vote.stage} while ${open ?? 'no stage'} was open`;
  if (at >= before.lapsesAt) return `${who} voted after the request had lapsed`;
  if (vote.at !== at) return `the vote of ${who} bears another time than its record`;
  return areTexts(vote.policies) && vote.policies.length > 0
    ? undefined
    : `${who} voted without a policy that permits it`;
}

/** Why nobody can have filled this seat in somebody's place. */
function wrongSeat({ by }: { by: Person }, delegatedBy: Person, before: Pending): string | undefined {
  if (samePerson(delegatedBy, by) !== 'other') return `${by.email} stood in for themselves`;
  return samePerson(delegatedBy, before.requester) === 'other'
    ? undefined
    : `${by.email} stood in for the requester`;
}

function wrongDenial(event: EventOf<'RequestDenied'>, before: Pending, past: Past): string | undefined {
  const { at, by, reason } = event;
  if (isPerson(by)) return wrongDenialBy({ ...event, by }, before);
  if (reason.code === 'vote') return 'a person’s denial was recorded without the person';
  if (event.delegatedBy) return 'it was denied in somebody’s place by nobody';
  if (!before.checked) return wrongReason(reason, 'preflight');
  if (isEarly(before, at)) return 'it was denied before its start, at which policy was to be asked';
  const wrong = wrongReason(reason, 'confirmation');
  if (wrong) return wrong;
  if (reason.code === 'unfillable')
    return confirming(past, event)
      ? unfilled(reason, before)
      : 'it was closed for want of people, and nothing had changed that';
  return canConfirm(before, at) ? undefined : 'it was denied at a confirmation that nothing had led to';
}

/** Why this person cannot have denied it then. */
export function wrongDenialBy(
  event: Pick<EventOf<'RequestDenied'>, 'at' | 'reason' | 'delegatedBy'> & { by: Person },
  before: Pending,
): string | undefined {
  const { by, reason, delegatedBy } = event;
  if (reason.code !== 'vote') return 'a person denied it without a vote';
  const wrong =
    wrongDecider(event, reason.stage, before, 'denied') ??
    (delegatedBy && wrongSeat({ by }, delegatedBy, before));
  if (wrong) return wrong;
  if (isFrom(2, before) && visibleLength(reason.text) === 0) return `${by.email} denied it without a word`;
  return wrongReason(reason, 'vote');
}

/** Why this person could not have done it for this stage then. @param did in the past tense, before `it` */
export function wrongDecider(
  { at, by }: { at: Instant; by: Person },
  stage: string,
  before: Pending,
  did: string,
): string | undefined {
  const who = by.email;
  if (samePerson(by, before.requester) !== 'other') return `${who} ${did} their own request`;
  if (before.votes.flatMap(peopleOf).some((other) => samePerson(other, by) === 'changed'))
    return `${who} ${did} it as somebody other than they had voted as`;
  const open = openStage(before)?.name;
  if (open !== stage) return `${who} ${did} it for ${stage} while ${open ?? 'no stage'} was open`;
  return at >= before.lapsesAt ? `${who} ${did} it after it had lapsed` : undefined;
}

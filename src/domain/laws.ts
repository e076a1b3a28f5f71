import type { Chain } from './chain.js';
import type { Person } from './directory.js';
import { openStage } from './progress.js';
import { isOperator, type Event, type Pending, type State } from './request.js';
import { samePerson } from './who.js';

/**
 * Why the program would never have recorded this event after this state, though the events fit together: what the
 * decisions of `decide` promise, checked from outside. For whoever reads a record that others could have written.
 * @param before the state that the event met
 * @param earlier the types of all events before it
 */
export function unlawful(
  event: Event,
  before: State | undefined,
  earlier: Event['type'][],
): string | undefined {
  const { at, by } = event;
  if (isOperator(by) && !(event.type === 'RevocationStarted' && event.cause === 'revoked'))
    return 'an operator may take access back, and nothing else';
  if (!before) return opening(event);
  const byProgram = () =>
    by === 'jit' ? undefined : `${event.type} is the program's to record, not a person's`;
  switch (event.type) {
    case 'RequestSubmitted':
    case 'RequestRefused':
      return undefined; // Impossible, not unlawful: `evolve` refuses it.
    case 'Voted':
      if (before.status !== 'pending') return undefined;
      return vote(event, before);
    case 'ChainChanged':
      if (weaker(before.chain, event.chain)) return 'the chain was made weaker: a stage or a quorum is gone';
      return byProgram();
    case 'RequestApproved':
      return before.status === 'pending' ? (approval(event, before) ?? byProgram()) : undefined;
    case 'RequestDenied':
      return before.status === 'pending' ? denial(event, before) : undefined;
    case 'RequestCancelled':
      return isRequester(by, before) ? undefined : 'it was cancelled by somebody other than the requester';
    case 'RequestLapsed':
      return at >= before.lapsesAt ? byProgram() : 'it lapsed before its time';
    case 'ProvisionAttempted':
      return inTime(at, before) ?? byProgram();
    case 'GrantProvisioned':
      if (!earlier.includes('ProvisionAttempted')) return 'access was made without an attempt on record';
      return byProgram();
    case 'MintRequested':
      if (!isRequester(by, before)) return 'credentials were asked for by somebody other than the requester';
      return inTime(at, before);
    case 'MintAttempted':
      return inTime(at, before) ?? byProgram();
    case 'CredentialsMinted':
      if (!earlier.includes('MintAttempted')) return 'credentials were made without an attempt on record';
      return byProgram();
    case 'RevocationStarted':
      return ending(event, before);
    case 'RequestClosed':
      if (before.status !== 'ending') return undefined;
      if (event.outcome !== before.cause)
        return `it ended as ${before.cause} and was closed as ${event.outcome}`;
      if (event.proof.checkedAt <= before.settledBy)
        return 'it was closed on a look at AWS that came too early to prove anything';
      return byProgram();
    case 'PreflightPassed':
    case 'VotesVoided':
    case 'EndAnnounced':
    case 'MintRefused':
    case 'CleanedUp':
      return byProgram();
    default:
      return event satisfies never;
  }
}

function opening(event: Event): string | undefined {
  if (event.type !== 'RequestSubmitted' && event.type !== 'RequestRefused') return undefined;
  return isRequester(event.by, event.asked) ? undefined : 'it was made by somebody other than the requester';
}

function vote({ at, by, vote }: Extract<Event, { type: 'Voted' }>, before: Pending): string | undefined {
  if (!isPerson(by) || samePerson(by, vote.by) !== 'same')
    return 'a vote was recorded by another than the voter';
  const who = vote.by.email;
  if (samePerson(vote.by, before.requester) !== 'other') return `${who} voted on their own request`;
  if (before.votes.some((other) => samePerson(other.by, vote.by) !== 'other')) return `${who} voted twice`;
  const open = openStage(before)?.name;
  if (open !== vote.stage) return `${who} voted for ${vote.stage} while ${open ?? 'no stage'} was open`;
  return at >= before.lapsesAt ? `${who} voted after the request had lapsed` : undefined;
}

function approval(
  { at, lease }: Extract<Event, { type: 'RequestApproved' }>,
  before: Pending,
): string | undefined {
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
  if (lease.startsAt > at || lease.endsAt > lease.startsAt + duration)
    return 'its lease is longer than what was asked for';
  return undefined;
}

function denial(
  { by, reason }: Extract<Event, { type: 'RequestDenied' }>,
  before: Pending,
): string | undefined {
  if (!isPerson(by))
    return reason.code === 'vote' ? 'a person’s denial was recorded without the person' : undefined;
  if (reason.code !== 'vote') return 'a person denied it without a vote';
  if (samePerson(by, before.requester) !== 'other') return `${by.email} denied their own request`;
  const open = openStage(before)?.name;
  return open === reason.stage
    ? undefined
    : `${by.email} denied it for ${reason.stage} while ${open ?? 'no stage'} was open`;
}

function ending(event: Extract<Event, { type: 'RevocationStarted' }>, before: State): string | undefined {
  const { at, by, cause } = event;
  switch (cause) {
    case 'expired':
      if (!('lease' in before) || !before.lease || at < before.lease.endsAt)
        return 'it expired before its end';
      return by === 'jit' ? undefined : 'a person let it expire';
    case 'failed':
      return by === 'jit' ? undefined : 'a person recorded a failure';
    case 'released':
      return isRequester(by, before) ? undefined : 'it was handed back by somebody other than the requester';
    case 'revoked':
      // The program itself takes back only what somebody holds who has left.
      if (by === 'jit' && event.reason?.code === 'requester') return undefined;
      // Both rest on an order to end it, which stands beside the history.
      if (isOperator(by) || (by === 'jit' && event.reason?.code === 'end-stands')) return undefined;
      if (!isPerson(by) || samePerson(by, before.requester) !== 'other')
        return 'it was taken back by nobody else';
      return event.policies?.length ? undefined : 'it was taken back without a policy that permits it';
    default:
      return cause satisfies never;
  }
}

function inTime(at: number, before: State): string | undefined {
  const endsAt = 'lease' in before ? before.lease?.endsAt : undefined;
  return endsAt !== undefined && at >= endsAt ? 'access was used or made at its end or later' : undefined;
}

function isRequester(by: Event['by'], { requester }: { requester: Person }): boolean {
  return isPerson(by) && samePerson(by, requester) === 'same';
}

function isPerson(by: Event['by']): by is Person {
  return by !== 'jit' && !isOperator(by);
}

function weaker(before: Chain, after: Chain): boolean {
  return before.some(
    ({ name, quorum }) => !after.some((stage) => stage.name === name && stage.quorum >= quorum),
  );
}

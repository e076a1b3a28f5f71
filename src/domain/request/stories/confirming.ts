import { formatChain, isComplete, mergeChains, openStage, type Chain } from '../../chain.js';
import { peopleOf } from '../../delegation.js';
import { isEarly } from '../../lease.js';
import { samePerson, type Person } from '../../person.js';
import { canConfirm, confirming, isFrom, SKEW, UNDER_WAY, wrongLease, type Past } from '../../record/past.js';
import { BASIS, isChain, isInstant, isPermitting, isText, wrongBasis } from '../../record/values.js';
import type { CommandOf } from '../command.js';
import { deniedBy, rulingOf } from '../decision.js';
import type { Event, EventOf } from '../event.js';
import { termsOf, type Pending, type Reason, type State, type Vote } from '../state.js';
import { fillGaps } from './escalating.js';
import { CARDS, NOTHING, record, tell, waits, type Decided, type EventRow, type Owes } from './story.js';

// When the chain is complete, the decision is made again, with what holds now: only then is the request approved.

const PASSED_OVER: Owes = { effect: { type: 'passed-over' } };
/** Why a vote counts no more, as it stands on record: `verify` knows no other. */
const NO_LONGER = 'no longer entitled to this stage';

/** Leads to the approval, to a denial, or to a longer way if policy now asks for more. */
export function confirm(command: CommandOf<'Confirm'>, state: State): Decided {
  const { at, decision } = command;
  if (state.status !== 'pending' || !isCurrent(command, state)) return NOTHING;
  if (isEarly(state, at)) return NOTHING;
  if (at >= state.lapsesAt) return record(at, { type: 'RequestLapsed' });
  const reason = refused(command, state) ?? barred(command, state);
  if (reason) return record(at, { type: 'RequestDenied', reason });
  if (decision.outcome === 'denied') return NOTHING;
  const { events, isWhole, gap } = recheck(command, state, decision);
  if (gap) return { events: [...events, { type: 'RequestDenied', at, by: 'jit', reason: gap }] };
  if (!isWhole) return { events };
  const { lease, basis, decidedAt } = command;
  const ruling = rulingOf(decision);
  const approved = { type: 'RequestApproved', at, by: 'jit', lease, ruling, decidedAt } as const;
  return { events: [...events, { ...approved, ...basis, ...termsOf(command) }] };
}

/** Whether the chain is complete, and all of it as it was when the facts were gathered. */
export function isCurrent(
  { revision, voters, escalations = 0 }: Recheck,
  { checked, chain, votes, revision: now, escalated = [] }: Pending,
): boolean {
  if (!checked || !isComplete({ chain, votes })) return false;
  // Somebody voted, or the chain changed, meanwhile: what completes it owes its own confirmation.
  if (revision !== now || voters.join() !== votes.map(({ by }) => by.email).join()) return false;
  // Nor who may come in: what was looked up before somebody else came in would close it for want of people.
  return escalations === escalated.length;
}

type Recheck = CommandOf<'Confirm'> | CommandOf<'LookAhead'>;
type Permitted = Exclude<Recheck['decision'], { outcome: 'denied' }>;

/** What has become of votes and chain: which count no more, what policy asks for besides, and who comes in for it. */
export function recheck(
  command: Recheck,
  state: Pending,
  decision: Permitted,
): { events: Event[]; isWhole: boolean; gap?: Reason } {
  const { at } = command;
  const by = 'jit';
  const ruling = rulingOf(decision);
  const chain = mergeChains([state.chain, decision.chain], command.order);
  const votes = holding(command, state);
  const gone = state.votes.filter((vote) => !votes.includes(vote)).map((vote) => vote.by.email);
  const events: Event[] = [];
  if (gone.length > 0) events.push({ type: 'VotesVoided', at, by, people: gone, why: NO_LONGER });
  if (formatChain(chain) !== formatChain(state.chain))
    events.push({ type: 'ChainChanged', at, by, chain, ruling });
  if (isComplete({ chain, votes })) return { events, isWhole: true };
  const { reserves = {} } = command;
  const filled = fillGaps({ ...state, chain, votes }, { ...command, reserves });
  if ('gap' in filled) return { events, isWhole: false, gap: { code: 'unfillable', ...filled.gap } };
  const calls = filled.calls.map((call) => ({ type: 'StageEscalated', at, by, ...call }) as const);
  return { events: [...events, ...calls], isWhole: false };
}

/** Why it takes no effect, whoever has agreed. */
export function refused(
  { requesterProblem, grantHash, decision }: Recheck,
  { grant }: Pending,
): Reason | undefined {
  if (requesterProblem !== undefined) return { code: 'requester', problem: requesterProblem };
  if (grantHash !== grant.hash) return { code: 'changed' };
  return decision.outcome === 'denied' ? deniedBy(decision) : undefined;
}

/** What other emergencies of the same person say against this one. */
function barred(
  { contested, earlier, decision }: CommandOf<'Confirm'>,
  { emergency, chain }: Pending,
): Reason | undefined {
  if (!emergency) return undefined;
  if (earlier !== undefined) return { code: 'emergency-open', request: earlier };
  const isAuto = chain.length === 0 && decision.outcome === 'auto';
  return isAuto && contested !== undefined ? { code: 'contested', request: contested } : undefined;
}

/**
 * The votes that still hold: by people entitled to their stage now, or in the place of one who is, each of them once,
 * none of them the requester.
 */
export function holding(
  { valid, candidates }: Pick<Recheck, 'valid' | 'candidates'>,
  { votes, requester }: Pick<Pending, 'votes' | 'requester'>,
): Vote[] {
  const shares = (one: Vote, people: Person[]) =>
    peopleOf(one).some((mine) => people.some((other) => samePerson(mine, other) !== 'other'));
  return votes.filter(
    (vote, index) =>
      valid.includes(vote.by.email) &&
      candidates[vote.stage]?.includes((vote.delegatedBy ?? vote.by).email) &&
      !shares(vote, [requester]) &&
      votes.findIndex((other) => shares(other, peopleOf(vote))) === index,
  );
}

/** A stage begins to wait, and people have not been reminded of that. */
function anew(before: Pending): Pending {
  const { reminders: _, ...rest } = before;
  return rest;
}

export const CONFIRMING = {
  VotesVoided: {
    after: { pending: true },
    members: { people: 'always', why: 'always' },
    evolve: ({ people }, before) => ({
      ...anew(before),
      votes: before.votes.filter((vote) => !people.includes(vote.by.email)),
    }),
    owes: (event, state) => [CARDS, ...waits(event, state)],
    law: wrongVoiding,
  } satisfies EventRow<'VotesVoided', 'pending'>,

  ChainChanged: {
    after: { pending: true },
    members: { chain: 'always', ruling: 'always' },
    evolve: ({ chain, ruling }, before) => ({
      ...anew(before),
      chain,
      ruling,
      revision: before.revision + 1,
    }),
    owes: (event, state) => [CARDS, ...waits(event, state)],
    law: wrongChange,
  } satisfies EventRow<'ChainChanged', 'pending'>,

  RequestApproved: {
    after: { pending: true },
    members: {
      lease: 'always',
      ruling: 'always',
      given: 2,
      ...BASIS,
      decidedAt: 'sometimes',
      form: 'sometimes',
      access: 'sometimes',
    },
    evolve: ({ at, lease, ruling }, before) => {
      const { checked: _, doubt: __, ...request } = before;
      return { ...request, status: 'approved', approvedAt: at, lease, ruling, settledBy: at };
    },
    owes: (_, { emergency }) => [
      { effect: { type: 'provision' } },
      CARDS,
      tell('decided'),
      ...(emergency ? [PASSED_OVER] : []),
    ],
    law: wrongApproval,
  } satisfies EventRow<'RequestApproved', 'pending'>,
};

const NOTHING_LED = 'it was confirmed when nothing had led to that, or after it had lapsed';

function wrongVoiding({ at, people, why }: EventOf<'VotesVoided'>, before: Pending): string | undefined {
  if (!canConfirm(before, at)) return NOTHING_LED;
  const voters = before.votes.map(({ by }) => by.email);
  const voided = voters.filter((email) => people.includes(email));
  if (people.length === 0 || voided.join() !== people.join())
    return 'votes were voided of people who had not voted';
  return why === NO_LONGER ? undefined : 'votes were voided for a reason that the program does not know';
}

function wrongChange(event: EventOf<'ChainChanged'>, before: Pending, past: Past): string | undefined {
  const { at, chain, ruling } = event;
  if (weaker(before.chain, chain)) return 'the chain was made weaker: a stage or a quorum is gone';
  if (confirming(past, event) !== 'VotesVoided' && !canConfirm(before, at)) return NOTHING_LED;
  if (!isChain(chain)) return 'the chain became one that policy could not ask for';
  if (formatChain(chain) === formatChain(before.chain)) return 'the chain was changed to what it was';
  if (isFrom(2, before) && !isPermitting(ruling))
    return 'the chain was changed without a policy that permits it';
  return undefined;
}

function weaker(before: Chain, after: Chain): boolean {
  return before.some(
    ({ name, quorum }) => !after.some((stage) => stage.name === name && stage.quorum >= quorum),
  );
}

function wrongApproval(event: EventOf<'RequestApproved'>, before: Pending): string | undefined {
  const { at, lease, ruling, form = 1, access } = event;
  const wrong = wrongQuorum(before);
  if (wrong) return wrong;
  if (at >= before.lapsesAt) return 'it was approved after it had lapsed';
  if (isEarly(before, at)) return 'it was approved before its start';
  const late = wrongLease(lease, at, before);
  if (late || !isFrom(2, before)) return late;
  if (!isPermitting(ruling)) return 'it was approved without a policy that permits it';
  const untold = wrongBasis(event) ?? wrongMoment(event, before);
  if (untold) return untold;
  if (!Number.isInteger(form) || form < 1) return 'its documents were written in no wording';
  const way = access ? [access.manageRoleArn, access.externalId ?? 'none'] : [];
  return way.every(isText) ? undefined : 'the way into its account leads nowhere';
}

/** Policy was asked before the approval was written, and not long before the request: its clock may have been another one. */
function wrongMoment(
  { at, decidedAt }: EventOf<'RequestApproved'>,
  { requestedAt }: Pending,
): string | undefined {
  if (decidedAt === undefined) return undefined;
  return isInstant(decidedAt) && decidedAt <= at + SKEW && decidedAt >= requestedAt - UNDER_WAY
    ? undefined
    : 'policy decided on it before it was asked for, or after it was approved';
}

export function wrongQuorum(before: Pending): string | undefined {
  if (!before.checked) return 'it was approved before it was checked against AWS’s limits';
  const missing = openStage(before);
  if (missing) return `it was approved without ${missing.quorum} of ${missing.name}`;
  const people = [before.requester, ...before.votes.flatMap(peopleOf)];
  const distinct = people.every((one, i) =>
    people.slice(i + 1).every((two) => samePerson(one, two) === 'other'),
  );
  return distinct ? undefined : 'its quorum is not made of distinct people other than the requester';
}

import { isDeepStrictEqual } from 'node:util';
import { brokenAt } from '../../../src/domain/record/seal.js';
import type { Chain } from '../../../src/domain/chain.js';
import { evolve } from '../../../src/domain/request/stories/index.js';
import type { Person } from '../../../src/domain/person.js';
import type { State, Vote } from '../../../src/domain/request/state.js';
import { ana, mayCast } from './facts.js';
import { head, type World } from './world.js';
import { upcastEvent } from '../../../src/domain/record/upcast.js';

/** What must hold, whatever happens: after every step, or when the clock has run out. */
export interface Law {
  name: string;
  always?: (world: World) => boolean;
  inTheEnd?: (world: World) => boolean;
  /** Of two worlds in which the same effects were carried out, once and in a mess. */
  bothWays?: (once: World, twice: World) => boolean;
}

export const durableDuty: Law = {
  name: 'invariant 2: no provisioning call begins unless grant and lease were written in the change that approved',
  always: ({ notes }) => notes.unledgered === 0 && notes.approval?.withGrant !== false,
};

export const quorum: Law = {
  name: "invariant 3: what is approved has every stage's quorum of distinct people, none the requester, authorised at the vote and at the end",
  always: ({ notes, setting }) => {
    if (!notes.approval) return true;
    const { state, facts, votes } = notes.approval;
    const asked = [setting.facts.decision, facts.decision];
    const needed = asked.flatMap((decision) => (decision.outcome === 'denied' ? [] : decision.chain));
    const counted = votes.filter(({ vote, authorised: then }, index) => {
      const first = votes.findIndex(({ vote: other }) => isShared(usedUp(other), usedUp(vote)));
      const own = isShared(usedUp(vote), [ana]);
      return first === index && !own && then && mayCast(facts, vote, state);
    });
    const has = ({ name, quorum }: Chain[number]) =>
      counted.filter(({ vote }) => vote.stage === name).length >= quorum;
    return needed.every(has) && state.chain.every(has);
  },
};

/** Who votes, and in whose place: both are used up by it (invariant 17). */
const usedUp = ({ by, delegatedBy }: Vote): Person[] => [by, ...(delegatedBy ? [delegatedBy] : [])];
const isShared = (some: Person[], others: Person[]): boolean =>
  some.some((one) => others.some((two) => one.email === two.email || one.account.id === two.account.id));

export const refusals: Law = {
  name: 'invariant 4: what policy denies when it takes effect, what the catalog has changed, and whose requester has gone, is not approved',
  always: ({ notes: { approval } }) => {
    if (!approval) return true;
    const { decision, hash, requesterProblem } = approval.facts;
    return decision.outcome !== 'denied' && hash === approval.state.grant.hash && !requesterProblem;
  },
};

export const extendedByQuorum: Law = {
  name: 'invariants 2 and 3: what is made longer has the quorum of its chain, of distinct people who may, before the old end, and the grant has the new one in the same write',
  always: ({ notes: { extensions = [] }, setting }) =>
    extensions.every(({ extension, facts, at, was, grant }) => {
      const { chain, votes } = extension;
      const counted = votes.filter((vote, index) => {
        const first = votes.findIndex((other) => isShared(usedUp(other), usedUp(vote)));
        return first === index && !isShared(usedUp(vote), [ana]) && mayCast(facts, vote, {});
      });
      const { decision } = facts;
      const needed = decision.outcome === 'denied' ? undefined : [...chain, ...decision.chain];
      const has = ({ name, quorum }: Chain[number]) =>
        counted.filter(({ stage }) => stage === name).length >= quorum;
      const isWithin = extension.total <= setting.duration + 2 * 60 * 60_000;
      return (
        needed !== undefined &&
        needed.every(has) &&
        at < was &&
        isWithin &&
        grant?.lease.endsAt === extension.endsAt
      );
    }),
};

export const repeatable: Law = {
  name: 'invariant 5: effects carried out twice, backwards and with deaths half-way lead to the same state and the same AWS',
  bothWays: (once, twice) => isDeepStrictEqual(outcome(once), outcome(twice)),
};

export const noLonger: Law = {
  name: 'invariant 3: nobody gets access for longer than the least that somebody approved it for',
  always: ({ notes: { approval, least }, setting }) => {
    if (!approval) return true;
    const { startsAt, endsAt } = approval.state.lease;
    return endsAt - startsAt <= Math.min(setting.duration, ...least);
  },
};

export const notBefore: Law = {
  name: 'invariant 2: nothing is approved, and no grant is written, before the start that was asked for',
  always: ({ notes: { approval }, setting: { startsAt = 0 }, grant, heads }) => {
    const { state } = heads.at(-1)!;
    if (state.status === 'pending') return grant === undefined;
    return !approval || Math.min(approval.state.approvedAt, approval.state.lease.startsAt) >= startsAt;
  },
};

export const nothingLost: Law = {
  name: 'invariant 6: whoever decided on an older head wrote nothing over what was newer, and each vote is there until it is void',
  always: ({ heads, notes, records }) => {
    const { state, tail } = heads.at(-1)!;
    const sameVotes =
      state.votes.length === notes.votes.length &&
      state.votes.every((vote, index) => vote === notes.votes[index]?.vote);
    return notes.overwritten === 0 && tail.n === records.length && sameVotes;
  },
};

export const timely: Law = {
  name: 'invariant 1: no call for access or credentials begins outside an approved lease',
  always: ({ notes }) => notes.untimely === 0,
};

export const goneWhenClosed: Law = {
  name: 'a closed request has no access, and no provisioning call can still land',
  always: (world) => {
    const { live, flying } = world.aws;
    return head(world)?.state.status !== 'closed' || (!live && flying.length === 0);
  },
};

export const endsInTheEnd: Law = {
  name: 'invariant 2: whatever is asked for is closed in the end, nothing of ours stands in AWS, and nothing stays due',
  inTheEnd: (world) => {
    const { state, outbox, dueAt } = head(world)!;
    const { live, deny } = world.aws;
    return (
      state.status === 'closed' &&
      outbox.length === 0 &&
      dueAt === undefined &&
      !live &&
      !deny &&
      !world.lease
    );
  },
};

export const onRecord: Law = {
  name: "invariant 12: the record's chain holds, and replayed it gives the state",
  inTheEnd: ({ records, heads }) => {
    const { state, tail } = heads.at(-1)!;
    if (brokenAt(records) !== undefined || records.at(-1)?.hash !== tail.hash) return false;
    const replayed = records.reduce<State | undefined>(
      (before, { event }) => evolve(before, upcastEvent(event)),
      undefined,
    );
    return isDeepStrictEqual(replayed, state);
  },
};

export const laws: Law[] = [
  durableDuty,
  quorum,
  refusals,
  noLonger,
  notBefore,
  extendedByQuorum,
  repeatable,
  nothingLost,
  timely,
  goneWhenClosed,
  endsInTheEnd,
  onRecord,
];

/** Everything that matters to people and to AWS. How often credentials were minted is neither. */
function outcome({ heads, aws, grant }: World) {
  const { state } = heads.at(-1)!;
  const seen = state.status === 'active' ? { ...state, mints: 0 } : state;
  return { seen, live: aws.live, deny: aws.deny, settledBy: grant?.settledBy };
}

import type { DelegationFact, OwedNews } from '../../src/domain/delegation.js';
import { isOfDelegation, wrongStandIn } from '../../src/domain/record/delegations.js';
import {
  examineLedger,
  personLedger,
  type LedgerHead,
  type LedgerRecord,
} from '../../src/domain/record/ledger.js';
import type { Instant, Millis } from '../../src/domain/entitlement.js';
import type { State, Vote } from '../../src/domain/request/state.js';
import type { EngineStore, LedgerChange } from '../../src/ports/record.js';
import { MOST_TRIES } from '../../src/workflow/engine/message.js';
import { mail, nameOf, type Company } from './company.js';
import type { Scheduler } from './scheduler.js';
import type { Letter } from './slack.js';

/** A clock may be a minute late, and what a vote rests on may have been gathered a minute before it was written. */
const LATE: Millis = 120_000;

/** A delegation, as it truly stood: by when its records landed, whatever the clock of who wrote them said. */
interface Span {
  from: string;
  to: string;
  landed: Instant;
  until: Instant;
  over: Instant;
}

/** Who decided, for which stage, and in whose place. */
type Seat = Pick<Vote, 'by' | 'delegatedBy' | 'stage'>;

/** Who approved or denied, when, and in whose place. */
export type Decided = Pick<Vote, 'by' | 'at' | 'delegatedBy'>;

/** Whom a vote uses up, worked out here once more. */
const peopleOf = ({ by, delegatedBy }: Pick<Vote, 'by' | 'delegatedBy'>): string[] =>
  [by, ...(delegatedBy ? [delegatedBy] : [])].map(({ email }) => email);

/** Judges invariant 17: who stands in for somebody fills that one's seat, and of the two one counts. */
export function standIns(
  time: Scheduler,
  company: Company,
  { blame, letters }: { blame: (what: string) => void; letters: () => Letter[] },
) {
  const ledgers = new Map<string, LedgerHead>();
  const spans: Span[] = [];
  const given = { instead: 0 };

  function happened(fact: DelegationFact, from: string): void {
    const stands = spans.find((span) => span.from === from && span.over === Infinity);
    if (fact.type === 'DelegationEnded') {
      if (!stands) return blame('a delegation ended that did not stand');
      stands.over = time.now();
      // Only lee may audit.
      if (fact.by !== 'jit' && ![from, mail('lee')].includes(fact.by.email))
        blame('a delegation was ended by somebody who may not');
      return;
    }
    if (stands) blame('two stand in for one person');
    const { to, until } = fact.delegation;
    spans.push({ from, to: to.email, landed: time.now(), until, over: Infinity });
  }

  /** Everything that was owed has been said, or held for nobody by the time at which it would have been. */
  function lookAtNews(ledger: string, before: OwedNews[], left: OwedNews[]): void {
    for (const { id, what, delegation, attempts } of before) {
      if (attempts > MOST_TRIES || left.some((news) => news.id === id)) continue;
      if (letters().some(({ key }) => key === `${ledger}.${id} the delegate`)) continue;
      const [from, to] = [delegation.from, delegation.to].map(({ email }) => nameOf(email));
      const holds = !company.heldWithin(
        delegation.since - LATE,
        time.now(),
        ({ deputies, security }) =>
          !deputies.includes(to!) || !(security.includes(from!) || from === 'bob' || from === 'kim'),
      );
      if (what === 'ended' || holds) blame('who stands in was not told');
    }
  }

  function lookAtSeat(seat: Seat, requester: string, escalated: boolean): void {
    const { by, delegatedBy } = seat;
    if (peopleOf(seat).includes(requester))
      blame('somebody decided on a request of their own, or of who is away');
    if (!delegatedBy) return;
    given.instead++;
    const now = time.now();
    const stood = spans.some(
      ({ from, to, landed, until, over }) =>
        from === delegatedBy.email && to === by.email && landed <= now && now <= Math.min(over, until) + LATE,
    );
    if (!stood) blame('somebody decided in the place of one for whom they do not stand in');
    const held = company.heldWithin(now - LATE, now, (facts) =>
      company.mayFill({ ...seat, escalated }, requester, facts),
    );
    if (!held) blame('somebody decided in a seat that neither of the two holds');
  }

  return {
    /** Those who stand in for somebody now. */
    deputies: (): string[] => spans.flatMap(({ to, over }) => (over === Infinity ? [nameOf(to)] : [])),
    /** How many votes were given in the place of somebody. */
    given,
    /** A write to a ledger has landed. */
    wrote({ head, records }: LedgerChange): void {
      const before = ledgers.get(head.ledger);
      ledgers.set(head.ledger, head);
      const facts = records.flatMap(({ event }) => (isOfDelegation(event) ? [event] : []));
      for (const fact of facts) {
        const { email } =
          (fact.type === 'DelegationStarted' ? fact.delegation : before?.delegation)?.from ?? {};
        happened(fact, email ?? '');
      }
      // What a change of the delegation has made needless is not owed any more.
      if (facts.length === 0) lookAtNews(head.ledger, before?.outbox ?? [], head.outbox ?? []);
    },

    /** A vote is on record. @param escalated whether its stage has gone on to the board */
    voted(vote: Vote, { requester, votes }: State, escalated: boolean): void {
      const shares = (other: Vote) =>
        (vote.delegatedBy ?? other.delegatedBy) !== undefined &&
        peopleOf(other).some((one) => peopleOf(vote).includes(one));
      if (votes.some(shares)) blame('of who is away and who stands in, both were counted');
      lookAtSeat(vote, requester.email, escalated);
    },

    /** A denial is. */
    denied(seat: Seat, { requester }: State, escalated: boolean): void {
      lookAtSeat(seat, requester.email, escalated);
    },

    told(again: boolean): void {
      if (again) blame('it was told twice who stands in, though a look would have shown it');
    },

    /** Whether nothing is due of any ledger. */
    isQuiet: (): boolean => [...ledgers.values()].every(({ dueAt }) => dueAt === undefined),
    due: (): Instant[] => [...ledgers.values()].flatMap(({ dueAt }) => dueAt ?? []),

    /** Once a healthy process has had its time. @param decided of all requests */
    async closing(store: EngineStore, decided: Decided[]): Promise<void> {
      const facts = new Map<string, LedgerRecord['event'][]>();
      for (const name of await store.ledgers()) {
        const [head, records] = [await store.ledger(name), await store.ledgerRecords(name)];
        facts.set(
          name,
          records.map(({ event }) => event),
        );
        for (const { what } of examineLedger(name, { ...(head && { head }), records }))
          blame(`verify doubts what is true of a ledger: ${what}`);
        if (head?.delegation) blame('a delegation outlived its time');
        if (head?.outbox) blame('it is still owed to tell who stands in');
      }
      for (const { by, at, delegatedBy } of decided) {
        if (!delegatedBy) continue;
        const what = wrongStandIn(
          { by, at, delegatedBy },
          facts.get(personLedger(delegatedBy.account)) ?? [],
        );
        if (what !== undefined) blame(`verify doubts what is true: ${what}`);
      }
    },
  };
}

/** How many of these votes count, when nobody is to be used up twice. */
export function mostApart(votes: Vote[]): number {
  const sets = new Map(votes.map((vote) => [peopleOf(vote).sort().join(' '), peopleOf(vote)]));
  const most = ([first, ...rest]: string[][], used: string[]): number => {
    if (!first) return 0;
    const without = most(rest, used);
    return first.some((one) => used.includes(one))
      ? without
      : Math.max(without, 1 + most(rest, [...used, ...first]));
  };
  return most([...sets.values()], []);
}

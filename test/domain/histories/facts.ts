import type { Chain } from '../../../src/domain/chain.js';
import { defined } from '../../../src/domain/objects.js';
import type { Person } from '../../../src/domain/person.js';
import type { Candidates, RequestDecision, Reserves } from '../../../src/domain/request/decision.js';
import type { State, Vote } from '../../../src/domain/request/state.js';
import { HOUR, MINUTE, T0, chain, person } from '../../support/requests.js';

/** Everything outside the core that a decision rests on, as it is now: policy, directory, catalog, AWS's room. */
export interface Facts {
  decision: RequestDecision;
  candidates: Candidates;
  /** Who is in the group that a stage is escalated to, and who in the fallback. */
  board: readonly string[];
  fallback: readonly string[];
  /** E-mails whose votes Cedar denies. */
  barred: readonly string[];
  hash: string;
  requesterProblem: boolean;
  room: boolean;
}

/** What a history begins with. */
export interface Setting {
  facts: Facts;
  duration: number;
  /** Where it is asked for later. */
  startsAt?: number;
  /** Whether it is asked for in an emergency; absent: it is not. */
  emergency?: true;
  /** Whether revoking leaves a Deny behind, to be cleared away later. */
  leavesDeny: boolean;
}

export const ORDER = ['manager', 'dba', 'security'];
const NAMES = ['ana', 'bob', 'cat', 'dan', 'eve', 'fay'];
const people = NAMES.map(person);
export const [ana, bob, cat] = people as [Person, Person, Person];

/** Who presses buttons: the six, and four that share one half of somebody's identity. */
export const ACTORS: Person[] = [
  ...people,
  { ...ana, account: { ...ana.account, id: 'UANA2' } },
  { ...ana, email: bob.email },
  { ...bob, account: { ...bob.account, id: 'UBOB2' } },
  { ...bob, email: cat.email },
];

/** People who are of no stage, and stand in for others. */
export const STAND_INS: Person[] = ['gus', 'hal', 'ida'].map(person);

const CHAINS: Chain[] = [
  'manager, 2 of security',
  'manager',
  '2 of security',
  'manager, dba, 2 of security',
  'dba, security',
  '3 of security',
  'manager, security',
  'auto',
].map(chain);
const DURATIONS = [15, 60, 1, 240].map((minutes) => minutes * MINUTE);

const STARTS = [undefined, undefined, undefined, T0 + 30 * MINUTE, T0 + 3 * HOUR];

const ruling = { policies: ['p'], advice: [], bundle: 'b' };
const DECISIONS: RequestDecision[] = CHAINS.map((stages) => ({
  ...ruling,
  outcome: stages.length === 0 ? 'auto' : 'needs-approval',
  chain: stages,
}));
const DENIED: RequestDecision = { ...ruling, outcome: 'denied', errors: [] };
/** All subsets of the six, as e-mails. */
const SETS = Array.from({ length: 64 }, (_, mask) =>
  people.filter((_one, index) => mask & (1 << index)).map(({ email }) => email),
);

/** Reads small numbers off one big one: `next(6)` is a number below 6. */
export function digits(number: number): (below: number) => number {
  let rest = number;
  return (below) => {
    const digit = rest % below;
    rest = Math.floor(rest / below);
    return digit;
  };
}

/** A setting from any number below 2³¹; small numbers are simple ones, so that counterexamples shrink. */
export function settingFrom(number: number): Setting {
  const next = digits(number);
  const decision = DECISIONS[next(8)]!;
  const leavesDeny = next(2) === 1;
  const duration = DURATIONS[next(4)]!;
  // Mostly well filled: nobody left out at 0, and the more bits are set, the fewer people.
  const people = () => SETS[63 & ~(next(64) & next(64))]!;
  const candidates = { manager: people(), dba: people(), security: people() };
  return {
    facts: {
      decision,
      candidates,
      board: people(),
      fallback: people(),
      barred: [],
      hash: 'h1',
      requesterProblem: false,
      room: true,
    },
    duration,
    leavesDeny,
    ...defined({ startsAt: STARTS[number % STARTS.length] }),
  };
}

/** The world changes its mind about one thing; often, it goes back to how things were. */
export function changed(facts: Facts, first: Facts, what: number, how: number): Facts {
  switch (what) {
    case 0:
      return { ...facts, decision: DECISIONS[how % 8]! };
    case 1:
      return { ...facts, candidates: { ...facts.candidates, [ORDER[how % 3]!]: SETS[(how * 7) % 64]! } };
    case 2:
      return how % 4 === 0
        ? { ...facts, board: SETS[(how * 7) % 64]!, fallback: SETS[(how * 11) % 64]! }
        : { ...facts, barred: SETS[how % 64]! };
    case 3:
      return how % 3 === 0 ? { ...facts, decision: DENIED } : { ...facts, hash: how % 3 === 1 ? 'h2' : 'h1' };
    case 4:
      return { ...facts, requesterProblem: how % 2 === 0 };
    case 5:
      return { ...facts, room: how % 2 === 0 };
    default:
      return first;
  }
}

type Escalated = Pick<State, 'escalated'>;

/** Whether this e-mail may vote at this stage now: of the stage, or of a group that has come in; not denied by Cedar. */
export function authorised(facts: Facts, email: string, stage: string, state: Escalated): boolean {
  return (candidatesNow(facts, state)[stage]?.includes(email) ?? false) && !facts.barred.includes(email);
}

/** Who may fill the stages, those who have come in included. */
export function candidatesNow(facts: Facts, { escalated = [] }: Escalated): Candidates {
  const more = (stage: string) =>
    escalated.flatMap((one) => (one.stage === stage ? facts[one.to as 'board' | 'fallback'] : []));
  return Object.fromEntries(
    Object.entries(facts.candidates).map(([stage, people]) => [
      stage,
      [...new Set([...people, ...more(stage)])],
    ]),
  );
}

export function reservesNow({ board, fallback }: Facts): Reserves {
  const both = [
    { to: 'board', people: board },
    { to: 'fallback', channel: 'C0LAST', people: fallback },
  ];
  return Object.fromEntries(ORDER.map((stage) => [stage, both]));
}

/** The same of a vote: who stands in for somebody must be let by Cedar, and that one of the stage. */
export function mayCast(facts: Facts, { by, delegatedBy, stage }: Vote, state: Escalated): boolean {
  if (!delegatedBy) return authorised(facts, by.email, stage, state);
  const holds = candidatesNow(facts, state)[stage]?.includes(delegatedBy.email) ?? false;
  return holds && !facts.barred.includes(by.email);
}

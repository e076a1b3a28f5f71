import type { Policy } from '../../policy.js';
import { boxesOf } from '../boxes.js';
import { NOTHING } from '../model/decide.js';
import type { Diagram } from '../model/diagram.js';
import { besides, casesIn, counter, plainly, SAME, takeOut, type ActWorld, type SaidCase } from './cases.js';
import { hidersAmong, isOfPermits } from './hiders.js';
import { reachedIn, waysOfPeople, type Reached } from './reached.js';

/** What of the answers would change without a policy. */
export type PolicyUse =
  | { is: 'needed' }
  /** Nothing would, for it never permits or forbids anything; `errs`: some questions are an error to it. */
  | { is: 'never holds'; errs: boolean }
  /** Nothing would: each of `by` alone says as much wherever this one holds; of none, others do together. */
  | { is: 'hidden'; by: readonly Policy[] }
  /** Nothing would, for what it forbids nothing permits. */
  | { is: 'in reserve' }
  /** That is not known. */
  | { is: 'open'; why: readonly string[] };

/** Of what a policy says, so many ways are tried before all are looked at. */
const TRIED = 40;
/** So much of what policies say is looked at to compare them. */
const MOST_LOOKS = 20_000_000;
const NEEDED: FoundUse = { use: { is: 'needed' } };

/**
 * What each policy does to the answers to all questions. Those that change nothing can be taken out, all of them together.
 * @param policies in the order of the folder: of two that hide one another, the later one is hidden
 * @param worlds of all acts; of a policy that is about none of them nothing is said
 * @throws TooLarge
 */
export function usesOf(
  policies: readonly Policy[],
  worlds: readonly ActWorld[],
): ReadonlyMap<Policy, PolicyUse> {
  const cases = worlds.flatMap(casesIn);
  const theirs = new Map(policies.map((policy) => [policy, [] as SaidCase[]]));
  for (const one of cases) for (const policy of one.said.keys()) theirs.get(policy)?.push(one);
  const spend = counter(MOST_LOOKS);
  const uses = new Map<Policy, PolicyUse>();
  const out = new Set<Policy>();
  const asked = new Set(worlds.flatMap(({ model }) => model.deciders.flatMap((one) => one.policies)));
  for (const policy of policies.filter((one) => asked.has(one)).toReversed()) {
    const own = theirs.get(policy)!;
    const found = isSeen(policy, own, spend) ? NEEDED : useOf(policy, own, spend);
    if (found.isIdle) {
      out.add(policy);
      for (const one of own) takeOut(policy, one);
    }
    if (found.use) uses.set(policy, found.use);
  }
  const hidersOf = hidersAmong(out);
  for (const policy of out)
    if (!uses.has(policy)) uses.set(policy, hiding(policy, theirs.get(policy)!, hidersOf));
  return uses;
}

type Spend = ReturnType<typeof counter>;

interface FoundUse {
  /** Absent where others hide it. */
  use?: PolicyUse;
  /** Whether it changes nothing, beside those that are left as beside all. */
  isIdle?: boolean;
}

function useOf(policy: Policy, own: readonly SaidCase[], spend: Spend): FoundUse {
  const found = [changes(policy, own, 'all', spend), changes(policy, own, 'left', spend)];
  const isIdle = found.every((one) => one === 'no');
  if (holding(policy, own) === 'no') {
    const errs = own.some((one) => reachedBy(one, policy, isError) === 'yes');
    return { use: { is: 'never holds', errs }, isIdle };
  }
  if (isIdle) return { isIdle };
  const why = found.find((one) => typeof one === 'object');
  return found.includes('yes') || !why ? NEEDED : { use: { is: 'open', why } };
}

function hiding(
  policy: Policy,
  own: readonly SaidCase[],
  hidersOf: ReturnType<typeof hidersAmong>,
): PolicyUse {
  const by = hidersOf(policy, own);
  const isInReserve = by.length === 0 && policy.effect === 'forbid' && !hasPermits(policy, own);
  return isInReserve ? { is: 'in reserve' } : { is: 'hidden', by };
}

/** Whether anything of what a policy forbids is permitted, if it and all other forbids are left aside. */
function hasPermits(policy: Policy, own: readonly SaidCase[]): boolean {
  return own.some((one) => {
    const permits = isOfPermits(one);
    const { together, concluded } = one.decider;
    const without = concluded(together(permits));
    const its = concluded(together([...permits, one.said.get(policy)!]));
    return differs(one, its, without) !== 'no';
  });
}

const isError = (answer: string): boolean => answer === 'error';
const isHolding = (answer: string): boolean => answer.startsWith('+') || answer === 'no';

const reachedBy = ({ model, said }: SaidCase, policy: Policy, isWanted: (answer: string) => boolean) =>
  reachedIn(model, said.get(policy)!, isWanted);

/** Whether a policy permits or forbids something. */
function holding(policy: Policy, own: readonly SaidCase[]): Reached {
  return worst(own, (one) => reachedBy(one, policy, isHolding));
}

/** Whether some answer is another without a policy, beside all others or those that are left. */
function changes(policy: Policy, own: readonly SaidCase[], beside: 'all' | 'left', spend: Spend): Reached {
  return worst(own, (one) => {
    const { together, concluded } = one.decider;
    const says = one.said.get(policy)!;
    const others = besides(says, one[beside]);
    if (!others) return 'no';
    spend(others.length);
    const without = together(others);
    return differs(one, concluded(together([says, without])), concluded(without));
  });
}

function differs({ model, compared }: SaidCase, one: Diagram, other: Diagram): Reached {
  return one === other ? 'no' : reachedIn(model, compared(one, other), (answer) => answer !== SAME);
}

/** Yes where it is for some. */
function worst(cases: readonly SaidCase[], of: (one: SaidCase) => Reached): Reached {
  let open: readonly string[] | undefined;
  for (const one of cases) {
    const found = of(one);
    if (found === 'yes') return 'yes';
    if (found !== 'no') open ??= found;
  }
  return open ?? 'no';
}

/** Whether one of a few questions, on which a policy permits or forbids, is answered otherwise without it. */
function isSeen(policy: Policy, own: readonly SaidCase[], spend: Spend): boolean {
  let tried = 0;
  for (const one of own) {
    const others = besides(one.said.get(policy)!, one.all);
    for (const values of others ? questionsIn(one, policy) : []) {
      spend(others!.length);
      if (matters(one, policy, others!, values)) return true;
      if (++tried >= TRIED) return false;
    }
  }
  return false;
}

type Values = (variable: number) => number;

function* questionsIn({ model, said }: SaidCase, policy: Policy): Generator<Values> {
  const { variables, people } = model;
  const all = new Set(variables.keys());
  for (const { person, values, left } of waysOfPeople(model, said.get(policy)!).ways)
    for (const box of boxesOf(model, left, isHolding, TRIED).boxes) {
      const isOpen = [...box.values.keys()].some((number) => variables[number]!.is === 'open');
      if (isOpen) continue;
      const own = people.among([person.email], all)[0]!.values;
      yield (number) => own.get(number) ?? values.get(number) ?? box.values.get(number)?.[0] ?? 0;
    }
}

function matters(
  { model, decider, said }: SaidCase,
  policy: Policy,
  others: readonly Diagram[],
  values: Values,
): boolean {
  const at = (one: Diagram) => model.diagrams.at(one, values);
  const answers = others.map(at).filter((answer) => answer !== NOTHING);
  const [without, its] = [answers, [...answers, at(said.get(policy)!)]].map(decider.answered);
  return plainly(without!) !== plainly(its!);
}

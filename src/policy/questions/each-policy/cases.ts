import type { Policy } from '../../policy.js';
import { NOTHING, type Decider } from '../model/decide.js';
import { TooLarge, type Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';

/** What a policy is asked of: an act, and the subjects of it. */
export interface ActWorld {
  model: Model;
  /** Their keys. */
  subjects: readonly string[];
}

/** Subjects of which the same policies say the same. */
export interface SaidCase {
  model: Model;
  decider: Decider;
  /** By policy, in the order of the folder: what it says, where that is not nothing. */
  said: ReadonlyMap<Policy, Diagram>;
  /** How many policies say each of that; less those that were taken out. */
  all: ReadonlyMap<Diagram, number>;
  left: Map<Diagram, number>;
  /** `SAME` where a person would not notice which of two decisions it is. */
  compared: (one: Diagram, other: Diagram) => Diagram;
}

export const SAME = '';

/** A person does not notice whether a policy errs or refuses. */
export const plainly = (answer: string): string => (answer === 'error' ? 'denied' : answer);

export function casesIn({ model, subjects }: ActWorld): SaidCase[] {
  const decider = model.deciders[0]!;
  const nothing = model.diagrams.answer(NOTHING);
  const compared = model.diagrams.operation((a, b) => (plainly(a) === plainly(b) ? SAME : 'other'));
  const cases = new Map<string, SaidCase>();
  for (const subject of subjects) {
    const sayings = decider.sayings(subject).filter(({ says }) => says !== nothing);
    const key = sayings.map(({ policy, says }) => `${policy.id} ${says}`).join('\n');
    if (cases.has(key)) continue;
    const said = new Map(sayings.map(({ policy, says }) => [policy, says]));
    const all = new Map<Diagram, number>();
    for (const says of said.values()) all.set(says, (all.get(says) ?? 0) + 1);
    cases.set(key, { model, decider, said, all, left: new Map(all), compared });
  }
  return [...cases.values()];
}

/** From here on, what this policy says is no longer there. */
export function takeOut(policy: Policy, { said, left }: SaidCase): void {
  const says = said.get(policy)!;
  left.set(says, left.get(says)! - 1);
}

/** What is said besides a policy; undefined where another one says the very same. */
export function besides(says: Diagram, counts: ReadonlyMap<Diagram, number>): Diagram[] | undefined {
  if (counts.get(says)! > 1) return undefined;
  return [...counts].flatMap(([one, count]) => (one !== says && count > 0 ? [one] : []));
}

/** Counts what is looked at. @throws TooLarge after so much */
export function counter(most: number): (more: number) => void {
  let done = 0;
  return (more) => {
    done += more;
    if (done > most) throw new TooLarge('what so many policies do beside one another');
  };
}

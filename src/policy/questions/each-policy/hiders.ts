import type { Policy } from '../../policy.js';
import { bounded, type Diagram } from '../model/diagram.js';
import { counter, type SaidCase } from './cases.js';
import { reachedIn } from './reached.js';

/** What all permits say. */
export const isOfPermits = ({ said }: SaidCase): Diagram[] => [
  ...new Set([...said].flatMap(([{ effect }, diagram]) => (effect === 'permit' ? [diagram] : []))),
];

/** Of pairs of policies, so many are looked at; what hides the rest is not named. */
const MOST_PAIRS = 200_000;

/**
 * Finds policies each of which alone says at least as much as another, wherever that one says anything.
 * @param out policies that are not to be named
 */
export function hidersAmong(
  out: ReadonlySet<Policy>,
): (policy: Policy, own: readonly SaidCase[]) => Policy[] {
  const spend = counter(MOST_PAIRS);
  return (policy, own) =>
    bounded(
      () => {
        const others = [...(own[0]?.said.keys() ?? [])].filter((other) => !out.has(other));
        spend(others.length);
        return others.filter((other) => own.every((one) => hides(one, other, policy)));
      },
      () => [],
    );
}

function hides({ model, decider, said }: SaidCase, other: Policy, policy: Policy): boolean {
  const its = said.get(other);
  if (its === undefined) return false;
  const both = decider.together([its, said.get(policy)!]);
  if (its === both) return true;
  const compared = model.diagrams.operation((a, b) => (a === b ? '' : 'other'));
  return reachedIn(model, compared(its, both), (answer) => answer !== '') === 'no';
}

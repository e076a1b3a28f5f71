import type { Policy } from '../policy.js';
import { leavesOf } from './evaluate-clauses.js';
import { jsonOf } from './probe.js';

/** A policy, and where it stands: `freeze (production.cedar:12)`. */
export const placed = ({ id, place }: Pick<Policy, 'id' | 'place'>): string =>
  place === undefined ? id : `${id} (${place})`;

/** Why something was too much to prove, with the policies in which there is most to tell apart: there it can be mended. */
export function tooMuch(why: string, policies: readonly Policy[]): string {
  const sizes = policies.map((policy) => ({
    policy,
    size: jsonOf(policy.text).conditions.flatMap(({ body }) => leavesOf(body)).length,
  }));
  const most = sizes.toSorted((a, b) => b.size - a.size).filter(({ size }) => size > 0);
  const names = [...new Set(most.map(({ policy }) => placed(policy)))].slice(0, 2);
  return names.length === 0 ? why : `${why}; most is asked by ${names.join(' and ')}`;
}

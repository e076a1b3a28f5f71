import type { Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { entitiesIn } from '../read/cedar/literals.js';
import { jsonOf } from './probe.js';
import { listedGroups } from './seats.js';

/** A person, as far as the policies can tell people apart. */
export interface Profile {
  /** `engineers + on-call`, `anyone`, or an e-mail address. */
  name: string;
  who: Who;
}

/** Stands for everybody of whom only the groups matter. */
export const SOMEBODY = 'somebody@example.invalid';

const MOST = 200;
/** Groups of one policy of which every combination is tried; of more, the pairs and all together. */
const MANY = 4;

/**
 * Everybody whom the policies tell apart: those in no group, in one, in several that one policy mentions together, and
 * those whom a policy names. Bounded, since combinations grow without end.
 */
export function profilesOf({ policies, directory }: Pick<Parts, 'policies' | 'directory'>): {
  profiles: Profile[];
  /** How many were left out. */
  left: number;
} {
  const known = Object.keys(directory.groups);
  const sets = new Map<string, string[]>([
    ['', []],
    ...known.map((name) => [name, [name]] as [string, string[]]),
  ]);
  const people = new Set<string>();
  for (const { text } of policies) {
    const mentioned = new Set<string>();
    for (const { type, id } of entitiesIn(jsonOf(text))) {
      if (type === 'Jit::Group') mentioned.add(id);
      if (type === 'Jit::User') people.add(id);
    }
    const groups = known.filter((name) => mentioned.has(name));
    for (const set of together(groups)) sets.set(set.join('\n'), set);
  }
  const profiles = [
    ...[...sets.values()].map((groups) => ({
      name: groups.join(' + ') || 'anyone',
      who: { email: SOMEBODY, groups },
    })),
    ...[...people].map((email) => ({
      name: email,
      who: { email, groups: listedGroups(email, { directory }) },
    })),
  ];
  return { profiles: profiles.slice(0, MOST), left: Math.max(0, profiles.length - MOST) };
}

function together(groups: string[]): string[][] {
  if (groups.length > MANY) {
    const pairs = groups.flatMap((one, n) => groups.slice(n + 1).map((other) => [one, other]));
    return [...pairs, groups];
  }
  const subsets = groups.reduce<string[][]>(
    (sets, name) => [...sets, ...sets.map((set) => [...set, name])],
    [[]],
  );
  return subsets.filter(({ length }) => length > 1);
}

import type { DirectoryConfig } from '../../../domain/directory.js';
import { canonical } from '../../../domain/entitlement.js';
import type { Parts } from '../../policy.js';
import { peopleOf, type People } from '../cells/people.js';
import { SECOND } from '../../expressions/rename.js';
import { atomsOf } from './atoms.js';
import { decider, type Decider } from './decide.js';
import { diagrams, type Diagram, type Diagrams } from './diagram.js';
import { sideOf } from './sides.js';
import { truths } from './truth.js';
import { variablesOf, type ModelScope, type Variable } from './variables.js';

const BUDGET = 400_000;

export interface Model {
  variables: readonly Variable[];
  diagrams: Diagrams;
  directories: readonly DirectoryConfig[];
  /** Everybody whom some variables tell apart. */
  people: People;
  /** Of groups by their variables, the names of those that one folder knows them by. */
  groupsOn(side: number, variables: readonly string[]): string[];
  /**
   * What becomes of a request: a chain, `denied`, `error` where a policy errs, or `not offered`. Of another act: `allowed`,
   * `denied` or `error`.
   * @param key of the subject: an entitlement's id, or `voteKey`
   */
  decision(side: number, key: string): Diagram;
  /** By side. */
  deciders: readonly Decider[];
}

/**
 * What policies decide about an act, as functions of everything on which it depends.
 * @param all one folder, or two that are to be compared
 * @throws TooLarge
 */
export function modelOf(all: readonly Parts[], asking: ModelScope): Model {
  const { act = 'request' } = asking;
  const sides = all.map((parts, n) =>
    sideOf(parts, {
      act,
      ...(n > 0 && { first: all[0]! }),
      ...(asking.only && { only: asking.only }),
      ...(asking.own && { own: true }),
    }),
  );
  const atoms = atomsOf(sides);
  const variables = variablesOf(atoms, all, asking);
  const d = diagrams(BUDGET, asking.fixed?.(variables));
  const truth = truths(d, atoms, variables);
  const deciders = sides.map((side) => decider(d, side, truth, variables));
  const directories = all.map(({ directory }) => directory);
  return {
    variables,
    diagrams: d,
    directories,
    people: peopleOf(variables, directories),
    groupsOn: (side, names) => groupsOn(side, names, directories),
    decision: (side, key) => deciders[side]!.decision(key),
    deciders,
  };
}

/** A group that is not the same in the second folder has a variable of its own there. */
function groupsOn(side: number, names: readonly string[], directories: readonly DirectoryConfig[]): string[] {
  const isSame = (name: string) =>
    new Set(directories.map(({ groups }) => canonical(groups[name] ?? null))).size === 1;
  const found = names.flatMap((name) => {
    const plain = name.replace(SECOND, '');
    return plain !== name ? (side === 1 ? [plain] : []) : side === 0 || isSame(name) ? [name] : [];
  });
  return [...new Set(found)];
}

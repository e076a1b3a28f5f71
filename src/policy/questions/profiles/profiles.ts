import type { Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';
import { SECOND } from '../../expressions/rename.js';
import type { PersonCell } from '../cells/people.js';
import { factsOf, nameOf } from './names.js';
import { eachWay, leastWays, oneWay, type Way } from './ways.js';

/** People whom the policies do not tell apart, as far as some functions go. */
export interface Profile {
  /** `engineers + on-call`, `anyone`; where an address decides, it, or `addresses such as` one of many. */
  name: string;
  person: PersonCell;
  /** For an address itself: it says nothing of others. */
  named: boolean;
  /** The same for addresses of which the same is true. */
  address: string;
  groups: readonly string[];
  /** Of the groups that are known in Slack alone. */
  values: ReadonlyMap<number, number>;
  /** What is left of the decision for them. */
  left: Diagram;
}

/** Different ways of being in groups, of which each is told; of more, the least ones that lead to each outcome. */
const MOST = 2_000;
/**
 * Everybody whom a decision tells apart, those in fewer groups first.
 * @param how.among only these people
 * @param how.once of those for whom the same is left, one for each way of being listed in directory.yml is enough
 * @returns `all`: whether each way of being in groups is here
 */
export function profilesIn(
  model: Model,
  decision: Diagram,
  how: { once?: boolean; among?: readonly string[] | undefined } = {},
): { profiles: Profile[]; all: boolean; unsure: string[] } {
  const { variables, diagrams: d, directories, people } = model;
  const asked = d.asks(decision);
  const { cells, unsure } = how.among
    ? { cells: people.among(how.among, asked), unsure: false }
    : people.apart(asked);
  const unsureOf = new Set(unsure ? ['whether there are people with other addresses'] : []);
  const named = [...new Set(directories.flatMap(({ groups }) => Object.keys(groups)))];
  const own = cells.map((person) => ({
    person,
    left: d.restricted((number) => person.values.get(number))(decision),
  }));
  const waysBy = (ways: (left: Diagram) => Way[]) =>
    own.flatMap(({ person, left }) => ways(left).map((way) => profileOf(person, way.left, way.values)));
  const each = how.once
    ? waysBy((left) => oneWay(model, left))
    : waysBy((left) => eachWay(model, left, MOST));
  const all = each.length <= MOST;
  const found = all || how.once ? each : waysBy(least);
  return { profiles: found.sort((a, b) => a.groups.length - b.groups.length), all, unsure: [...unsureOf] };

  function least(left: Diagram): Way[] {
    const { ways, all } = leastWays(model, left);
    if (!all) unsureOf.add('which other groups lead to the same, of very many');
    return ways;
  }

  function profileOf(person: PersonCell, left: Diagram, values: ReadonlyMap<number, number>): Profile {
    const slack = [...values].flatMap(([number, value]) => {
      const group = variables[number]!;
      return value === 1 && group.is === 'group' ? [group.name] : [];
    });
    const own = [...person.listed, ...slack];
    const groups = named.filter((name) => own.includes(name) || own.includes(name + SECOND));
    const facts = factsOf(person, variables);
    return {
      name: nameOf(model, { person, groups, values }),
      person,
      named: facts.length > 0,
      address: facts.join(),
      groups,
      values,
      left,
    };
  }
}

import type { Diagram } from './model/diagram.js';
import type { Model } from './model/model.js';
import { SECOND } from '../expressions/rename.js';
import type { PersonCell } from './cells/people.js';
import { eachWay, leastWays, oneWay, type Way } from './ways.js';

/** People whom the policies do not tell apart, as far as some functions go. */
export interface Profile {
  /** `engineers + on-call`, `anyone`, or an e-mail address. */
  name: string;
  person: PersonCell;
  /** For an address itself: it says nothing of others. */
  named: boolean;
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
  const unsureOf = unsure ? ['whether there are people with other addresses'] : [];
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
  const found = all || how.once ? each : waysBy((left) => leastWays(model, left));
  return { profiles: found.sort((a, b) => a.groups.length - b.groups.length), all, unsure: unsureOf };

  function profileOf(person: PersonCell, left: Diagram, values: ReadonlyMap<number, number>): Profile {
    const slack = [...values].flatMap(([number, value]) => {
      const group = variables[number]!;
      return value === 1 && group.is === 'group' ? [group.name] : [];
    });
    const own = new Set([...person.listed, ...slack].map((name) => name.replace(SECOND, '')));
    const groups = named.filter((name) => own.has(name));
    return { name: nameOf(person, groups), person, named: decides(person), groups, values, left };
  }

  /** A person is named where an address itself decides. */
  function nameOf(person: PersonCell, groups: readonly string[]): string {
    const name = groups.join(' + ');
    return decides(person) ? [person.email, ...groups].join(' + ') : name || 'anyone';
  }

  function decides({ values }: PersonCell): boolean {
    return [...values].some(([number, value]) => variables[number]!.is === 'person' && value === 1);
  }
}

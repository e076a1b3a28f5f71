import type { Diagram } from './model/diagram.js';
import type { Model } from './model/model.js';
import { SECOND } from '../expressions/rename.js';
import type { PersonCell } from './cells/people.js';
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

/** Addresses that stand in one name. */
const MOST_NAMED = 8;

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
    const own = [...person.listed, ...slack];
    const groups = named.filter((name) => own.includes(name) || own.includes(name + SECOND));
    const facts = askedOf(person);
    return {
      name: nameOf(person, groups, values),
      person,
      named: facts.length > 0,
      address: facts.join(),
      groups,
      values,
      left,
    };
  }

  /** A person is named where an address itself decides, and where a list names them that did not, or does no longer. */
  function nameOf(person: PersonCell, groups: readonly string[], slack: Profile['values']): string {
    const at = (group: string) => {
      const number = variables.findIndex((one) => one.is === 'group' && one.name === group);
      return person.values.get(number) ?? slack.get(number);
    };
    const turns = groups.map((group): [string, 'in' | 'newly in' | 'no longer in'] => {
      const [before, after] = [at(group), at(group + SECOND)];
      if (before === undefined || after === undefined || before === after) return [group, 'in'];
      return [group, after === 1 ? 'newly in' : 'no longer in'];
    });
    const isMoved = ([group, turn]: (typeof turns)[number]) =>
      turn !== 'in' && directories.every(({ groups: all }) => 'members' in (all[group] ?? {}));
    const isNamed = askedOf(person).length > 0 || (!person.others && turns.some(isMoved));
    const left = turns.filter((one) => !isNamed || !isMoved(one));
    const names = [
      ...left.flatMap(([group, turn]) => (turn === 'in' ? [group] : [])),
      ...left.flatMap(([group, turn]) => (turn === 'in' ? [] : [`${turn} ${group}`])),
    ];
    return [...(isNamed ? [addressOf(person)] : []), ...names].join(' + ') || 'anyone';
  }

  /** What is asked of an address itself, and is true of this one. */
  function askedOf({ values }: PersonCell): number[] {
    return [...values].flatMap(([number, value]) =>
      variables[number]!.is === 'person' && value === 1 ? [number] : [],
    );
  }
}

/** Of whom an address decides: those whom somebody has named, and nobody else where there are others like them. */
function addressOf({ email, named, others }: PersonCell): string {
  if (others) return `addresses such as ${email}`;
  return named.length <= MOST_NAMED
    ? named.join(', ')
    : `${named.slice(0, MOST_NAMED).join(', ')} and ${named.length - MOST_NAMED} more`;
}

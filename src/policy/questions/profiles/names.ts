import { SECOND } from '../../expressions/rename.js';
import type { PersonCell } from '../cells/people.js';
import type { Model } from '../model/model.js';
import type { Variable } from '../model/variables.js';

/** Addresses that stand in one name. */
const MOST_NAMED = 8;

/** People as far as they are told apart: who they are, and in which groups, by name and by what is known in Slack alone. */
export interface Named {
  person: PersonCell;
  groups: readonly string[];
  values: ReadonlyMap<number, number>;
}

/**
 * Whom a row is about: `engineers + on-call`, `ana@corp.example + newly in dba`, `anyone`. A person is named where an address
 * itself decides, and where a list names them that did not, or does no longer.
 */
export function nameOf(model: Model, { person, groups, values }: Named): string {
  const turns = groups.map((group) => [group, turnOf(model, group, { person, values })] as const);
  const isMoved = ([group, turn]: (typeof turns)[number]) =>
    turn !== 'in' && model.directories.every(({ groups: all }) => 'members' in (all[group] ?? {}));
  const isNamed = factsOf(person, model.variables).length > 0 || (!person.others && turns.some(isMoved));
  const left = turns.filter((one) => !isNamed || !isMoved(one));
  const names = [
    ...left.flatMap(([group, turn]) => (turn === 'in' ? [group] : [])),
    ...left.flatMap(([group, turn]) => (turn === 'in' ? [] : [`${turn} ${group}`])),
  ];
  return [...(isNamed ? [addressOf(person)] : []), ...names].join(' + ') || 'anyone';
}

/** Of a group that another folder defines otherwise, whether somebody comes or goes with the change. */
function turnOf(
  { variables }: Model,
  group: string,
  { person, values }: Omit<Named, 'groups'>,
): 'in' | 'newly in' | 'no longer in' {
  const [before, after] = [group, group + SECOND].map((name) => {
    const number = variables.findIndex((one) => one.is === 'group' && one.name === name);
    return person.values.get(number) ?? values.get(number);
  });
  if (before === undefined || after === undefined || before === after) return 'in';
  return after === 1 ? 'newly in' : 'no longer in';
}

/** What is asked of an address itself, and is true of this one: numbers of variables. */
export function factsOf({ values }: PersonCell, variables: readonly Variable[]): number[] {
  return [...values].flatMap(([number, value]) =>
    variables[number]!.is === 'person' && value === 1 ? [number] : [],
  );
}

/** Of whom an address decides: those whom somebody has named, and nobody else where there are others like them. */
function addressOf({ email, named, others }: PersonCell): string {
  if (others) return `addresses such as ${email}`;
  return named.length <= MOST_NAMED
    ? named.join(', ')
    : `${named.slice(0, MOST_NAMED).join(', ')} and ${named.length - MOST_NAMED} more`;
}

import type { Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';

/** A way of being in groups: of those that matter, no or yes; and what is left of the decision. */
export interface Way {
  values: ReadonlyMap<number, number>;
  left: Diagram;
}

/** Of least ways to one outcome, so many are told, and one at least of each. */
const MOST_LEAST = 200;

const isGroup = ({ variables, diagrams }: Model, at: Diagram): boolean =>
  variables[diagrams.variableOf(at)]?.is === 'group';

/** Each way there is, and one more than `most` at the most. */
export function eachWay(model: Model, decision: Diagram, most: number): Way[] {
  const { diagrams: d } = model;
  const ways: Way[] = [];
  const walk = (left: Diagram, values: Way['values']): void => {
    if (ways.length > most) return;
    if (!isGroup(model, left)) return void ways.push({ values, left });
    for (const [value, next] of d.choicesOf(left).entries())
      walk(next, new Map([...values, [d.variableOf(left), value]]));
  };
  walk(decision, new Map());
  return ways;
}

/** One way to each outcome. */
export function oneWay(model: Model, decision: Diagram): Way[] {
  const { diagrams: d } = model;
  const ways = new Map<Diagram, Way['values']>([[decision, new Map()]]);
  for (const [left, values] of ways)
    for (const [value, next] of isGroup(model, left) ? d.choicesOf(left).entries() : [])
      if (!ways.has(next)) ways.set(next, new Map([...values, [d.variableOf(left), value]]));
  return [...ways].flatMap(([left, values]) => (isGroup(model, left) ? [] : [{ values, left }]));
}

/** Those that are in no group more than it takes for each outcome; `all`: whether there are no others. */
export function leastWays(model: Model, decision: Diagram): { ways: Way[]; all: boolean } {
  const { diagrams: d, variables } = model;
  const known = new Map<Diagram, Map<Diagram, number[][]>>();
  let isCut = false;
  const groups = [...d.asks(decision)].filter((number) => variables[number]!.is === 'group');
  const ways = [...setsTo(decision)].flatMap(([left, sets]) =>
    sets.map((set) => ({
      left,
      values: new Map(groups.map((number) => [number, set.includes(number) ? 1 : 0])),
    })),
  );
  return { ways, all: !isCut };

  /** By outcome: the sets of groups, by number. */
  function setsTo(at: Diagram): Map<Diagram, number[][]> {
    if (!isGroup(model, at)) return new Map([[at, [[]]]]);
    const before = known.get(at);
    if (before) return before;
    const [no, yes] = d.choicesOf(at);
    const made = new Map(setsTo(no!));
    for (const [outcome, sets] of setsTo(yes!)) {
      const more = sets.map((set) => [d.variableOf(at), ...set]);
      made.set(outcome, leastOf([...(made.get(outcome) ?? []), ...more]));
    }
    known.set(at, made);
    return made;
  }

  /** Without those that another is within. */
  function leastOf(sets: readonly number[][]): number[][] {
    const found: number[][] = [];
    for (const set of sets.toSorted((a, b) => a.length - b.length)) {
      if (found.some((other) => other.every((number) => set.includes(number)))) continue;
      if (found.length >= MOST_LEAST) {
        isCut = true;
        break;
      }
      found.push(set);
    }
    return found;
  }
}

import type { Policy } from '../../policy.js';
import { axesOf } from '../boxes.js';
import type { Saying } from '../model/decide.js';
import type { Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';
import { leastWays } from '../profiles/ways.js';

/** Where a permit says nothing that it would not say without an emergency. */
export const OUT = 'out';

/** A permit as it is met in an emergency only, and what is decided there. */
export interface EmergencyCase {
  model: Model;
  own: Saying;
  others: readonly Saying[];
  /** `T` where it is. */
  met: Diagram;
  outcome: Diagram;
}

/** What becomes of what a permit would give, whatever the ticket, the duration and the inputs. */
const RANKS = [OUT, 'lost', 'won'];

/** Somebody whom the permit is for, and when they are let in and when not: numbers of cells of the time. */
interface Person {
  /** The variables about people that are true of them. */
  of: ReadonlySet<number>;
  values: ReadonlyMap<number, number>;
  won: ReadonlySet<number>;
  lost: ReadonlySet<number>;
}

/**
 * When forbids stop whatever a permit would give in an emergency: always; else at the times at which they do for everybody
 * who is in no more than it takes to be let in at others. Undefined: they do not, or it depends on what is not understood.
 */
export function beatenIn(one: EmergencyCase) {
  const { model, outcome } = one;
  const { diagrams: d, variables } = model;
  if ([...d.asks(outcome)].some((number) => variables[number]!.is === 'open')) return undefined;
  const people = peopleIn(model, ranked(model, outcome));
  if (!people) return undefined;
  const able = people.filter(({ won }) => won.size > 0);
  const least = able.filter(({ of }) => !able.some((other) => isWithin(other.of, of)));
  const beaten = able.length > 0 ? least : people.filter(({ lost }) => lost.size > 0);
  const [first, ...rest] = beaten;
  if (!first) return undefined;
  const isAlways = able.length === 0;
  const times = isAlways
    ? first.lost
    : new Set([...first.lost].filter((time) => rest.every(({ lost }) => lost.has(time))));
  const [time] = times;
  if (time === undefined) return undefined;
  return [{ is: 'forbidden' as const, by: forbidding(one, first, time), ...(!isAlways && { times }) }];
}

/** As a function of who asks when, what is the best that they can come to. */
function ranked({ diagrams: d, variables }: Model, outcome: Diagram): Diagram {
  // Where a policy errs, another rule says so.
  const plain = d.mapped((answer) => (answer === OUT ? OUT : answer === 'denied' ? 'lost' : 'won'));
  const best = d.operation((a, b) => (RANKS.indexOf(a) > RANKS.indexOf(b) ? a : b));
  const isGone = (number: number) => ['duration', 'ticket', 'input'].includes(variables[number]!.is);
  return d.joined(isGone, best)(plain(outcome));
}

/** Of each outcome, those who are in no more groups than it takes. */
function peopleIn(model: Model, ranks: Diagram): Person[] | undefined {
  const { diagrams: d, variables, people } = model;
  const { cells, unsure } = people.apart(d.asks(ranks));
  if (unsure) return undefined;
  const time = axesOf(variables).time;
  const found: Person[] = [];
  for (const person of cells) {
    const { ways, all } = leastWays(model, d.restricted((number) => person.values.get(number))(ranks));
    if (!all) return undefined;
    for (const { values, left } of ways) {
      const known = new Map([...person.values, ...values]);
      const timesOf = (rank: string) =>
        new Set([...time.cells.keys()].filter((n) => d.at(left, () => n) === rank));
      const of = new Set([...known].flatMap(([number, value]) => (value === 1 ? [number] : [])));
      found.push({ of, values: known, won: timesOf('won'), lost: timesOf('lost') });
    }
  }
  return found;
}

const isWithin = (one: ReadonlySet<number>, other: ReadonlySet<number>): boolean =>
  one.size < other.size && [...one].every((number) => other.has(number));

/** Those that forbid all that a person could ask for then; where none does alone, those that forbid something of it. */
function forbidding(
  { model, others, met }: EmergencyCase,
  { values }: Person,
  time: number,
): readonly Policy[] {
  const { diagrams: d, variables } = model;
  const { number } = axesOf(variables).time;
  const there = d.restricted((one) => values.get(one) ?? (one === number ? time : undefined));
  const stopped = d.operation((is, says) => (is === 'F' ? OUT : says === 'no' ? 'no' : 'spared'));
  const forbids = others.flatMap(({ policy, says }) =>
    policy.effect === 'forbid' ? [{ policy, does: d.answers(stopped(there(met), there(says))) }] : [],
  );
  const all = forbids.filter(({ does }) => does.has('no') && !does.has('spared'));
  const some = forbids.filter(({ does }) => does.has('no'));
  return (all.length > 0 ? all : some).map(({ policy }) => policy);
}

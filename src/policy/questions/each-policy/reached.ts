import { openIn } from '../boxes.js';
import type { PersonCell } from '../cells/people.js';
import type { Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';
import { oneWay, type Way } from '../profiles/ways.js';

/** Somebody for whom this is left of a function. */
export interface PersonWay extends Way {
  person: PersonCell;
}

/** Whether somebody could put a question that a function answers so; a list: what is not understood of that. */
export type Reached = 'yes' | 'no' | readonly string[];

/** For each thing that may be left of a function, somebody for whom it is. */
export function waysOfPeople(model: Model, diagram: Diagram): { ways: PersonWay[]; unsure: boolean } {
  const { diagrams: d, people } = model;
  const { cells, unsure } = people.apart(d.asks(diagram));
  const ways = cells.flatMap((person) =>
    oneWay(model, d.restricted((number) => person.values.get(number))(diagram)).map((way) => ({
      person,
      ...way,
    })),
  );
  return { ways, unsure };
}

/** @param isWanted of the answers of the function */
export function reachedIn(model: Model, diagram: Diagram, isWanted: (answer: string) => boolean): Reached {
  const { variables, diagrams: d } = model;
  const may = (at: Diagram) => [...d.answers(at)].some(isWanted);
  if (!may(diagram)) return 'no';
  const { ways, unsure } = waysOfPeople(model, diagram);
  const isKnown = (number: number) => variables[number]!.is !== 'open';
  if (ways.some(({ left }) => d.find(left, isWanted, isKnown))) return 'yes';
  const unknown = ways.filter(({ left }) => may(left)).flatMap(({ left }) => [...d.asks(left)]);
  const open = openIn(new Map(unknown.map((number) => [number, [0]])), variables);
  if (unsure) open.push('whether there are people with other addresses');
  return open.length > 0 ? open : 'no';
}

import type { DurationCell } from './cells/duration.js';
import { describeInput } from './cells/inputs.js';
import type { TimeCell } from './cells/time.js';
import type { Diagram } from './model/diagram.js';
import type { Model } from './model/model.js';
import type { TicketCell } from './cells/ticket.js';
import { cellsOf, type Variable } from './model/variables.js';

/** Values of variables, all of whose combinations lead to one answer. What is not named may have any. */
export interface Box {
  answer: string;
  values: ReadonlyMap<number, readonly number[]>;
}

/** What stands after "not understood:" where the decision point answers otherwise than was worked out. */
export const UNCONFIRMED = 'what no question could confirm';

export interface Parted {
  boxes: Box[];
  /** Whether these are all; never said where there are as many as may be. */
  all: boolean;
}

/** Of what has more parts than this, only the first are told. */
const MOST = 10_000;
const MORE = 100;
export const TOO_MANY = `what is left of more than ${MOST} cases`;

/**
 * A function in parts, each combination of values in one of them.
 * @param isWanted of the answers of which parts are told; absent: all
 * @param most of them
 */
export function boxesOf(
  { diagrams: d }: Model,
  diagram: Diagram,
  isWanted: (answer: string) => boolean = () => true,
  most = MOST,
): Parted {
  const boxes: Box[] = [];
  const leads = d.leadsTo(isWanted);
  walk(diagram, new Map());
  return { boxes, all: boxes.length < most };

  function walk(at: Diagram, values: ReadonlyMap<number, readonly number[]>): void {
    if (boxes.length >= most || !leads(at)) return;
    const choices = d.choicesOf(at);
    if (choices.length === 0) return void boxes.push({ answer: d.answerOf(at), values });
    for (const next of new Set(choices)) {
      const those = choices.flatMap((choice, value) => (choice === next ? [value] : []));
      walk(next, new Map([...values, [d.variableOf(at), those]]));
    }
  }
}

/** The parts of several functions, of which so many are told as of one. @param functions of more, a few more are told */
export function boxesOfAll(
  model: Model,
  functions = 1,
): (diagram: Diagram, isWanted?: (answer: string) => boolean) => Parted {
  let left = MOST + MORE * functions;
  return (diagram, isWanted) => {
    const found = boxesOf(model, diagram, isWanted, left);
    left -= found.boxes.length;
    return found;
  };
}

/** The parts of a question that every diagram may ask for, by their variables. */
export interface Axes {
  duration: { number: number; cells: readonly DurationCell[] };
  ticket: { number: number; cells: readonly TicketCell[] };
  time: { number: number; cells: readonly TimeCell[] };
}

export function axesOf(variables: readonly Variable[]): Axes {
  const at = <Is extends 'duration' | 'ticket' | 'time'>(is: Is) => {
    const number = variables.findIndex((variable) => variable.is === is);
    return { number, cells: cellsOf(variables[number]!, is) };
  };
  return { duration: at('duration'), ticket: at('ticket'), time: at('time') };
}

/**
 * Of the inputs on which it depends, what they are found to be; undefined where it holds of what is usual.
 * @param isTold of which it is said too, where it holds of nothing but what is usual
 */
export function givenIn(
  values: Box['values'],
  variables: readonly Variable[],
  isTold: (variable: Variable) => boolean = () => false,
): string | undefined {
  const said = [...values].flatMap(([number, those]) => {
    const variable = variables[number]!;
    if (variable.is !== 'input' || (those.includes(0) && !isTold(variable))) return [];
    if (those.length === variable.cells.length) return [];
    return [those.map((value) => describeInput(variable.cells[value]!, variable.cells)).join(' or ')];
  });
  return said.length > 0 ? said.join(', ') : undefined;
}

/** What is not said of the inputs on which it depends, since it is usual: `liveGrants 0–2`. */
export function usualIn(values: Box['values'], variables: readonly Variable[]): string[] {
  return [...values].flatMap(([number, those]) => {
    const variable = variables[number]!;
    if (variable.is !== 'input' || !those.includes(0) || those.length === variable.cells.length) return [];
    return [describeInput(variable.cells[0]!, variable.cells)];
  });
}

/** What is not understood of that on which it depends: the rest of a sentence that begins with "not understood:". */
export function openIn(values: Box['values'], variables: readonly Variable[]): string[] {
  const open = [...values].flatMap(([number, those]) => {
    const variable = variables[number]!;
    if (variable.is === 'open') return variable.policies.map((policy) => `what ${policy} reads`);
    const isUnknown =
      variable.is === 'ticket' && !those.includes(0) && those.every((n) => !variable.cells[n]!.ticket);
    return isUnknown ? ['which tickets directory.yml takes'] : [];
  });
  return [...new Set(open)];
}

import type { Instant } from '../../../domain/entitlement.js';
import type { Parts } from '../../policy.js';
import type { DurationCell } from '../cells/duration.js';
import { EMERGENCY, inputCells, type InputCell } from '../cells/inputs.js';
import type { Place } from '../cells/place.js';
import { ticketCells, type TicketCell } from '../cells/ticket.js';
import { timeCells, type TimeCell } from '../cells/time.js';
import { bounded } from './diagram.js';
import { textOfTerm } from '../../expressions/decompose.js';
import type { Term } from '../../expressions/term.js';
import type { PolicyAct } from '../../expressions/acts.js';
import type { Atom, Atoms } from './atoms.js';

/** What a decision may depend on, and the values that no policy tells apart. */
export type Variable =
  /** Whether the person is in a group: no, yes. */
  | { is: 'group'; name: string }
  /** Whether something is true of the person's e-mail address: no, yes. */
  | { is: 'person'; term: Term }
  /** Whether something is true of the person who made the request: no, yes. */
  | { is: 'requester'; term: Term }
  /** Whether something is true of the person in whose place somebody votes: no, yes. */
  | { is: 'delegator'; term: Term }
  | { is: 'duration'; cells: readonly DurationCell[] }
  | { is: 'ticket'; cells: readonly TicketCell[]; terms: readonly Term[] }
  | { is: 'input'; name: string; cells: readonly InputCell[]; terms: readonly Term[] }
  | { is: 'time'; cells: readonly TimeCell[]; terms: readonly Term[] }
  /** What is not understood, whatever it depends on: no, yes, an error. */
  | { is: 'open'; text: string; policies: readonly string[] };

/** Of which questions a model is made. */
export interface ModelScope {
  /** The first instant that counts. */
  from: Instant;
  /** Absent: requests. */
  act?: PolicyAct;
  /** Entitlements about which is asked; absent: all. */
  only?: readonly string[];
  /** Tickets to try where the form that directory.yml wants is not understood. */
  tickets?: readonly string[];
  /** Of variables that need not be looked at in all ways, their values: only what is left is worked out. */
  fixed?: (variables: readonly Variable[]) => (number: number) => number | undefined;
  /** Whether people act on requests of their own; absent: on those of others alone, as jit asks policy. */
  own?: boolean;
}

/** In the order in which they are asked: the person first, so that what is left says what a person may ask for. */
export function variablesOf(
  { all, durations, inputs }: Atoms,
  parts: readonly Parts[],
  { from, tickets: samples = [] }: ModelScope,
): Variable[] {
  const directories = parts.map(({ directory }) => directory);
  const atoms = [...all.values()];
  const at = (where: Place['in']) => atoms.filter(({ place }) => place.in === where);
  const groups = new Set(atoms.flatMap(({ place }) => (place.in === 'group' ? [place.name] : [])));
  const termsAt = (where: Place['in']) => at(where).map(({ term }) => term);
  return [
    ...[...groups].map((name): Variable => ({ is: 'group', name })),
    ...termsAt('person').map((term): Variable => ({ is: 'person', term })),
    ...termsAt('requester').map((term): Variable => ({ is: 'requester', term })),
    ...termsAt('delegator').map((term): Variable => ({ is: 'delegator', term })),
    { is: 'duration', cells: durations },
    {
      is: 'ticket',
      ...understood(
        () => at('ticket'),
        (terms) => ticketCells(terms, directories, samples),
      ),
    },
    ...[...inputs].map((name): Variable => {
      const own = () => atoms.filter(({ place }) => place.in === 'input' && place.name === name);
      return { is: 'input', name, ...understood(own, (terms) => inputCells(name, terms)) };
    }),
    {
      is: 'time',
      ...understood(
        () => at('time'),
        (terms) => timeCells(terms, directories, from),
      ),
    },
    ...at('open').map(({ term, policies }): Variable => ({
      is: 'open',
      text: textOfTerm(term),
      policies: [...policies],
    })),
  ];

  /** What cannot be cut into cells is not understood, but for whether there is anything. */
  function understood<C>(own: () => readonly Atom[], cut: (terms: readonly Term[]) => C) {
    const cutUp = () => {
      const terms = own().map(({ term }) => term);
      return { cells: cut(terms), terms };
    };
    return bounded(cutUp, () => {
      for (const atom of own()) if (atom.term.op !== 'has') atom.place = { in: 'open' };
      return cutUp();
    });
  }
}

/** Whether it is asked for in an emergency. */
export const isEmergency = (variable: Variable): boolean =>
  variable.is === 'input' && variable.name === EMERGENCY;

/** What a variable is found by. */
export function keyOf(variable: Variable): string {
  switch (variable.is) {
    case 'group':
    case 'input':
      return `${variable.is} ${variable.name}`;
    case 'person':
    case 'requester':
    case 'delegator':
      return `${variable.is} ${textOfTerm(variable.term)}`;
    case 'open':
      return `open ${variable.text}`;
    case 'duration':
    case 'ticket':
    case 'time':
      return variable.is;
    default:
      return variable satisfies never;
  }
}

type CellsOf<Is extends Variable['is']> = Extract<Variable, { is: Is; cells: unknown }>['cells'];

/** The cells of a variable of which it is known what it is about. */
export function cellsOf<Is extends 'duration' | 'ticket' | 'time'>(variable: Variable, is: Is): CellsOf<Is> {
  if (variable.is !== is || !('cells' in variable)) throw new Error(`a ${variable.is} is no ${is}`);
  return variable.cells as CellsOf<Is>;
}

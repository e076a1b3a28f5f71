import { truthIn, type Cell } from '../cells/cell.js';
import { decomposed, textOfTerm, type Algebra } from '../../expressions/decompose.js';
import type { Term } from '../../expressions/term.js';
import { withDuration, type Atoms } from './atoms.js';
import type { Diagram, Diagrams } from './diagram.js';
import { keyOf, type Variable } from './variables.js';

/** Whether an expression is true, false or an error: T, F or E. */
export type Truths = ReturnType<typeof truths>;

export function truths(d: Diagrams, { all, durations }: Atoms, variables: readonly Variable[]) {
  const and = d.operation((a, b) => (a === 'T' ? b : a));
  const or = d.operation((a, b) => (a === 'F' ? b : a));
  const same = d.operation((a, b) => (a === 'E' || b === 'E' ? 'E' : a === b ? 'T' : 'F'));
  const not = d.mapped((a) => (a === 'T' ? 'F' : a === 'F' ? 'T' : a));
  const known = new Map<string, Diagram>();
  const numbers = new Map(variables.map((variable, n) => [keyOf(variable), n]));
  const algebra: Algebra<Diagram> = { constant: d.answer, and, or, not, same, atom };
  const of = (term: Term): Diagram => decomposed(term, algebra);
  return { of, and, number: (key: string) => numbers.get(key)! };

  function atom(term: Term): Diagram {
    const text = textOfTerm(term);
    const found = known.get(text) ?? made(term, text);
    known.set(text, found);
    return found;
  }

  function made(term: Term, text: string): Diagram {
    const { place } = all.get(text)!;
    const boolean = (key: string) => d.choice(numbers.get(key)!, [d.answer('F'), d.answer('T')]);
    switch (place.in) {
      case 'group':
        return boolean(`group ${place.name}`);
      case 'person':
      case 'requester':
      case 'delegator':
        return boolean(`${place.in} ${text}`);
      case 'open':
        return d.choice(numbers.get(`open ${text}`)!, ['F', 'T', 'E'].map(d.answer));
      case 'each duration':
        return durations
          .map((cell, n) =>
            and(isAt(numbers.get('duration')!, durations.length, n), of(withDuration(term, cell))),
          )
          .reduce(or);
      case 'duration':
      case 'ticket':
      case 'time':
        return by(numbers.get(place.in)!);
      case 'input':
        return by(numbers.get(`input ${place.name}`)!);
      default:
        return place satisfies never;
    }

    function by(number: number): Diagram {
      const variable = variables[number]!;
      const cells: readonly Cell[] = 'cells' in variable ? variable.cells : [];
      return d.choice(
        number,
        cells.map((cell) => d.answer(truthIn(term, cell) ?? 'E')),
      );
    }
  }

  function isAt(number: number, size: number, value: number): Diagram {
    return d.choice(
      number,
      Array.from({ length: size }, (_, n) => d.answer(n === value ? 'T' : 'F')),
    );
  }
}

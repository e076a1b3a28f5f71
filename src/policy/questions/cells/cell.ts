import { folded, type ABSENT } from '../../expressions/fold.js';
import type { Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';

/** Values of one part of a question that no policy tells apart, by the path at which policies read it. */
export interface Cell {
  values: Readonly<Record<string, CedarValue | typeof ABSENT>>;
  /** The input of which nothing is known in it. */
  lost?: string;
}

/** True, false, or an error; undefined: it depends on more than this part of the question. */
export function truthIn(term: Term, { values }: Cell): 'T' | 'F' | 'E' | undefined {
  const found = folded(term, { at: (path) => values[path.join('.')], entity: () => undefined });
  if (found.op === 'fault') return 'E';
  return found.op !== 'value' ? undefined : found.value === true ? 'T' : 'F';
}

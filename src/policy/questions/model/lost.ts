import { isExact } from '../../cedar/entities.js';
import { ATTRIBUTES } from '../../inputs/index.js';
import type { Parts } from '../../policy.js';
import { readsIn } from '../../read/cedar/reads.js';
import type { Cell } from '../cells/cell.js';
import { inputOf } from '../cells/inputs.js';
import type { Diagram, Diagrams } from './diagram.js';
import type { Special } from '../../expressions/specialise.js';
import type { Truths } from './truth.js';
import type { Variable } from './variables.js';

/** @returns of each condition, whether something that it reads is not known: it and all after it count no more */
export function lostInputs(
  d: Diagrams,
  parts: Parts,
  truth: Truths,
  variables: readonly Variable[],
): (special: Special) => Diagram[] {
  const any = d.operation((a, b) => (a === 'T' ? a : b));
  return ({ conditions }) => {
    const of = conditions.map(({ body }) => readsIn(body));
    const each = of.map((reads) => attributes(reads).map(lostAttribute).reduce(any, d.answer('F')));
    const overall = each.reduce(any, d.answer('F'));
    return conditions.map(({ body }, n) => (isExact(body) ? each[n]! : overall));
  };

  function attributes(reads: ReturnType<typeof readsIn>): string[] {
    const all = [...ATTRIBUTES.keys()].filter((name) => parts.declared?.has(name));
    return reads === 'all' ? all : all.filter((name) => reads.has(name));
  }

  function lostAttribute(name: string): Diagram {
    if (name === 'businessHours') return d.answer(parts.directory.businessHours ? 'F' : 'T');
    const number = truth.number(`input ${inputOf(`context.${name}`)}`);
    const variable = variables[number];
    const cells: readonly Cell[] = variable && 'cells' in variable ? variable.cells : [];
    return d.choice(
      number,
      cells.map((cell) => d.answer(cell.lost === undefined ? 'F' : 'T')),
    );
  }
}

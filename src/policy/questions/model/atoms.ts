import { ATTRIBUTES } from '../../inputs/index.js';
import { readsIn } from '../../read/cedar/reads.js';
import { durationCells, type DurationCell } from '../cells/duration.js';
import { EMERGENCY, inputOf } from '../cells/inputs.js';
import { placeOf, type Place } from '../cells/place.js';
import { areTicketsKnown } from '../cells/ticket.js';
import { decomposed, textOfTerm } from '../../expressions/decompose.js';
import { folded } from '../../expressions/fold.js';
import type { Term } from '../../expressions/term.js';
import { placed as placedPolicy } from '../too-much.js';
import type { Reaching, PolicySide } from './sides.js';

export interface Atom {
  term: Term;
  place: Place;
  /** Which of them ask it, and where they stand: `freeze (production.cedar:12)`. */
  policies: Set<string>;
}

/** Everything that the policies ask, each once, by its text. */
export interface Atoms {
  all: Map<string, Atom>;
  durations: readonly DurationCell[];
  /** That some policy reads. */
  inputs: Set<string>;
}

export function atomsOf(sides: readonly PolicySide[]): Atoms {
  const durations = durationCells(sides.flatMap(({ parts }) => [...parts.entitlements.values()]));
  const tickets = areTicketsKnown(sides.map(({ parts }) => parts.directory));
  const all = new Map<string, Atom>();
  const inputs = new Set<string>();
  const seen = new Set<Reaching>();
  for (const { reaching, act, parts } of sides)
    for (const one of [...reaching.values()].flat()) {
      if (seen.has(one)) continue;
      seen.add(one);
      const { principal, conditions } = one.special;
      if (act === 'request')
        for (const input of conditions.flatMap(({ body }) => inputsIn(body)))
          if (input !== EMERGENCY || parts.directory.emergency) inputs.add(input);
      for (const term of [principal, ...conditions.map((condition) => condition.term)])
        gather(term, placedPolicy(one.policy));
    }
  return { all, durations, inputs };

  function placed(term: Term): Place {
    const place = placeOf(term);
    return place.in === 'ticket' && term.op !== 'has' && !tickets ? { in: 'open' } : place;
  }

  function gather(term: Term, policy: string): void {
    const none = () => undefined;
    decomposed<void>(term, {
      constant: none,
      and: none,
      or: none,
      not: none,
      same: none,
      atom: (atom) => add(atom, policy),
    });
  }

  function add(term: Term, policy: string): void {
    const text = textOfTerm(term);
    const atom = all.get(text) ?? { term, place: placed(term), policies: new Set<string>() };
    all.set(text, atom);
    if (atom.policies.has(policy)) return;
    atom.policies.add(policy);
    if (atom.place.in === 'each duration')
      for (const cell of durations) gather(withDuration(term, cell), policy);
  }
}

function inputsIn(body: unknown): string[] {
  const reads = readsIn(body);
  const names = reads === 'all' ? [...ATTRIBUTES.keys()] : [...reads];
  return names.flatMap((name) => inputOf(`context.${name}`) ?? []);
}

export const withDuration = (term: Term, { values }: DurationCell): Term =>
  folded(term, { at: (path) => values[path.join('.')], entity: () => undefined });

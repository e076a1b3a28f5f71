import { folded, type KnownWorld } from './fold.js';
import { partsOf, withParts, type Term } from './term.js';
import type { CedarValue } from './value.js';

/** Two numbers that were lifted out can be compared, whatever else is asked. */
const NOTHING_KNOWN: KnownWorld = { at: () => undefined, entity: () => undefined };

/** What becomes of an expression that is true or false: its structure, down to what cannot be taken apart. */
export interface Algebra<T> {
  constant(truth: 'T' | 'F' | 'E'): T;
  and(one: T, other: T): T;
  or(one: T, other: T): T;
  not(one: T): T;
  same(one: T, other: T): T;
  atom(term: Term): T;
}

/** @param term folded, and of a type that is true or false */
export function decomposed<T>(term: Term, algebra: Algebra<T>): T {
  const { constant, and, or, not, same, atom } = algebra;
  return taken(term);

  function taken(it: Term): T {
    if (it.op === 'fault') return constant('E');
    if (it.op === 'value') return constant(it.value === true ? 'T' : 'F');
    if (it.op === 'if') {
      const test = taken(it.test);
      return or(and(test, taken(it.yes)), and(not(test), taken(it.no)));
    }
    const [one, other] = it.op === 'call' ? it.args : [];
    if (it.op === 'call' && one) {
      if (it.name === '!') return not(taken(one));
      // From the last one on: each step then only sets one more before the rest.
      if (it.name === '&&')
        return operandsOf(it, '&&')
          .map(taken)
          .reduceRight((rest, part) => and(part, rest));
      if (it.name === '||')
        return operandsOf(it, '||')
          .map(taken)
          .reduceRight((rest, part) => or(part, rest));
      if ((it.name === '==' || it.name === '!=') && other && (isTruth(one) || isTruth(other))) {
        const equal = same(taken(one), taken(other));
        return it.name === '==' ? equal : not(equal);
      }
      const any = it.name === 'in' && other && eachOf(other);
      if (any)
        return any
          .map((above) => taken({ op: 'call', name: 'in', args: [one, above] }))
          .reduceRight((rest, part) => or(part, rest), constant('F'));
    }
    const lifted = liftedOut(it);
    return lifted ? taken(folded(lifted, NOTHING_KNOWN)) : atom(it);
  }
}

/** `(a && b) && c` has three. */
function operandsOf(term: Term, name: '&&' | '||'): Term[] {
  if (term.op !== 'call' || term.name !== name) return [term];
  return term.args.flatMap((arg) => operandsOf(arg, name));
}

/** What a thing may be in any of; undefined where that is one thing, or is not known. */
function eachOf(above: Term): Term[] | undefined {
  if (above.op === 'set') return [...above.items];
  if (above.op !== 'value' || typeof above.value !== 'object' || !('set' in above.value)) return undefined;
  return above.value.set.map((value: CedarValue): Term => ({ op: 'value', value }));
}

const TRUTHS = '! && || == != < <= > >= in contains containsAll containsAny isEmpty hasTag'.split(' ');

/** Whether an expression is certainly one that is true or false. */
function isTruth(term: Term): boolean {
  if (term.op === 'value') return typeof term.value === 'boolean';
  if (term.op === 'if') return isTruth(term.yes) || isTruth(term.no);
  return ['has', 'like', 'is'].includes(term.op) || (term.op === 'call' && TRUTHS.includes(term.name));
}

/** `(if a then 1 else 2) < x` as `if a then 1 < x else 2 < x`; undefined where nothing is to be lifted out. */
function liftedOut(term: Term): Term | undefined {
  const choice = choiceIn(term);
  if (!choice || waysThrough(term) > MOST_WAYS) return undefined;
  const [yes, no] = [choice.yes, choice.no].map((by) => folded(replaced(term, choice, by), NOWHERE));
  return { ...choice, yes: yes!, no: no! };
}

/** Only what stands in the expression itself is known. */
const NOWHERE: KnownWorld = { at: () => undefined, entity: () => undefined };

/** Of an expression that has more ways through its choices than this, no choice is lifted out. */
const MOST_WAYS = 512;

/** How many expressions without any choice one would become. */
function waysThrough(term: Term): number {
  if (term.op === 'if') return waysThrough(term.yes) + waysThrough(term.no);
  return partsOf(term).reduce((ways, part) => ways * waysThrough(part), 1);
}

function choiceIn(term: Term): (Term & { op: 'if' }) | undefined {
  for (const part of term.op === 'if' ? [] : partsOf(term)) {
    const found = part.op === 'if' ? part : choiceIn(part);
    if (found) return found;
  }
  return undefined;
}

/** What is in the branches of a choice is left: it is not always evaluated. */
function replaced(term: Term, what: Term, by: Term): Term {
  if (term === what) return by;
  return term.op === 'if' ? term : withParts(term, (part) => replaced(part, what, by));
}

/** Every path that an expression reads: `context.now`, `principal`. A part that is not understood reads `?`. */
export function readsOf(term: Term, into = new Set<string>()): Set<string> {
  const path = term.op === 'has' ? [...(pathIn(term.of) ?? ['?']), term.path[0]!] : pathIn(term);
  if (path) into.add(path.join('.'));
  else if (term.op === 'call' && term.args.length === 0) into.add('?');
  else for (const part of partsOf(term)) readsOf(part, into);
  return into;
}

function pathIn(term: Term): string[] | undefined {
  if (term.op === 'var') return [term.name];
  const before = term.op === 'get' ? pathIn(term.of) : undefined;
  return before && term.op === 'get' ? [...before, term.attr] : undefined;
}

/** The same for the same expressions. */
export function textOfTerm(term: Term): string {
  return JSON.stringify(term, (_, it: unknown) =>
    typeof it === 'bigint' ? `${it}n` : typeof it === 'symbol' ? '*' : it,
  );
}

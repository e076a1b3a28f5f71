import type { Expr, PatternElem } from '@cedar-policy/cedar-wasm/nodejs';
import { isObject } from '../../domain/is-object.js';
import type { CedarValue } from './value.js';

/** An expression of Cedar, as it is worked on here. */
export type Term =
  | { op: 'value'; value: CedarValue }
  /** What cannot be evaluated: Cedar errs. */
  | { op: 'fault' }
  | { op: 'var'; name: string }
  | { op: 'get'; of: Term; attr: string }
  | { op: 'has'; of: Term; path: readonly string[] }
  | { op: 'like'; of: Term; glob: Glob }
  | { op: 'is'; of: Term; type: string }
  | { op: 'if'; test: Term; yes: Term; no: Term }
  | { op: 'set'; items: readonly Term[] }
  /** An operator or a function by its name, and what is not understood under its JSON. */
  | { op: 'call'; name: string; args: readonly Term[] };

/** Texts that are there as they stand, and `*` between them. */
export type Glob = readonly (string | typeof ANY)[];
export const ANY = Symbol('*');

const UNARY = ['!', 'neg', 'isEmpty'];
const BINARY = `== != in < <= > >= && || + - * contains containsAll containsAny getTag hasTag`.split(' ');

/** @param expr in Cedar's JSON, as Cedar itself wrote it */
export function termOf(expr: Expr): Term {
  const [[op, of] = ['', undefined]] = Object.entries(expr as Record<string, unknown>);
  if (Array.isArray(of) && op !== 'Set') return called(op, of as Expr[]);
  const { left, right, arg } = isObject(of) ? (of as Record<string, Expr>) : {};
  if (UNARY.includes(op) && arg) return called(op, [arg]);
  if (BINARY.includes(op) && left && right) return called(op, [left, right]);
  if ('Value' in expr) return { op: 'value', value: valueOf(expr.Value) };
  if ('Var' in expr) return { op: 'var', name: expr.Var as string };
  if ('Set' in expr) return { op: 'set', items: (expr.Set as Expr[]).map(termOf) };
  if ('.' in expr && !Array.isArray(expr['.']))
    return { op: 'get', of: termOf(expr['.'].left), attr: expr['.'].attr };
  if ('has' in expr && !Array.isArray(expr.has))
    return { op: 'has', of: termOf(expr.has.left), path: [expr.has.attr].flat() };
  if ('like' in expr && !Array.isArray(expr.like))
    return { op: 'like', of: termOf(expr.like.left), glob: globOf(expr.like.pattern) };
  if ('is' in expr && !Array.isArray(expr.is)) {
    const { left: what, entity_type: type, in: above } = expr.is;
    const is: Term = { op: 'is', of: termOf(what), type };
    return above ? { op: 'call', name: '&&', args: [is, called('in', [what, above])] } : is;
  }
  if ('if-then-else' in expr && !Array.isArray(expr['if-then-else'])) {
    const { if: test, then, else: otherwise } = expr['if-then-else'];
    return { op: 'if', test: termOf(test), yes: termOf(then), no: termOf(otherwise) };
  }
  // A record, and whatever a later Cedar may have: only its text is known.
  return { op: 'call', name: JSON.stringify(expr), args: [] };
}

const called = (name: string, args: readonly Expr[]): Term => ({ op: 'call', name, args: args.map(termOf) });

function globOf(pattern: readonly PatternElem[]): Glob {
  return pattern.map((part) => (part === 'Wildcard' ? ANY : part.Literal));
}

/** The expressions of which one is made. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.op) {
    case 'value':
    case 'fault':
    case 'var':
      return [];
    case 'get':
    case 'has':
    case 'like':
    case 'is':
      return [term.of];
    case 'if':
      return [term.test, term.yes, term.no];
    case 'set':
      return term.items;
    case 'call':
      return term.args;
    default:
      return term satisfies never;
  }
}

/** The same expression of other parts. */
export function withParts(term: Term, other: (part: Term) => Term): Term {
  switch (term.op) {
    case 'value':
    case 'fault':
    case 'var':
      return term;
    case 'get':
    case 'has':
    case 'like':
    case 'is':
      return { ...term, of: other(term.of) };
    case 'if':
      return { ...term, test: other(term.test), yes: other(term.yes), no: other(term.no) };
    case 'set':
      return { ...term, items: term.items.map(other) };
    case 'call':
      return { ...term, args: term.args.map(other) };
    default:
      return term satisfies never;
  }
}

/** What a literal, an attribute or a tag holds, in Cedar's JSON; of `long`, a number of 64 bits in digits. */
export function valueOf(json: unknown): CedarValue {
  if (typeof json === 'number') return BigInt(json);
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (Array.isArray(json)) return { set: json.map(valueOf) };
  const {
    __entity: entity,
    __extn: extension,
    long,
  } = json as {
    long?: string;
    __entity?: { type: string; id: string };
    __extn?: { fn: string; arg: string };
  };
  if (long !== undefined) return BigInt(long);
  if (entity) return { type: entity.type, id: entity.id };
  return { foreign: JSON.stringify(extension ?? json) };
}

import { Fault, FUNCTIONS, isLike } from './functions.js';
import type { Term } from './term.js';
import { keyOf, type CedarValue } from './value.js';

/** What an entity is known to be. */
export interface KnownEntity {
  attributes: Readonly<Record<string, CedarValue>>;
  tags: Readonly<Record<string, string>>;
  /** Keys of what it is in. */
  above: ReadonlySet<string>;
}

/** What is known while an expression is worked out. */
export interface KnownWorld {
  /** Of `['context', 'now']`; absent: it has no such attribute, which Cedar calls an error. undefined: it is open. */
  at(path: readonly string[]): CedarValue | typeof ABSENT | undefined;
  entity(value: CedarValue): KnownEntity | undefined;
  /** Of what is at a path, where it is known that there is something, and of which type. */
  typeOf?: (path: readonly string[]) => string | undefined;
  /** Whether what is at a path is in something, where that alone is known. */
  isIn?: (path: readonly string[], above: CedarValue) => boolean | undefined;
}

export const ABSENT = Symbol('absent');

const FAULT: Term = { op: 'fault' };
const value = (of: CedarValue): Term => ({ op: 'value', value: of });
export const isTrue = (term: Term): boolean => term.op === 'value' && term.value === true;
export const isFalse = (term: Term): boolean => term.op === 'value' && term.value === false;

/**
 * An expression as far as it can be worked out: what is left is open in this world.
 * @returns a value, a fault where Cedar would err, or what is left
 */
export function folded(term: Term, world: KnownWorld): Term {
  switch (term.op) {
    case 'value':
    case 'fault':
      return term;
    case 'var':
    case 'get':
      return got(term, world);
    case 'has':
      return hasIt(folded(term.of, world), term.path, pathOf(term.of), world);
    case 'like': {
      const of = folded(term.of, world);
      if (of.op !== 'value') return of.op === 'fault' ? of : { ...term, of };
      return typeof of.value === 'string' ? value(isLike(of.value, term.glob)) : FAULT;
    }
    case 'is': {
      const of = folded(term.of, world);
      if (of.op === 'value' && typeof of.value === 'object' && 'type' in of.value)
        return value(of.value.type === term.type);
      const path = pathOf(of);
      const type = path && world.typeOf?.(path);
      if (type !== undefined) return value(type === term.type);
      return of.op === 'fault' ? of : { ...term, of };
    }
    case 'if': {
      const test = folded(term.test, world);
      if (isTrue(test)) return folded(term.yes, world);
      if (isFalse(test)) return folded(term.no, world);
      if (test.op === 'fault') return test;
      return { ...term, test, yes: folded(term.yes, world), no: folded(term.no, world) };
    }
    case 'set': {
      const items = term.items.map((item) => folded(item, world));
      if (items.some(({ op }) => op === 'fault')) return FAULT;
      const values = items.flatMap((item) => (item.op === 'value' ? [item.value] : []));
      return values.length === items.length ? value({ set: values }) : { ...term, items };
    }
    case 'call':
      return calledWith(term, world);
    default:
      return term satisfies never;
  }
}

/** `context.now` as a path; undefined where an expression is none. */
export function pathOf(term: Term): readonly string[] | undefined {
  if (term.op === 'var') return [term.name];
  const before = term.op === 'get' ? pathOf(term.of) : undefined;
  return before && term.op === 'get' ? [...before, term.attr] : undefined;
}

function got(term: Term & { op: 'var' | 'get' }, world: KnownWorld): Term {
  const path = pathOf(term);
  const found = path && world.at(path);
  if (found !== undefined) return found === ABSENT ? FAULT : value(found);
  if (term.op === 'var') return term;
  const of = folded(term.of, world);
  if (of.op === 'fault') return of;
  const entity = of.op === 'value' ? world.entity(of.value) : undefined;
  if (!entity) return { ...term, of };
  return Object.hasOwn(entity.attributes, term.attr) ? value(entity.attributes[term.attr]!) : FAULT;
}

/** `has a.b`: it has an a, and that has a b. */
function hasIt(
  of: Term,
  path: readonly string[],
  before: readonly string[] | undefined,
  world: KnownWorld,
): Term {
  if (of.op === 'fault') return of;
  const [attr = '', ...rest] = path;
  const here = before && [...before, attr];
  const found = here && world.at(here);
  const entity = of.op === 'value' ? world.entity(of.value) : undefined;
  const own =
    found ?? (entity && (Object.hasOwn(entity.attributes, attr) ? entity.attributes[attr]! : ABSENT));
  if (own === undefined && here && world.typeOf?.(here) !== undefined)
    return rest.length === 0 ? value(true) : { op: 'has', of: { op: 'get', of, attr }, path: rest };
  if (own === undefined) return { op: 'has', of, path };
  if (own === ABSENT) return value(false);
  return rest.length === 0 ? value(true) : hasIt(value(own), rest, here, world);
}

function calledWith(term: Term & { op: 'call' }, world: KnownWorld): Term {
  const [first, second] = term.args;
  if ((term.name === '&&' || term.name === '||') && first && second) {
    const left = folded(first, world);
    if (left.op === 'fault' || (term.name === '&&' ? isFalse(left) : isTrue(left))) return left;
    const right = folded(second, world);
    return left.op === 'value' ? right : { ...term, args: [left, right] };
  }
  const args = term.args.map((arg) => folded(arg, world));
  const member = term.name === 'in' ? memberIn(args, world) : undefined;
  if (member !== undefined) return value(member);
  if (args.some(({ op }) => op === 'fault')) return FAULT;
  const values = args.flatMap((arg) => (arg.op === 'value' ? [arg.value] : []));
  const found = values.length === args.length ? applied(term.name, values, world) : undefined;
  return found ?? { ...term, args };
}

function memberIn([one, above]: readonly Term[], world: KnownWorld): boolean | undefined {
  const path = one && pathOf(one);
  return path && above?.op === 'value' ? world.isIn?.(path, above.value) : undefined;
}

/** What comes of values; undefined: that is not known. */
function applied(name: string, values: readonly CedarValue[], world: KnownWorld): Term | undefined {
  const [one, other] = values;
  if (one === undefined) return undefined;
  try {
    const found =
      name === 'in'
        ? other && isIn(one, other, world)
        : Object.hasOwn(FUNCTIONS, name)
          ? FUNCTIONS[name]!(values)
          : undefined;
    if (found !== undefined) return value(found);
    return name === 'getTag' || name === 'hasTag' ? tagged(name, one, other, world) : undefined;
  } catch (error) {
    if (error instanceof Fault) return FAULT;
    throw error;
  }
}

function tagged(
  name: string,
  one: CedarValue,
  tag: CedarValue | undefined,
  world: KnownWorld,
): Term | undefined {
  const entity = world.entity(one);
  if (!entity || typeof tag !== 'string') return undefined;
  const found = Object.hasOwn(entity.tags, tag) ? entity.tags[tag] : undefined;
  if (name === 'hasTag') return value(found !== undefined);
  return found === undefined ? FAULT : value(found);
}

/** Each entity is in itself. */
function isIn(one: CedarValue, above: CedarValue, world: KnownWorld): boolean | undefined {
  if (typeof above === 'object' && 'set' in above) {
    const each = above.set.map((item) => isIn(one, item, world));
    return each.includes(true) ? true : each.includes(undefined) ? undefined : false;
  }
  if (keyOf(one) === keyOf(above)) return true;
  return world.entity(one)?.above.has(keyOf(above));
}

import type { GatheredInput } from '../../../ports/policy.js';
import { gathered } from '../../inputs/index.js';
import { TooLarge } from '../model/diagram.js';
import { truthIn, type Cell } from './cell.js';
import { readsOf } from '../../expressions/decompose.js';
import { ABSENT } from '../../expressions/fold.js';
import type { Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';

/** What an input may be found to be; the last: nothing is known of it. */
export interface InputCell extends Cell {
  /** As a question gives it. */
  given: Readonly<Record<string, number | boolean>>;
  /** Of each number: from where to where, with every other such range that no policy tells from it. */
  ranges: Readonly<Record<string, readonly Range[]>>;
}

/** To: with it; undefined: without an end. */
type Range = readonly [from: bigint, to: bigint | undefined];

/** JavaScript's numbers, in which inputs are counted, are exact up to here. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const LONGEST = 2n ** 63n;
/** Numbers times expressions: so often is looked what comes of one. */
const MOST_TRIED = 500_000;

/** What the person says, in the place of what is looked up. */
export const EMERGENCY = 'emergency';
const ALL: readonly Pick<GatheredInput, 'name' | 'attributes'>[] = [
  ...gathered,
  { name: EMERGENCY, attributes: { [EMERGENCY]: 'Bool' } },
];

/** The input that fills an attribute of the context; undefined: none does. */
export const inputOf = (path: string): string | undefined =>
  ALL.find(({ attributes }) => Object.hasOwn(attributes, path.replace(/^context\./, '')))?.name;

/** Whether it is known where an expression that reads one input changes its answer. */
export const isInputKnown = (term: Term): boolean =>
  [...readsOf(term)].every((path) => typeOf(path) === 'Bool') || cutsOf(term) !== undefined;

const typeOf = (path: string): string | undefined =>
  ALL.flatMap(({ attributes }) => Object.entries(attributes)).find(
    ([name]) => path === `context.${name}`,
  )?.[1];

/** The numbers from which on a comparison may be answered otherwise. */
function cutsOf(term: Term): bigint[] | undefined {
  if (term.op === 'has') return [];
  if (term.op !== 'call' || !['<', '<=', '>', '>=', '==', '!='].includes(term.name)) return undefined;
  const [one, other] = term.args.map(linear);
  if (!one || !other) return undefined;
  const slope = one.slope - other.slope;
  const overflows = [...one.cuts, ...other.cuts];
  if (slope === 0n) return overflows;
  const zero = (other.base - one.base) / slope;
  // Division rounds: the answer changes within one of it.
  return [...overflows, zero - 1n, zero, zero + 1n, zero + 2n];
}

/** `base + slope * input`, and from which inputs on it may overflow. */
interface Linear {
  base: bigint;
  slope: bigint;
  cuts: bigint[];
}

function linear(term: Term): Linear | undefined {
  if (term.op === 'value')
    return typeof term.value === 'bigint' ? { base: term.value, slope: 0n, cuts: [] } : undefined;
  if (term.op === 'get')
    return typeOf([...readsOf(term)].join()) === 'Long' ? { base: 0n, slope: 1n, cuts: [] } : undefined;
  if (term.op !== 'call') return undefined;
  const [one, other] = term.args.map(linear);
  if (term.name === 'neg' && one) return within({ base: -one.base, slope: -one.slope, cuts: one.cuts });
  if (!one || !other) return undefined;
  const cuts = [...one.cuts, ...other.cuts];
  switch (term.name) {
    case '+':
      return within({ base: one.base + other.base, slope: one.slope + other.slope, cuts });
    case '-':
      return within({ base: one.base - other.base, slope: one.slope - other.slope, cuts });
    case '*':
      if (one.slope !== 0n && other.slope !== 0n) return undefined;
      return within({
        base: one.base * other.base,
        slope: one.slope * other.base + other.slope * one.base,
        cuts,
      });
    default:
      return undefined;
  }
}

function within({ base, slope, cuts }: Linear): Linear {
  if (slope === 0n) return { base, slope, cuts };
  const edges = [LONGEST, -LONGEST].map((bound) => (bound - base) / slope);
  return {
    base,
    slope,
    cuts: [...cuts, ...edges.flatMap((edge) => [edge - 1n, edge, edge + 1n, edge + 2n])],
  };
}

/** @param terms of which `isInputKnown`, and which read this input @throws TooLarge */
export function inputCells(input: string, terms: readonly Term[]): InputCell[] {
  const attributes = Object.entries(ALL.find(({ name }) => name === input)?.attributes ?? {});
  const read = new Set(terms.flatMap((term) => [...readsOf(term)]));
  const cuts = terms.flatMap((term) => cutsOf(term) ?? []).filter((cut) => cut > 0n && cut <= MOST);
  const numbers = [...new Set([0n, 1n, ...cuts])].sort((a, b) => (a < b ? -1 : 1));
  if (numbers.length * terms.length > MOST_TRIED) throw new TooLarge(`what the policies ask of ${input}`);
  const valuesOf = (name: string, type: string): CedarValue[] =>
    !read.has(`context.${name}`) ? [type === 'Bool' ? false : 1n] : type === 'Bool' ? [false, true] : numbers;
  const all = attributes.reduce<Record<string, CedarValue>[]>(
    (found, [name, type]) =>
      found.flatMap((one) => valuesOf(name, type).map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  const cells = all.filter(isPossible).map((values): InputCell => ({
    values: atContext(values),
    given: plain(values),
    ranges: rangesOf(values),
  }));
  if (input === EMERGENCY) return apart(cells, terms);
  const lost = Object.fromEntries(attributes.map(([name]) => [`context.${name}`, ABSENT] as const));
  return [...apart(cells, terms), { values: lost, given: {}, lost: input, ranges: {} }];

  function rangesOf(values: Record<string, CedarValue>): InputCell['ranges'] {
    const found = Object.entries(values).flatMap(([name, value]) => {
      if (typeof value !== 'bigint' || !read.has(`context.${name}`)) return [];
      const next = numbers[numbers.indexOf(value) + 1];
      return [[name, [[value, next === undefined ? undefined : next - 1n]]] as [string, Range[]]];
    });
    return Object.fromEntries(found);
  }
}

/** Of those that no expression tells apart, the first, with the ranges of all. */
function apart(cells: readonly InputCell[], terms: readonly Term[]): InputCell[] {
  const found = new Map<string, InputCell>();
  for (const cell of cells) {
    const key = terms.map((term) => truthIn(term, cell)).join();
    const first = found.get(key);
    found.set(key, first ? { ...first, ranges: joined(first.ranges, cell.ranges) } : cell);
  }
  return [...found.values()];
}

function joined(one: InputCell['ranges'], other: InputCell['ranges']): InputCell['ranges'] {
  return Object.fromEntries(
    Object.entries(one).map(([name, ranges]) => {
      const all = [...ranges, ...(other[name] ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      const apart: Range[] = [];
      for (const [from, to] of all) {
        const last = apart.at(-1);
        if (last && (last[1] === undefined || from <= last[1] + 1n)) {
          const end = last[1] === undefined || to === undefined ? undefined : to > last[1] ? to : last[1];
          apart[apart.length - 1] = [last[0], end];
        } else apart.push([from, to]);
      }
      return [name, apart];
    }),
  );
}

/** Whoever has this entitlement has at least one. */
const isPossible = ({ liveGrants, hasThis }: Record<string, CedarValue>) =>
  !(liveGrants === 0n && hasThis === true);

const atContext = (values: Record<string, CedarValue>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`context.${name}`, value]));

const plain = (values: Record<string, CedarValue>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : value === true,
    ]),
  );

/** `onCall`, `not onCall`, `liveGrants 3 or more`, `grants not known`, `in an emergency`. */
export function describeInput({ lost, given, ranges }: InputCell, all: readonly InputCell[]): string {
  if (lost !== undefined) return `${lost} not known`;
  if (EMERGENCY in given) return given[EMERGENCY] === true ? 'in an emergency' : 'in no emergency';
  const known = all.filter((cell) => cell.lost === undefined);
  const differs = (name: string) => new Set(known.map((cell) => cell.given[name])).size > 1;
  const said = Object.entries(given)
    .filter(([name]) => differs(name))
    .map(([name, value]) => {
      if (typeof value === 'boolean') return value ? name : `not ${name}`;
      return `${name} ${(ranges[name] ?? []).map(rangeText).join(' or ') || value}`;
    });
  return said.join(' and ') || 'known';
}

function rangeText([from, to]: Range): string {
  if (to === undefined) return `${from} or more`;
  return from === to ? `${from}` : `${from}–${to}`;
}

import { readsOf } from '../../expressions/decompose.js';
import { folded, type KnownWorld } from '../../expressions/fold.js';
import type { Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';

export const DAY = 86_400_000;
/** As far ahead as an instant of a policy counts: the end of the year 9999. */
const LAST = 253_402_300_799_999;

export const WALL = /^context\.(?:hour|weekday|businessHours)(?:@1)?$/;
export const WORK = /^context\.businessHours/;

/** Whether it is known where an expression that reads the time changes its answer. */
export function isTimeKnown(term: Term): boolean {
  const reads = [...readsOf(term)];
  return (
    reads.every((path) => WALL.test(path)) || (reads.join() === 'context.now' && cutsOf(term) !== undefined)
  );
}

/** Where the answer changes: at instants, or each day (UTC) after so many milliseconds. */
export interface TimeCuts {
  instants: number[];
  daily: number[];
}

const COMPARED = ['<', '<=', '>', '>=', '==', '!='];
const RISING = [
  'offset',
  'toDate',
  'durationSince',
  'toMilliseconds',
  'toSeconds',
  'toMinutes',
  'toHours',
  'toDays',
];

const known = new WeakMap<Term, { cuts: TimeCuts | undefined }>();

/** @returns undefined where that is not known */
export function cutsOf(term: Term): TimeCuts | undefined {
  const found = known.get(term) ?? { cuts: cutsIn(term) };
  known.set(term, found);
  return found.cuts;
}

function cutsIn(term: Term): TimeCuts | undefined {
  if (term.op !== 'call' || !COMPARED.includes(term.name)) return undefined;
  const [one, other] = term.args;
  const open = one?.op === 'value' ? other : one;
  const fixed = one?.op === 'value' ? one : other;
  if (!open || fixed?.op !== 'value') return undefined;
  // Equal is what is neither less nor more.
  const edges = ['<', '>'].map((name): Term => ({ op: 'call', name, args: [open, fixed] }));
  // Moved so far that Cedar errs at one end of time, it would be answered in three ways.
  if (edges.some((edge) => [0, LAST].some((at) => valueAt(edge, at) === undefined))) return undefined;
  if (isRising(open)) return { instants: edges.flatMap((edge) => edgesIn(edge, 0, LAST)), daily: [] };
  const ofDay = timeOfDayIn(open);
  if (!ofDay) return undefined;
  // Wherever it was moved to, the time of day falls back once a day.
  const turn = edgesIn(
    { op: 'call', name: '<', args: [ofDay, { op: 'value', value: valueAt(ofDay, 0)! }] },
    0,
    DAY - 1,
  );
  const bounds = [0, ...turn, DAY];
  const stretches = bounds.slice(1).map((to, n) => [bounds[n]!, to - 1] as const);
  return {
    instants: [],
    daily: stretches.flatMap(([from, to]) => [from, ...edges.flatMap((edge) => edgesIn(edge, from, to))]),
  };
}

/** Only `now`, and what keeps its order. */
function isRising(term: Term): boolean {
  if (term.op === 'get') return true;
  const [of, by] = term.op === 'call' && RISING.includes(term.name) ? term.args : [];
  return of !== undefined && (by === undefined || by.op === 'value') && isRising(of);
}

/** The time of day (UTC), perhaps moved, in what only keeps its order. */
function timeOfDayIn(term: Term): Term | undefined {
  const [of, by] = term.op === 'call' ? term.args : [];
  if (term.op !== 'call' || !of || by) return undefined;
  if (term.name === 'toTime') return isRising(of) ? term : undefined;
  return RISING.includes(term.name) ? timeOfDayIn(of) : undefined;
}

function valueAt(term: Term, now: number): CedarValue | undefined {
  const world: KnownWorld = {
    at: (path) => (path.join('.') === 'context.now' ? { datetime: BigInt(now) } : undefined),
    entity: () => undefined,
  };
  const found = folded(term, world);
  return found.op === 'value' ? found.value : undefined;
}

/** Where something that changes at most once between two instants changes. */
function edgesIn(term: Term, from: number, to: number): number[] {
  const first = valueAt(term, from);
  if (to <= from || valueAt(term, to) === first) return [];
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (valueAt(term, middle) === first) low = middle;
    else high = middle;
  }
  return [high];
}

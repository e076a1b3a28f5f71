import { TZDate, tzOffset } from '@date-fns/tz';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import { inBusinessHours } from '../../inputs/business-hours.js';
import { truthIn, type Cell } from './cell.js';
import { folded, type KnownWorld } from '../../expressions/fold.js';
import { readsOf } from '../../expressions/decompose.js';
import { SECOND } from '../../expressions/rename.js';
import type { Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** In which every hour of a week comes with every offset of the clock that a year has. */
const ROUND = 400 * DAY;
/** As far ahead as an instant of a policy counts: the end of the year 9999. */
const LAST = 253_402_300_799_999;

/** A stretch of time in which no policy tells instants apart, with every other such stretch. */
export interface TimeCell extends Cell {
  /** The first instant of it. */
  at: Instant;
  /** When it is: from an instant until before another, in order, as far as was looked ahead. */
  stretches: { from: Instant; to: Instant }[];
}

const WALL = /^context\.(?:hour|weekday|businessHours)(?:@1)?$/;
const WORK = /^context\.businessHours/;

/** Whether it is known where an expression that reads the time changes its answer. */
export function isTimeKnown(term: Term): boolean {
  const reads = [...readsOf(term)];
  return (
    reads.every((path) => WALL.test(path)) || (reads.join() === 'context.now' && cutsOf(term) !== undefined)
  );
}

/** Where the answer changes: at instants, or each day (UTC) after so many milliseconds. */
interface Cuts {
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

function cutsOf(term: Term): Cuts | undefined {
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

/**
 * All time from an instant on, in stretches in which no expression changes its answer.
 * @param terms of which `isTimeKnown`
 * @param directories by whose clocks; of a second one, its own attributes are named so
 */
export function timeCells(
  terms: readonly Term[],
  directories: readonly DirectoryConfig[],
  from: Instant,
): TimeCell[] {
  const cuts = terms.map((term) => cutsOf(term) ?? { instants: [], daily: [] });
  const reads = [...new Set(terms.flatMap((term) => [...readsOf(term)]))];
  const isWall = reads.some((path) => WALL.test(path));
  const isWork = reads.some((path) => WORK.test(path));
  const holidays = directories.flatMap(({ businessHours, timezone }) =>
    (isWork ? (businessHours?.holidays ?? []) : []).flatMap((day) => bounds(day, timezone)),
  );
  const instants = [...cuts.flatMap((cut) => cut.instants), ...holidays];
  const eras = [from, ...sorted(instants).filter((instant) => instant > from)];
  const daily = sorted(cuts.flatMap((cut) => cut.daily));
  const clocks = directories.map(({ timezone }) => clockOf(timezone));

  const cells = new Map<string, TimeCell>();
  eras.forEach((start, era) => {
    // Holidays are eras of their own: within one, the hour and the weekday say whether people work.
    const known = new Map<string, TimeCell>();
    const end = Math.min(eras[era + 1] ?? Infinity, start + ROUND);
    for (let at = start; at < end;) {
      const walls = isWall ? clocks.map((clock) => clock(at)) : [];
      const sinceMidnight = at % DAY;
      const slot = daily.filter((cut) => cut <= sinceMidnight).length;
      const key = [...walls.flatMap(({ weekday, hour }) => [weekday, hour]), slot].join();
      const cell = known.get(key) ?? add(cellAt(at));
      known.set(key, cell);
      const next = Math.min(
        end,
        ...walls.map(({ sinceHour }) => at + HOUR - sinceHour),
        ...(daily.length > 0 ? [at - sinceMidnight + (daily[slot] ?? DAY)] : []),
      );
      const last = cell.stretches.at(-1);
      if (last?.to === at) last.to = next;
      else cell.stretches.push({ from: at, to: next });
      at = next;
    }
  });
  return [...cells.values()];

  function cellAt(at: Instant): TimeCell {
    return { at, values: timeValues(at, directories), stretches: [] };
  }

  /** The cell that answers everything alike, if there is one. */
  function add(cell: TimeCell): TimeCell {
    const key = terms.map((term) => truthIn(term, cell)).join('');
    const found = cells.get(key) ?? cell;
    cells.set(key, found);
    return found;
  }
}

/** What policies read of an instant. */
export function timeValues(at: Instant, directories: readonly DirectoryConfig[]): TimeCell['values'] {
  const values: Record<string, CedarValue> = { 'context.now': { datetime: BigInt(at) } };
  directories.forEach((directory, n) => {
    const { hour, weekday } = clockOf(directory.timezone)(at);
    const work = inBusinessHours(at, directory);
    const own = {
      hour: BigInt(hour),
      weekday: BigInt(weekday),
      ...(work !== undefined && { businessHours: work }),
    };
    for (const [name, value] of Object.entries(own))
      values[`context.${name}${n === 0 ? '' : SECOND}`] = value;
  });
  return values;
}

const sorted = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b);

/** The beginning and the end of a day of the calendar. */
function bounds(day: string, timezone: string): number[] {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return [0, 1].map((more) => new TZDate(year, month - 1, date + more, timezone).getTime());
}

/** By how much the clock on the wall is ahead of UTC. A zone is asked once for a day in which its clocks are not changed. */
export function offsetsIn(timezone: string): (at: Instant) => number {
  const offset = (at: Instant) => tzOffset(timezone, new Date(at)) * 60_000;
  const days = new Map<number, { from: number; to: number }>();
  return (at) => {
    const day = Math.floor(at / DAY);
    const found = days.get(day) ?? { from: offset(day * DAY), to: offset((day + 1) * DAY) };
    days.set(day, found);
    return found.from === found.to ? found.from : offset(at);
  };
}

/** What the clock on the wall shows. */
function clockOf(timezone: string) {
  const offset = offsetsIn(timezone);
  return (at: Instant) => {
    const shown = at + offset(at);
    const weekday = ((((Math.floor(shown / DAY) + 3) % 7) + 7) % 7) + 1;
    const hour = Math.floor((((shown % DAY) + DAY) % DAY) / HOUR);
    return { weekday, hour, sinceHour: ((shown % HOUR) + HOUR) % HOUR };
  };
}

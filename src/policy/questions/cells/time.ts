import { TZDate, tzOffset } from '@date-fns/tz';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import { inBusinessHours } from '../../inputs/business-hours.js';
import { truthIn, type Cell } from './cell.js';
import { TooLarge } from '../model/diagram.js';
import { cutsOf, DAY, WALL, WORK } from './time-cuts.js';
import { readsOf } from '../../expressions/decompose.js';
import { SECOND } from '../../expressions/rename.js';
import type { Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';

/** What is looked at to find all cells: moments at which the clock shows something else. */
const MOST_MOMENTS = 1_000_000;
const HOUR = 3_600_000;
/** In which every hour of a week comes with every offset of the clock that a year has. */
const ROUND = 400 * DAY;

/** A stretch of time in which no policy tells instants apart, with every other such stretch. */
export interface TimeCell extends Cell {
  /** The first instant of it. */
  at: Instant;
  /** When it is: from an instant until before another, in order, as far as was looked ahead. */
  stretches: { from: Instant; to: Instant }[];
}

/**
 * All time from an instant on, in stretches in which no expression changes its answer.
 * @param terms of which `isTimeKnown`
 * @param directories by whose clocks; of a second one, its own attributes are named so
 * @throws TooLarge
 */
export function timeCells(
  terms: readonly Term[],
  directories: readonly DirectoryConfig[],
  from: Instant,
): TimeCell[] {
  const isOfDates = (term: Term) => readsOf(term).has('context.now') && cutsOf(term)?.daily.length === 0;
  const dates = datesFor(terms.filter(isOfDates), from);
  const ofClock = terms.filter((term) => !isOfDates(term));
  const clock = clockFor(ofClock, directories);
  const eras = [from, ...sorted([...dates.edges, ...clock.holidays]).filter((instant) => instant > from)];

  const cells = new Map<string, TimeCell>();
  let moments = 0;
  eras.forEach((start, era) => {
    const date = dates.keyFrom(start);
    // Holidays are eras of their own: within one, the hour and the weekday say whether people work.
    const truths = clock.era();
    const end = Math.min(eras[era + 1] ?? Infinity, start + ROUND);
    for (let at = start; at < end;) {
      if (++moments > MOST_MOMENTS) throw new TooLarge('what the policies ask of time, of too many days');
      const { shown, next } = clock.at(at);
      const key = `${date} ${truths(at, shown)}`;
      const cell = cells.get(key) ?? { at, values: timeValues(at, directories), stretches: [] };
      cells.set(key, cell);
      const to = Math.min(next, end);
      const last = cell.stretches.at(-1);
      if (last?.to === at) last.to = to;
      else cell.stretches.push({ from: at, to });
      at = to;
    }
  });
  return [...cells.values()];
}

/** Of expressions that change at instants alone: what they are, from one of these until the next. */
function datesFor(terms: readonly Term[], from: Instant) {
  const edges = new Map<Instant, Term[]>();
  for (const term of terms)
    for (const instant of cutsOf(term)?.instants ?? []) {
      const here = edges.get(instant) ?? [];
      here.push(term);
      edges.set(instant, here);
    }
  const truthAt = (term: Term, at: Instant) =>
    truthIn(term, { values: { 'context.now': { datetime: BigInt(at) } } });
  const now = new Map(terms.map((term) => [term, truthAt(term, from)]));
  const numbers = new Map<string, number>();
  return {
    edges: edges.keys(),
    /** The same number for the same answers. @param at asked in order */
    keyFrom(at: Instant): number {
      for (const term of edges.get(at) ?? []) now.set(term, truthAt(term, at));
      const text = [...now.values()].join('');
      const found = numbers.get(text) ?? numbers.size;
      numbers.set(text, found);
      return found;
    },
  };
}

/** Of the other expressions: what they are by the clock on the wall and the time of day. */
function clockFor(terms: readonly Term[], directories: readonly DirectoryConfig[]) {
  const reads = [...new Set(terms.flatMap((term) => [...readsOf(term)]))];
  const clocks = reads.some((path) => WALL.test(path))
    ? directories.map(({ timezone }) => clockOf(timezone))
    : [];
  const isWork = reads.some((path) => WORK.test(path));
  const holidays = directories.flatMap(({ businessHours, timezone }) =>
    (isWork ? (businessHours?.holidays ?? []) : []).flatMap((day) => bounds(day, timezone)),
  );
  const daily = sorted(terms.flatMap((term) => cutsOf(term)?.daily ?? []));
  let known = new Map<string, string>();
  return {
    holidays,
    /** What is shown at an instant, and until when at least. */
    at(at: Instant): { shown: string; next: Instant } {
      const walls = clocks.map((clock) => clock(at));
      const sinceMidnight = at % DAY;
      const slot = daily.filter((cut) => cut <= sinceMidnight).length;
      const next = Math.min(
        ...walls.map(({ sinceHour }) => at + HOUR - sinceHour),
        ...(daily.length > 0 ? [at - sinceMidnight + (daily[slot] ?? DAY)] : []),
      );
      return { shown: [...walls.flatMap(({ weekday, hour }) => [weekday, hour]), slot].join(), next };
    },
    era() {
      if (isWork) known = new Map();
      return (at: Instant, shown: string): string => {
        const found = known.get(shown) ?? truthsAt(at);
        known.set(shown, found);
        return found;
      };
    },
  };

  function truthsAt(at: Instant): string {
    const values = timeValues(at, directories);
    return terms.map((term) => truthIn(term, { values })).join('');
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

import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { Instant } from '../../../domain/entitlement.js';
import { offsetsIn, type TimeCell } from './time.js';
import { DAY_MINUTES, hoursOf, WEEK_MINUTES, type Week } from './week.js';

/** `Fri 20 Nov 2026, 19:00` on the wall clock of the timezone. */
export const wallTime = (at: Instant, timezone: string) =>
  format(new TZDate(at, timezone), 'EEE d MMM yyyy, HH:mm');

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const DAY = DAY_MINUTES * MINUTE;
const WEEK = WEEK_MINUTES * MINUTE;
/** Of which is looked whether they are like the first. */
const WEEKS = 57;
/** Of days that are unlike the others of their week, so many are named. */
const MOST_DAYS = 3;

type Stretch = TimeCell['stretches'][number];

/** What a text says: a week like every other, from an instant until before another. */
interface Said {
  week: Week;
  from?: Instant;
  until?: Instant;
}

/**
 * When something is, by the wall clock: `always`, `Mon–Fri 8–18`, `Mon–Sun 9:30–9:45`, `from 1 Jan 2027: always`,
 * `Mon–Fri 8–18 except on 25 Dec 2026`. Where no such text says all of it, it ends with `in most weeks`.
 * @param cells in which it is @param all of the same time
 */
export function describeTimes(
  cells: readonly TimeCell[],
  all: readonly TimeCell[],
  timezone: string,
): string {
  if (cells.length === 0) return 'never';
  if (cells.length === all.length) return 'always';
  const own = stretchesOf(cells);
  const others = stretchesOf(all.filter((cell) => !cells.includes(cell)));
  const begin = Math.min(own[0]!.from, others[0]!.from);
  const end = Math.max(own.at(-1)!.to, others.at(-1)!.to);
  const offset = offsetsIn(timezone);
  const runs = runsOf(own, others, offset);
  const week = usualWeek(own, begin, offset);
  const [from, until] = [own[0]!.from, own.at(-1)!.to];
  const ways: Said[] = [
    { week },
    ...(from > begin ? [{ week, from }] : []),
    ...(until < end ? [{ week, until }, ...(from > begin ? [{ week, from, until }] : [])] : []),
  ];
  const wrong = (said: Said) => wrongDays(said, runs, offset);
  const exact = ways.find((said) => wrong(said).length === 0);
  if (exact) return textOf(exact, timezone);
  const long = { ...(from - begin >= WEEK && { from }), ...(end - until >= WEEK && { until }) };
  const usual: Said = { week, ...long };
  return `${textOf(usual, timezone)}${exceptions(wrong(usual), timezone)}`;
}

/** The same for each of many sets of cells: what is asked again is known. @returns by the numbers of the cells */
export function timesIn(
  all: readonly TimeCell[],
  timezone: string,
): (numbers: ReadonlySet<number>) => string {
  const known = new Map<string, string>();
  return (numbers) => {
    const cells = all.filter((_, n) => numbers.has(n));
    const key = [...numbers].sort((a, b) => a - b).join();
    const found = known.get(key) ?? describeTimes(cells, all, timezone);
    known.set(key, found);
    return found;
  };
}

const stretchesOf = (cells: readonly TimeCell[]): Stretch[] => {
  const joined: Stretch[] = [];
  for (const { from, to } of cells.flatMap((cell) => cell.stretches).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last?.to === from) last.to = to;
    else joined.push({ from, to });
  }
  return joined;
};

type Offset = (at: Instant) => number;

/** As most weeks are in which it is at all. */
function usualWeek(stretches: readonly Stretch[], begin: Instant, offset: Offset): Week {
  const counts = new Map<string, { week: Week; count: number }>();
  for (let n = 0; n < WEEKS; n++) {
    const week = weekFrom(stretches, begin + n * WEEK, offset);
    if (!week.includes(1)) continue;
    const key = week.join('');
    counts.set(key, { week, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return most?.week ?? weekFrom(stretches, stretches[0]!.from, offset);
}

/** The minutes of the seven days from an instant on. */
function weekFrom(stretches: readonly Stretch[], from: Instant, offset: Offset): Week {
  const week = new Uint8Array(WEEK_MINUTES);
  for (const stretch of stretches) {
    const [begin, end] = [Math.max(stretch.from, from), Math.min(stretch.to, from + WEEK)];
    if (begin >= end) continue;
    const first = minuteOf(begin, offset);
    const count = Math.ceil((end - begin) / MINUTE);
    for (let n = 0; n < count; n++) week[(first + n) % WEEK_MINUTES] = 1;
  }
  return week;
}

/** Of the week, by the wall clock. The first of January 1970 was a Thursday. */
const minuteOf = (at: Instant, offset: Offset): number =>
  Math.floor((at + offset(at)) / MINUTE + 3 * DAY_MINUTES) % WEEK_MINUTES;

/** Minutes that follow one another on the wall clock, on one day, in all of which it is or is not. */
interface Run {
  at: Instant;
  count: number;
  is: boolean;
}

function runsOf(own: readonly Stretch[], others: readonly Stretch[], offset: Offset): Run[] {
  const of = (is: boolean, stretches: readonly Stretch[]) =>
    stretches.flatMap((stretch) => runsIn(stretch, offset).map((run) => ({ ...run, is })));
  return [...of(true, own), ...of(false, others)];
}

/** Only whole minutes: no text tells of parts of them. */
function runsIn({ from, to }: Stretch, offset: Offset): Omit<Run, 'is'>[] {
  const runs: Omit<Run, 'is'>[] = [];
  for (let at = Math.ceil(from / MINUTE) * MINUTE; at + MINUTE <= to;) {
    const here = offset(at);
    const midnight = (Math.floor((at + here) / DAY) + 1) * DAY - here;
    const isEven = offset(Math.min(midnight, to) - 1) === here;
    const end = Math.min(isEven ? midnight : (Math.floor(at / HALF_HOUR) + 1) * HALF_HOUR, to);
    runs.push({ at, count: Math.floor((end - at) / MINUTE) });
    at = end;
  }
  return runs;
}

/** A day on which a text says of some minute what is not so; `is`: what the whole of that day is, if that is one thing. */
interface WrongDay {
  at: Instant;
  is?: boolean;
}

function wrongDays(
  { week, from = -Infinity, until = Infinity }: Said,
  runs: readonly Run[],
  offset: Offset,
): WrongDay[] {
  const before = sumsOf(week);
  const days = new Map<number, { at: Instant; isWrong: boolean; found: Set<boolean> }>();
  for (const { at, count, is } of runs) {
    const begin = Math.max(at, from);
    const end = Math.min(at + count * MINUTE, until);
    const first = minuteOf(at, offset) + Math.ceil((begin - at) / MINUTE);
    const said = begin < end ? before[first + Math.floor((end - begin) / MINUTE)]! - before[first]! : 0;
    const number = Math.floor((at + offset(at)) / DAY);
    const day = days.get(number) ?? { at, isWrong: false, found: new Set<boolean>() };
    day.isWrong ||= said !== (is ? count : 0);
    day.found.add(is);
    days.set(number, day);
  }
  return [...days.values()]
    .filter(({ isWrong }) => isWrong)
    .sort((a, b) => a.at - b.at)
    .map(({ at, found }) => ({ at, ...(found.size === 1 && { is: found.has(true) }) }));
}

/** Of each minute, how many before it count. */
function sumsOf(week: Week): Uint16Array {
  const sums = new Uint16Array(WEEK_MINUTES + 1);
  for (const [n, minute] of week.entries()) sums[n + 1] = sums[n]! + minute;
  return sums;
}

function exceptions(days: readonly WrongDay[], timezone: string): string {
  const named = (is: boolean) => days.filter((day) => day.is === is).map(({ at }) => dayOf(at, timezone));
  const [on, off] = [named(true), named(false)];
  if (on.length + off.length < days.length || days.length > MOST_DAYS) return ', in most weeks';
  return [
    ...(off.length > 0 ? [` except on ${off.join(' and ')}`] : []),
    ...(on.length > 0 ? [` and all of ${on.join(' and ')}`] : []),
  ].join(',');
}

const dayOf = (at: Instant, timezone: string) => format(new TZDate(at, timezone), 'd MMM yyyy');

/** `from 1 Jan 2027 until 5 Jan 2027, 12:00: Mon–Fri 8–18` */
function textOf({ week, from, until }: Said, timezone: string): string {
  const isMidnight = (at: Instant) => format(new TZDate(at, timezone), 'HH:mm') === '00:00';
  const exactly = (at: Instant) => format(new TZDate(at, timezone), 'd MMM yyyy, HH:mm');
  const span = [
    ...(from === undefined ? [] : [`from ${isMidnight(from) ? dayOf(from, timezone) : exactly(from)}`]),
    ...(until === undefined
      ? []
      : [`until ${isMidnight(until) ? dayOf(until - 1, timezone) : exactly(until)}`]),
  ];
  const [hours, rest] = [hoursOf(week), hoursOf(week.map((minute) => 1 - minute))];
  const parts = (pattern: string) => pattern.split(', ').length;
  const isRest = span.length === 0 && rest !== '' && parts(rest) < parts(hours);
  return [...(span.length > 0 ? [span.join(' ')] : []), isRest ? `outside ${rest}` : hours].join(': ');
}

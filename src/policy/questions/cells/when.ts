import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { Instant } from '../../../domain/entitlement.js';
import type { TimeCell } from './time.js';

/** `Fri 20 Nov 2026, 19:00` on the wall clock of the timezone. */
export const wallTime = (at: Instant, timezone: string) =>
  format(new TZDate(at, timezone), 'EEE d MMM yyyy, HH:mm');

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const WEEK = WEEK_MINUTES * MINUTE;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Of which is looked whether they are like the first. */
const WEEKS = 57;

/**
 * When something is, by the wall clock: `always`, `Mon–Fri 8–18`, `Mon–Sun 9:30–9:45`, `from 1 Jan 2027: always`.
 * @param cells in which it is @param all of the same time
 */
export function describeTimes(
  cells: readonly TimeCell[],
  all: readonly TimeCell[],
  timezone: string,
): string {
  if (cells.length === 0) return 'never';
  if (cells.length === all.length) return 'always';
  const begin = Math.min(...all.map(({ at }) => at));
  const end = Math.max(...all.flatMap((cell) => cell.stretches.map(({ to }) => to)));
  const own = stretchesOf(cells);
  const usual = usualWeek(own, begin, timezone);
  const rest = usualWeek(stretchesOf(all.filter((cell) => !cells.includes(cell))), begin, timezone);
  const [first, last] = [own[0]!.from, Math.max(...own.map(({ to }) => to))];
  const from = first - begin >= WEEK ? [`from ${dayOf(first, timezone)}`] : [];
  const until = end - last >= WEEK ? [`until ${dayOf(last - 1, timezone)}`] : [];
  const parts = (pattern: string) => pattern.split(', ').length;
  const isRest = from.length + until.length === 0 && rest !== '' && parts(rest) < parts(usual);
  const hours = isRest ? `outside ${rest}` : usual;
  return [[...from, ...until].join(' '), hours].filter((part) => part !== '').join(': ');
}

const stretchesOf = (cells: readonly TimeCell[]) =>
  cells.flatMap((cell) => cell.stretches).sort((a, b) => a.from - b.from);

/** As most weeks are in which it is at all. */
function usualWeek(stretches: readonly Stretch[], begin: Instant, timezone: string): string {
  const counts = new Map<string, number>();
  for (let week = 0; week < WEEKS; week++) {
    const pattern = patternOf(stretches, begin + week * WEEK, timezone);
    if (pattern !== '') counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? patternOf(stretches, stretches[0]!.from, timezone);
}

const dayOf = (at: Instant, timezone: string) => format(new TZDate(at, timezone), 'd MMM yyyy');

type Stretch = TimeCell['stretches'][number];

/** The hours of one week, in words; empty: none. */
function patternOf(stretches: readonly Stretch[], from: Instant, timezone: string): string {
  const minutes = new Uint8Array(WEEK_MINUTES);
  for (const stretch of stretches) {
    const [begin, end] = [Math.max(stretch.from, from), Math.min(stretch.to, from + WEEK)];
    if (begin >= end) continue;
    const local = new TZDate(begin, timezone);
    const first = ((local.getDay() + 6) % 7) * DAY_MINUTES + local.getHours() * 60 + local.getMinutes();
    const count = Math.ceil((end - begin) / MINUTE);
    for (let n = 0; n < count; n++) minutes[(first + n) % WEEK_MINUTES] = 1;
  }
  const days = DAYS.map((_, day) => rangesOf(minutes.subarray(day * DAY_MINUTES, (day + 1) * DAY_MINUTES)));
  if (days.every((ranges) => ranges === '0–24')) return 'always';
  const parts: string[] = [];
  for (let day = 0; day < DAYS.length;) {
    const ranges = days[day]!;
    let to = day;
    while (to < 6 && days[to + 1] === ranges) to++;
    if (ranges !== '') parts.push(`${to === day ? DAYS[day]! : `${DAYS[day]!}–${DAYS[to]!}`} ${ranges}`);
    day = to + 1;
  }
  return parts.join(', ');
}

function rangesOf(day: Uint8Array): string {
  const ranges: string[] = [];
  for (let from = 0; from < DAY_MINUTES;) {
    if (day[from] === 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < DAY_MINUTES && day[to] === 1) to++;
    ranges.push(`${clock(from)}–${clock(to)}`);
    from = to;
  }
  return ranges.join(' and ');
}

const clock = (minute: number) =>
  minute % 60 === 0 ? `${minute / 60}` : `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

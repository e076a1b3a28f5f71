import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { getHours } from 'date-fns/getHours';
import { getISODay } from 'date-fns/getISODay';
import { getMinutes } from 'date-fns/getMinutes';
import { getSeconds } from 'date-fns/getSeconds';
import type { Instant } from '../../domain/entitlement.js';

const HOUR = 3_600_000;
const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export interface Hour {
  at: Instant;
  /** ISO, 1–7. */
  weekday: number;
  /** 0–23. */
  hour: number;
}

/** The beginnings of the next 168 hours of a timezone: everything that a week's policies can tell apart. */
export function nextWeek(at: Instant, timezone: string): Hour[] {
  const local = new TZDate(at, timezone);
  // Not every timezone is a whole number of hours away from UTC.
  const first = Math.floor(at / 1000) * 1000 + HOUR - (getMinutes(local) * 60 + getSeconds(local)) * 1000;
  return Array.from({ length: 7 * 24 }, (_, n) => {
    const then = first + n * HOUR;
    const date = new TZDate(then, timezone);
    return { at: then, weekday: getISODay(date), hour: getHours(date) };
  });
}

/** `Fri 20 Nov 2026, 19:00` on the wall clock of the timezone. */
export const wallTime = (at: Instant, timezone: string) =>
  format(new TZDate(at, timezone), 'EEE d MMM yyyy, HH:mm');

/** Hours of a week in words: `always`, `Mon–Fri 8–18`, `Sat 0–24, Sun 0–6`. */
export function describeHours(hours: readonly Pick<Hour, 'weekday' | 'hour'>[]): string {
  const days = Array.from({ length: 7 }, (_, day) => rangesOf(hours, day + 1));
  if (days.every((ranges) => ranges === '0–24')) return 'always';
  const parts: string[] = [];
  for (let from = 1; from <= 7;) {
    const ranges = days[from - 1]!;
    let to = from;
    while (to < 7 && days[to] === ranges) to++;
    const name = to === from ? DAYS[from] : `${DAYS[from]}–${DAYS[to]}`;
    if (ranges !== '') parts.push(`${name} ${ranges}`);
    from = to + 1;
  }
  return parts.join(', ') || 'never';
}

function rangesOf(hours: readonly Pick<Hour, 'weekday' | 'hour'>[], weekday: number): string {
  const has = new Set(hours.filter((hour) => hour.weekday === weekday).map(({ hour }) => hour));
  const ranges: string[] = [];
  for (let from = 0; from < 24; from++) {
    if (!has.has(from)) continue;
    let to = from + 1;
    while (has.has(to)) to++;
    ranges.push(`${from}–${to}`);
    from = to;
  }
  return ranges.join(' and ');
}

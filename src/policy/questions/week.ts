import { TZDate } from '@date-fns/tz';
import type { Instant } from '../../domain/entitlement.js';
import type { Cuts } from './mentions.js';

/** Hours of a week that the policies cannot tell apart, with an instant in one of them. */
export interface TimeClass {
  /** (ISO weekday − 1) × 24 + hour. */
  hours: number[];
  at: Instant;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const WEEK = 7 * 24;

/** The classes of one fixed week, of 5 January 2026, in which no clock is put forward or back. */
export function timeClasses(weekday: Cuts, hour: Cuts, timezone: string): TimeClass[] {
  return intervals(1, 7, weekday).flatMap((days) =>
    intervals(0, 23, hour).map((hours) => ({
      hours: days.flatMap((day) => hours.map((at) => (day - 1) * 24 + at)),
      at: new TZDate(2026, 0, 4 + days[0]!, hours[0]!, timezone).getTime(),
    })),
  );
}

function intervals(first: number, last: number, cuts: Cuts): number[][] {
  const found: number[][] = [];
  for (let value = first; value <= last; value++) {
    if (value === first || cuts === 'all' || cuts.has(value)) found.push([]);
    found.at(-1)!.push(value);
  }
  return found;
}

/** `Mon–Fri 8–18`, `outside Mon–Fri 8–18`, or `any time`. */
export function describeHours(hours: readonly number[]): string {
  const set = new Set(hours);
  if (set.size === WEEK) return 'any time';
  const rest = Array.from({ length: WEEK }, (_, hour) => hour).filter((hour) => !set.has(hour));
  const [inside, outside] = [parts([...set]), parts(rest)];
  return outside.length < inside.length ? `outside ${outside.join(', ')}` : inside.join(', ');
}

function parts(hours: number[]): string[] {
  const days = DAYS.map((_, day) => ranges(hours.filter((hour) => Math.floor(hour / 24) === day)));
  const found: string[] = [];
  for (let day = 0; day < days.length;) {
    let last = day;
    while (days[last + 1] === days[day]) last++;
    const name = last === day ? DAYS[day] : `${DAYS[day]}–${DAYS[last]}`;
    if (days[day]) found.push(days[day] === '0–24' ? `${name}` : `${name} ${days[day]}`);
    day = last + 1;
  }
  return found;
}

/** Of one day: `0–8 and 18–24`. */
function ranges(hours: number[]): string {
  const ends: [from: number, to: number][] = [];
  for (const hour of hours.map((value) => value % 24).sort((a, b) => a - b)) {
    const last = ends.at(-1);
    if (last?.[1] === hour) last[1] = hour + 1;
    else ends.push([hour, hour + 1]);
  }
  return ends.map(([from, to]) => `${from}–${to}`).join(' and ');
}

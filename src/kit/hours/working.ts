import type { BusinessHours } from '../../domain/directory.js';
import type { Instant } from '../../domain/entitlement.js';

/** When people work where `directory.yml` does not say it: Monday to Friday, from 9 to 17. */
const USUAL: BusinessHours = { days: [1, 2, 3, 4, 5], from: 9, to: 17, holidays: [] };
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Whether somebody is in their working hours, by the clock on their wall.
 * @param timezone IANA's name of theirs
 * @returns undefined for a time zone that this machine does not know
 */
export function isAtWork(
  at: Instant,
  timezone: string,
  { days, from, to, holidays }: BusinessHours = USUAL,
): boolean | undefined {
  const local = wallClock(at, timezone);
  if (!local) return undefined;
  const { weekday, hour, day } = local;
  return hour >= from && hour < to && days.includes(weekday) && !holidays.includes(day);
}

/** What clock and calendar on somebody's wall say; undefined for a time zone that this machine does not know. */
export function wallClock(at: Instant, timeZone: string) {
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...SHOWN, timeZone });
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      weekday: WEEKDAYS.indexOf(parts['weekday'] ?? '') + 1,
      hour: Number(parts['hour']),
      minute: Number(parts['minute']),
      second: Number(parts['second']),
      day: `${parts['year']}-${parts['month']}-${parts['day']}`,
    };
  } catch {
    return undefined;
  }
}

const SHOWN = {
  hourCycle: 'h23',
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

import type { Instant, Millis } from '../domain/entitlement.js';

const QUARTER: Millis = 15 * 60_000;

/**
 * The same instant where people are at work, Monday to Friday from 9 to 15 o'clock, else the next morning at 9: what
 * the default policies allow at night is little.
 * @param timezone IANA name
 */
export function workingHour(now: Instant, timezone: string): Instant {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const atWork = (at: Instant) => {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const hour = Number(parts['hour']);
    return !['Sat', 'Sun'].includes(parts['weekday'] ?? '') && hour >= 9 && hour < 15;
  };
  let at = now;
  while (!atWork(at)) at = Math.floor(at / QUARTER) * QUARTER + QUARTER;
  return at;
}

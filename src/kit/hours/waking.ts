import type { Instant, Millis } from '../../domain/entitlement.js';
import { wallClock } from './working.js';

const HOUR: Millis = 3_600_000;
const QUARTER: Millis = HOUR / 4;
/** Whole hours of a person's day: nobody is woken before it, nor kept up after it. */
const FROM = 8;
const TO = 20;
const ALL_DAY = 24;

/**
 * The first instant from `at` on at which it is day for somebody, by the clock on their wall; `at` itself, where it is.
 * @param timezone IANA's name of theirs
 * @returns undefined for a time zone that this machine does not know
 */
export function nextInDay(at: Instant, timezone: string): Instant | undefined {
  const local = wallClock(at, timezone);
  if (!local) return undefined;
  const { hour, minute, second } = local;
  if (isDay(hour)) return at;
  const hours = (FROM - hour + ALL_DAY) % ALL_DAY;
  const morning = at - (at % 1_000) + hours * HOUR - minute * 60_000 - second * 1_000;
  // Where the clocks change in between, that is not eight o'clock.
  const hourAt = (instant: Instant) => wallClock(instant, timezone)?.hour ?? FROM;
  let wake = Math.max(at, morning);
  while (!isDay(hourAt(wake))) wake += QUARTER;
  while (wake - QUARTER > at && isDay(hourAt(wake - QUARTER))) wake -= QUARTER;
  return wake;
}

const isDay = (hour: number): boolean => hour >= FROM && hour < TO;

import { TZDate } from '@date-fns/tz';
import type { Instant, Millis } from '../../../domain/entitlement.js';
import { bare } from '../../ids.js';
import { typedDurations } from '../../subcommands/typed-duration.js';

const DAY: Millis = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:t(\d{1,2}):(\d{2}))?$/;
const TIME = /^(\d{1,2}):(\d{2})$/;
/** What may stand before a time, and says nothing more. */
const PARTICLES = ['until', 'till', 'for'];
/** A date alone means the whole day. */
const END_OF_DAY = { hour: 23, minute: 59 };

/** How words behind `/jit away` were read. */
export interface TypedUntil {
  until?: Instant;
  /** Those that say no time. */
  rest: string[];
}

/** Whether reading these words takes the person's time zone. */
export function namesADate(words: readonly string[]): boolean {
  return words.some((word) => DATE.test(plain(word)));
}

/**
 * Reads `3d`, `2 weeks`, `for 3 days`, `until 2026-12-05`, `until 2026-12-05 18:00` at the beginning of the words.
 * @param zone IANA's name of the zone in which dates are meant
 */
export function typedUntil(words: readonly string[], now: Instant, zone: string): TypedUntil {
  const from = PARTICLES.includes(plain(words[0])) ? 1 : 0;
  const left = words.slice(from);
  const date = dateIn(left, zone);
  if (date) return { until: date.at, rest: left.slice(date.words) };
  const length = weeksIn(left) ?? typedDurations(left).at(-1);
  return length ? { until: now + length.length, rest: left.slice(length.words) } : { rest: [...words] };
}

function dateIn(words: readonly string[], zone: string): { at: Instant; words: number } | undefined {
  const [, year, month, day, hour, minute] = DATE.exec(plain(words[0])) ?? [];
  if (year === undefined) return undefined;
  const own = hour === undefined ? TIME.exec(plain(words[1])) : undefined;
  const time =
    hour !== undefined
      ? { hour: Number(hour), minute: Number(minute) }
      : own
        ? { hour: Number(own[1]), minute: Number(own[2]) }
        : END_OF_DAY;
  const at = new TZDate(Number(year), Number(month) - 1, Number(day), time.hour, time.minute, zone);
  // 31 February is no day, and is not read as one in March.
  const isReal =
    at.getMonth() === Number(month) - 1 && at.getDate() === Number(day) && time.hour < 24 && time.minute < 60;
  return isReal ? { at: at.getTime(), words: own ? 2 : 1 } : undefined;
}

function weeksIn(words: readonly string[]): { length: Millis; words: number } | undefined {
  const [first, second] = [plain(words[0]), plain(words[1])];
  const joined = /^(\d{1,2})(?:w|weeks?)$/.exec(first);
  if (joined) return { length: Number(joined[1]) * 7 * DAY, words: 1 };
  const isSplit = /^\d{1,2}$/.test(first) && /^weeks?$/.test(second);
  return isSplit ? { length: Number(first) * 7 * DAY, words: 2 } : undefined;
}

const plain = (word: string | undefined) => bare(word ?? '').toLowerCase();

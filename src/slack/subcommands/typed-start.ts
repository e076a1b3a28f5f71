import type { Instant, Millis } from '../../domain/entitlement.js';
import { wallClock } from '../../kit/hours/working.js';
import { bare } from '../ids.js';

const DAY: Millis = 86_400_000;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})t(\d{1,2}[:.]\d{2})$/;
const TIME = /^(\d{1,2})[:.](\d{2})(am|pm)?$/;
const HOUR_OF_HALF_A_DAY = /^(\d{1,2})(am|pm)$/;
/** What may stand before a day or a time, and says nothing more. */
const PARTICLES = ['at', 'on', 'from'];

/** By which clock somebody means a time. */
export interface PersonsClock {
  now: Instant;
  /** IANA's name. */
  zone: string;
}

/** How the first words say when it begins. */
export interface TypedStart {
  /** How many of the words say it; none where they say no time that there is, and so are part of the reason. */
  words: number;
  written: string;
  at?: Instant;
}

/** Whether reading these words may take the person's time zone. */
export function namesAStart(words: readonly string[]): boolean {
  return words.some((word) => [TIME, HOUR_OF_HALF_A_DAY, MOMENT].some((way) => way.test(plain(word))));
}

/**
 * Reads `at 18:00`, `at 6pm`, `tomorrow 9:00`, `monday at 9:00`, `on 2026-11-21 at 9:00` at the beginning of the words. A
 * time without a day is the next one by the person's clock; a day without a time is no start.
 */
export function typedStart(words: readonly string[], clock: PersonsClock): TypedStart | undefined {
  const split = words.slice(0, 4).flatMap((word, n) => {
    const [, day, time] = MOMENT.exec(plain(word)) ?? [];
    const parts = day !== undefined && time !== undefined ? [day, time] : [plain(word)];
    return parts.map((part) => ({ part, upTo: n + 1 }));
  });
  let at = 0;
  const skipParticle = () => {
    const isOne = PARTICLES.includes(split[at]?.part ?? '');
    if (isOne) at++;
    return isOne;
  };
  const began = skipParticle();
  const day = dayIn(split[at]?.part ?? '', clock);
  if (day !== undefined) {
    at++;
    skipParticle();
  } else if (!began) return undefined;
  const time = split[at];
  const minutes = time && minutesIn(time.part);
  if (minutes === undefined) return undefined;
  const written = words.slice(0, time!.upTo).join(' ');
  const found = minutes === 'none' || day === 'none' ? undefined : moment(day, minutes, clock);
  return found === undefined ? { words: 0, written } : { words: time!.upTo, written, at: found };
}

/** A day by its name, as days since the epoch; `none`: written as a date, and there is no such day. */
function dayIn(word: string, { now, zone }: PersonsClock): number | 'none' | undefined {
  const today = todayIn(now, zone);
  if (word === 'today') return today;
  if (word === 'tomorrow') return today + 1;
  const weekday = WEEKDAYS.indexOf(word);
  // Day 0 was a Thursday.
  if (weekday >= 0) return today + ((weekday - ((today + 3) % 7) + 7) % 7);
  if (!DATE.test(word)) return undefined;
  const date = Date.parse(`${word}T00:00:00Z`);
  return Number.isNaN(date) || !new Date(date).toISOString().startsWith(word) ? 'none' : date / DAY;
}

function todayIn(now: Instant, zone: string): number {
  return (
    Date.parse(`${wallClock(now, zone)?.day ?? new Date(now).toISOString().slice(0, 10)}T00:00:00Z`) / DAY
  );
}

/** A time of day in minutes; `none`: written as one, and there is no such time. */
function minutesIn(word: string): number | 'none' | undefined {
  const [, written, minutes = '0', half] = TIME.exec(word) ?? [];
  const [, whole, ofHalf] = HOUR_OF_HALF_A_DAY.exec(word) ?? [];
  const hour = written ?? whole;
  if (hour === undefined) return undefined;
  const by = half ?? ofHalf;
  const isHour = by === undefined ? Number(hour) < 24 : Number(hour) >= 1 && Number(hour) <= 12;
  if (!isHour || Number(minutes) > 59) return 'none';
  const hours = by === undefined ? Number(hour) : (Number(hour) % 12) + (by === 'pm' ? 12 : 0);
  return hours * 60 + Number(minutes);
}

/** Without a day the next such time; undefined where the clocks are put forward over it. */
function moment(day: number | undefined, minutes: number, clock: PersonsClock): Instant | undefined {
  if (day !== undefined) return instantOf(day, minutes, clock.zone);
  const today = todayIn(clock.now, clock.zone);
  const soon = instantOf(today, minutes, clock.zone);
  return soon !== undefined && soon > clock.now ? soon : instantOf(today + 1, minutes, clock.zone);
}

/** Of an hour that comes twice, the first. */
function instantOf(day: number, minutes: number, zone: string): Instant | undefined {
  const wall = day * DAY + minutes * 60_000;
  const ways = [wall - DAY, wall + DAY].map((near) => wall - (wallOf(near, zone) - near));
  const there = ways.filter((at) => wallOf(at, zone) === wall);
  return there.length === 0 ? undefined : Math.min(...there);
}

/** What the clock on the wall says, as if it were UTC. */
function wallOf(at: Instant, zone: string): number {
  const local = wallClock(at, zone);
  if (!local) return at;
  const { day, hour, minute, second } = local;
  return Date.parse(`${day}T00:00:00Z`) + ((hour * 60 + minute) * 60 + second) * 1_000;
}

const plain = (word: string | undefined) => bare(word ?? '').toLowerCase();

import { tzOffset } from '@date-fns/tz';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Property } from './ical-lines.js';

/** A time as a calendar writes it. */
export interface Time {
  /** What the clock on the wall shows, as ms since the epoch of a world in which all clocks show UTC. */
  wall: number;
  /** IANA name. */
  zone: string;
  /** A whole day: `wall` is its midnight. */
  day: boolean;
}

/** A length: days of the calendar, which a change of the clock makes longer or shorter, and then time. */
export interface Length {
  days: number;
  ms: Millis;
}

export const DAY: Millis = 86_400_000;
const SECOND: Millis = 1_000;
const UTC = 'UTC';

/** What names of zones mean: IANA's their own, Outlook's what Windows means by them. Undefined: nothing known. */
export type Zones = (name: string) => string | undefined;

/** @param windows what Windows means by a name; called for names that IANA does not have */
export function zones(windows: (name: string) => string | undefined): Zones {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) {
      const found = isZone(name) ? name : windows(name);
      known.set(name, found !== undefined && isZone(found) ? found : undefined);
    }
    return known.get(name);
  };
}

export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * The instant at which a wall clock shows a time, the same on every host: of an hour that comes twice the first, and one
 * that is left out as if the clock had not been changed yet (RFC 5545, 3.3.5).
 */
export function instantOf({ wall, zone }: Pick<Time, 'wall' | 'zone'>): Instant {
  if (zone === UTC) return wall;
  const around = [wall - DAY, wall + DAY].map((at) => wall - offsetOf(zone, at));
  const shown = around.filter((at) => at + offsetOf(zone, at) === wall);
  return shown.length > 0 ? Math.min(...shown) : around[0]!;
}

function offsetOf(zone: string, at: Instant): Millis {
  return zone === UTC ? 0 : tzOffset(zone, new Date(at)) * 60 * SECOND;
}

/** The end of something of this length that begins at this instant. */
export function endOf(from: Instant, zone: string, { days, ms }: Length): Instant {
  return (days === 0 ? from : instantOf({ wall: from + offsetOf(zone, from) + days * DAY, zone })) + ms;
}

/** A time that cannot be read, with what can be of it; `why` is the rest of a sentence that begins with "an event". */
interface Unread {
  why: string;
  wall?: number;
}

/**
 * Reads DTSTART and its like, of which the value may be one of several.
 * @param about.local the zone of whole days, which name none; undefined: not known
 */
export function timeOf(
  { params }: Property,
  value: string,
  { zones: known, local }: { zones: Zones; local: string | undefined },
): Time | Unread {
  const [, date, time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?$/.exec(value.trim()) ?? [];
  const wall = date === undefined ? NaN : wallIn(`${date}${time ?? '000000'}`);
  if (Number.isNaN(wall)) return { why: 'with a time that is none' };
  const day = time === undefined;
  const type = params.get('VALUE')?.toUpperCase();
  if (type !== undefined && type !== (day ? 'DATE' : 'DATE-TIME'))
    return { why: 'with a time of another kind than it says' };
  if (utc) return { wall, zone: UTC, day };
  const name = params.get('TZID');
  if (!day && name === undefined) return { why: 'with a time that has no time zone', wall };
  const zone = day ? local : known(name!);
  return zone === undefined
    ? { why: 'in a time zone that is not known by its name', wall }
    : { wall, zone, day };
}

function wallIn(digits: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // What does not exist, like the 30th of February, would become another.
  return new Date(wall).toISOString().replace(/\D/g, '').startsWith(digits) ? wall : NaN;
}

const DURATION =
  /^\+?P(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?)$/;

/** Reads a DURATION; undefined when it cannot be read. */
export function lengthIn(text: string): Length | undefined {
  const [, ...parts] = DURATION.exec(text.trim().toUpperCase()) ?? [];
  if (parts.every((part) => part === undefined)) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * SECOND };
}

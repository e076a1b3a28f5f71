import type { RRuleTemporal } from 'rrule-temporal';
import { emailOf } from '../../domain/email.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Property } from './ical-lines.js';
import { begins, type Span } from './recurrence.js';
import { endOf, instantOf, lengthIn, timeOf, type Length, type Time, type Zones } from './ical-times.js';

/** A time in which people are on call by an event. */
export interface Shift extends Span {
  /** Lower case. */
  emails: Set<string>;
  /** Why it is not known whether they are: the rest of a sentence that begins with "an event". */
  why?: string;
}

/** An event as it stands there. */
export interface RawEvent {
  properties: Property[];
  /** Lines that are none of a calendar's. */
  garbled: string[];
  /** The zone that the calendar names as its own. */
  zone: string | undefined;
}

/** An event as it is understood. */
export interface CalendarEvent {
  uid: string | undefined;
  emails: Set<string>;
  /** Of a series: the beginning of the one in whose place it stands, or why that cannot be known. */
  instead: { at: Instant } | { why: string } | undefined;
  rule: string | undefined;
  times: { start: Time; length: Length; also: Instant[]; never: Instant[] } | { why: string };
  /** Within which it must be, if it is at all. */
  within: Span;
  cancelled: boolean;
}

const HOUR = 3_600_000;
/** How far a wall clock may be from UTC's, and more. */
const FURTHEST = 15 * HOUR;

/** @param about.timezone of whole days, where the calendar does not name its own zone */
export function eventOf(
  { properties, garbled, zone }: RawEvent,
  about: { zones: Zones; timezone: string },
): CalendarEvent {
  const all = (name: string) => properties.filter((property) => property.name === name);
  const local = zone === undefined ? about.timezone : about.zones(zone);
  const read = (property: Property, value = property.value) => timeOf(property, value, { ...about, local });

  const rules = all('RRULE').map(({ value }) => value);
  const [start, end] = [only('DTSTART'), only('DTEND')];
  const lengths = all('DURATION');
  const instead = replaced();
  return {
    uid: all('UID')[0]?.value.trim(),
    emails: namedIn(properties, garbled),
    instead,
    rule: rules[0],
    times: times(),
    within: within(),
    cancelled: all('STATUS').some(({ value }) => value.trim().toUpperCase() === 'CANCELLED'),
  };

  function only(name: string) {
    const found = all(name);
    if (found.length > 1) return { why: 'with more than one beginning or end' };
    return found[0] && read(found[0]);
  }

  function replaced(): CalendarEvent['instead'] {
    const [found, ...more] = all('RECURRENCE-ID');
    if (!found) return undefined;
    // RANGE: and all that follow.
    if (more.length > 0 || found.params.has('RANGE')) return { why: 'that moves more than one of a series' };
    const time = read(found);
    return 'why' in time ? time : { at: instantOf(time) };
  }

  function times(): CalendarEvent['times'] {
    if (garbled.length > 0) return { why: 'with a line that is none of a calendar’s' };
    if (!start) return { why: 'without a beginning' };
    if ('why' in start) return start;
    if (instead && 'why' in instead) return instead;
    if (rules.length > 1 || all('EXRULE').length > 0) return { why: 'that is repeated by several rules' };
    const length = lengthOf(start, end, lengths);
    if ('why' in length) return length;
    const also = listed('RDATE', start);
    const never = listed('EXDATE', start);
    if ('why' in also) return also;
    if ('why' in never) return never;
    return { start, length, also, never };
  }

  function listed(name: 'RDATE' | 'EXDATE', begin: Time): Instant[] | { why: string } {
    const instants: Instant[] = [];
    for (const property of all(name)) {
      for (const value of property.value.split(',')) {
        const time = read(property, value);
        if ('why' in time) return time;
        if (time.day !== begin.day)
          return { why: 'that is repeated at times of another kind than it begins' };
        instants.push(instantOf(time));
      }
    }
    return instants;
  }

  /** As far as anything can be read of it. */
  function within(): Span {
    if (garbled.length > 0 || all('RDATE').length > 0) return { from: -Infinity, to: Infinity };
    const from = start?.wall === undefined ? -Infinity : start.wall - FURTHEST;
    const once = rules.length === 0 && all('EXRULE').length === 0 && lengths.length === 0;
    return { from, to: once && end?.wall !== undefined ? end.wall + FURTHEST : Infinity };
  }
}

/** How long an event lasts, by its DTEND or its DURATIONs. */
function lengthOf(
  begin: Time,
  end: ReturnType<typeof timeOf> | { why: string } | undefined,
  lengths: Property[],
): Length | { why: string } {
  if (end && 'why' in end) return end;
  if (lengths.length > 1 || (end && lengths.length > 0))
    return { why: 'with more than one beginning or end' };
  if (end) {
    if (end.day !== begin.day) return { why: 'that ends at a time of another kind than it begins' };
    const ms = begin.day ? end.wall - begin.wall : instantOf(end) - instantOf(begin);
    if (ms < 0) return { why: 'that ends before it begins' };
    return begin.day ? { days: Math.round(ms / (24 * HOUR)), ms: 0 } : { days: 0, ms };
  }
  const [written] = lengths;
  // RFC 5545, 3.6.1: a day lasts a day, and what has only a time lasts no time.
  if (!written) return { days: begin.day ? 1 : 0, ms: 0 };
  const length = lengthIn(written.value);
  return length && !(begin.day && length.ms > 0) ? length : { why: 'with a duration that cannot be read' };
}

/**
 * When an event makes people be on call.
 * @param moved what stands in the place of one of its repetitions
 * @param Rule absent where no event has a rule
 */
export function shiftsOf(
  event: CalendarEvent,
  span: Span,
  moved: NonNullable<CalendarEvent['instead']>[],
  Rule: typeof RRuleTemporal | undefined,
): Shift[] {
  const { times, emails, rule, cancelled } = event;
  if (cancelled) return [];
  if ('why' in times) return inDoubt(event, times.why);
  const { start, length, also, never } = times;
  if (moved.some((one) => 'why' in one))
    return inDoubt(event, 'of a series from which one is moved, nobody knows which');
  const first = instantOf(start);
  const found =
    rule === undefined || !Rule ? [first] : first >= span.to ? [] : begins(rule, start, length, span, Rule);
  if (typeof found === 'string') return inDoubt(event, found);
  const not = new Set([...never, ...moved.flatMap((one) => ('at' in one ? [one.at] : []))]);
  return [...new Set([...found, ...also])]
    .filter((from) => !not.has(from))
    .map((from) => ({ from, to: endOf(from, start.zone, length), emails }));
}

/** An event that cannot be read: whether those whom it names are on call by it is not known. */
export function inDoubt({ within, emails }: CalendarEvent, why: string): Shift[] {
  return emails.size > 0 ? [{ ...within, emails, why }] : [];
}

/** Those who are on call by an event; where it cannot be read, those named in what is left of it. */
function namedIn(properties: Property[], garbled: string[]): Set<string> {
  const attendees = properties
    .filter(({ name, params }) => name === 'ATTENDEE' && params.get('PARTSTAT')?.toUpperCase() !== 'DECLINED')
    .map(({ value }) => value.trim().replace(/^mailto:/i, ''));
  const summaries = properties.filter(({ name }) => name === 'SUMMARY').map(({ value }) => value);
  return new Set([...attendees, ...[...summaries, ...garbled].flatMap(addressesIn)].map(emailOf));
}

/** Whole addresses only: `ana@corp.example` is not in `dana@corp.example`. */
function addressesIn(text: string): string[] {
  const plain = text.replace(/\\[nN]/g, '\n').replace(/\\(.)/g, '$1');
  return plain.split(/[\s<>()[\]"',;:|/]+/).filter((word) => /^[^@]+@[^@]+$/.test(word));
}

import { TZDate } from '@date-fns/tz';
import type { Instant } from '../domain/entitlement.js';

/** From the beginning of `from` to before `to`. */
export interface Shift {
  from: Instant;
  to: Instant;
  /** Lower case. */
  emails: Set<string>;
}

interface Property {
  name: string;
  params: Map<string, string>;
  value: string;
}

const MOST_EVENTS = 20_000;
/** What makes more of an event than it says, or less: a shift that is not seen, or that has been taken back. */
const UNREADABLE = ['RRULE', 'RDATE', 'EXDATE', 'EXRULE', 'RECURRENCE-ID', 'DURATION'];

/**
 * Reads the shifts of a calendar: events with a beginning and an end in UTC or in a named time zone, of the people whose
 * addresses stand as attendees or in the summary. One event that cannot be read, and nothing is known: it may be the
 * one that matters.
 * @returns the shifts, or a sentence that says what cannot be read
 */
export function shiftsIn(calendar: string): Shift[] | string {
  const open: string[] = [];
  const shifts: Shift[] = [];
  let event: Property[] = [];
  let whole = false;
  for (const line of calendar.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const property = propertyOf(line);
    if (!property) return 'it has a line that is none of a calendar’s';
    const { name } = property;
    const value = property.value.trim().toUpperCase();
    if (open.length === 0 && (name !== 'BEGIN' || value !== 'VCALENDAR')) return 'it is no calendar';
    if (name === 'BEGIN') {
      open.push(value);
      if (isEvent(open)) event = [];
    } else if (name === 'END') {
      if (open.at(-1) !== value) return 'its parts do not end where they should';
      if (isEvent(open)) {
        const shift = shiftOf(event);
        if (typeof shift === 'string') return shift;
        if (shift) shifts.push(shift);
        if (shifts.length > MOST_EVENTS) return `it has more than ${MOST_EVENTS} events`;
      }
      open.pop();
      whole = true;
      // An event's own lines only: an alarm within it has a summary and attendees, too.
    } else if (isEvent(open)) event.push(property);
  }
  if (open.length > 0) return 'it breaks off';
  return whole ? shifts : 'it is no calendar';
}

const isEvent = (open: string[]) => open.length === 2 && open[1] === 'VEVENT';

/** `NAME;PARAM=value;PARAM="value":value` */
function propertyOf(line: string): Property | undefined {
  const [head, name] = /^([A-Za-z0-9-]+)/.exec(line) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const params = new Map<string, string>();
  let at = head.length;
  const param = /;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*(?:,(?:"[^"]*"|[^";:,]*))*)/y;
  while (line[at] === ';') {
    param.lastIndex = at;
    const found = param.exec(line);
    if (!found) return undefined;
    params.set(found[1]!.toUpperCase(), found[2]!.replaceAll('"', ''));
    at = param.lastIndex;
  }
  return line[at] === ':' ? { name: name.toUpperCase(), params, value: line.slice(at + 1) } : undefined;
}

function shiftOf(event: Property[]): Shift | string | undefined {
  const all = (name: string) => event.filter((property) => property.name === name);
  if (all('STATUS').some(({ value }) => value.trim().toUpperCase() === 'CANCELLED')) return undefined;
  const odd = UNREADABLE.find((name) => all(name).length > 0);
  if (odd !== undefined) return `it has an event with ${odd}, which is not supported`;
  const [start, end] = [all('DTSTART'), all('DTEND')];
  if (start.length !== 1 || end.length !== 1) return 'it has an event without a beginning and an end';
  const [from, to] = [instantOf(start[0]!), instantOf(end[0]!)];
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  const attendees = all('ATTENDEE')
    .filter(({ params }) => params.get('PARTSTAT')?.toUpperCase() !== 'DECLINED')
    .map(({ value }) => value.trim().replace(/^mailto:/i, ''));
  const named = all('SUMMARY').flatMap(({ value }) => addressesIn(value));
  return { from, to, emails: new Set([...attendees, ...named].map((email) => email.toLowerCase())) };
}

/** Whole addresses only: `ana@corp.example` is not in `dana@corp.example`. */
function addressesIn(text: string): string[] {
  const plain = text.replace(/\\[nN]/g, '\n').replace(/\\(.)/g, '$1');
  return plain.split(/[\s<>()[\]"',;:|/]+/).filter((word) => /^[^@]+@[^@]+$/.test(word));
}

function instantOf({ params, value }: Property): Instant | string {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:Z)?$/.exec(value.trim()) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const exists =
    parts.length > 0 && new Date(utc).toISOString().replace(/\D/g, '').startsWith(parts.join(''));
  if (!exists) return 'it has an event whose time is none, or only a day';
  if (value.trim().endsWith('Z')) return utc;
  const zone = params.get('TZID');
  if (zone === undefined) return 'it has an event whose time has no time zone';
  if (!isZone(zone)) return 'it has an event in a time zone that is not known by that name';
  return new TZDate(year, month - 1, day, hour, minute, second, zone).getTime();
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

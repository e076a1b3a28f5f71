import { setImmediate as letOthers } from 'node:timers/promises';
import { eventOf, inDoubt, shiftsOf, type CalendarEvent, type RawEvent, type Shift } from './ical-event.js';
import { linesOf, propertyOf } from './ical-lines.js';
import type { Span } from './recurrence.js';
import { isZone, zones } from './ical-times.js';

const MOST_EVENTS = 20_000;
/** So many are expanded; rotas have a handful. */
const MOST_SERIES = 1_000;
/** Events that are read at one stretch, before others have their turn. */
const STRETCH = 100;

/**
 * Reads the shifts of a calendar: its events, of the people whose addresses stand as attendees or in the summary. An
 * event that cannot be read puts in doubt only those whom it names. What a VTIMEZONE says of its zone is not
 * read: a zone is what IANA, or Windows, means by its name.
 * @param about.timezone of whole days, where the calendar does not name its own zone
 * @param about.span for which events that repeat are worked out
 * @returns a sentence when the calendar is none, or is not whole: it may lack the event that matters
 */
export async function calendarIn(
  calendar: Uint8Array,
  { timezone, span }: { timezone: string; span: Span },
): Promise<Shift[] | string> {
  const written = eventsIn(linesOf(calendar));
  if (typeof written === 'string') return written;
  // Loaded where a calendar needs them: most do not, and a Lambda starts sooner.
  const named = written.flatMap(({ properties, zone }) => [
    ...(zone === undefined ? [] : [zone]),
    ...properties.flatMap(({ params }) => params.get('TZID') ?? []),
  ]);
  const foreign = [...new Set(named)].some((name) => !isZone(name));
  const windows = foreign ? (await import('windows-iana')).findIana : undefined;
  const repeats = written.some(({ properties }) => properties.some(({ name }) => name === 'RRULE'));
  const Rule = repeats ? (await import('rrule-temporal')).RRuleTemporal : undefined;

  const known = zones((name) => windows?.(name, '001')[0]);
  const events: CalendarEvent[] = [];
  for (const [n, event] of written.entries()) {
    if (n % STRETCH === STRETCH - 1) await letOthers();
    events.push(eventOf(event, { zones: known, timezone }));
  }
  // By UID, what stands in the place of one of a series.
  const moved = new Map<string, NonNullable<CalendarEvent['instead']>[]>();
  for (const { uid = '', instead } of events)
    if (instead) moved.set(uid, [...(moved.get(uid) ?? []), instead]);
  const found: Shift[] = [];
  let series = 0;
  for (const [n, event] of events.entries()) {
    const isSeries = event.rule !== undefined;
    if (n % STRETCH === STRETCH - 1 || isSeries) await letOthers();
    const others = event.instead || event.uid === undefined ? [] : (moved.get(event.uid) ?? []);
    const shifts =
      isSeries && ++series > MOST_SERIES
        ? inDoubt(event, 'that is repeated, among very many that are')
        : shiftsOf(event, span, others, Rule);
    found.push(...shifts);
  }
  return found;
}

/** The events of a calendar, or why it is not a whole one. */
function eventsIn(lines: string[]): RawEvent[] | string {
  const open: string[] = [];
  const events: RawEvent[] = [];
  let event: RawEvent | undefined;
  let zone: string | undefined;
  let whole = false;
  for (const line of lines) {
    const property = propertyOf(line);
    const name = property?.name;
    const value = property?.value.trim().toUpperCase() ?? '';
    if (open.length === 0 && (name !== 'BEGIN' || value !== 'VCALENDAR')) return 'it is no calendar';
    if (name === 'BEGIN') {
      open.push(value);
      if (open.length === 1) zone = undefined;
      if (isEvent(open)) event = { properties: [], garbled: [], zone };
    } else if (name === 'END') {
      if (open.at(-1) !== value) return 'its parts do not end where they should';
      if (isEvent(open) && event) events.push(event);
      if (events.length > MOST_EVENTS) return `it has more than ${MOST_EVENTS} events`;
      open.pop();
      whole = true;
      // An event's own lines only: an alarm within it has a summary and attendees, too.
    } else if (isEvent(open)) {
      if (property) event?.properties.push(property);
      else event?.garbled.push(line);
    } else if (open.length === 1 && name === 'X-WR-TIMEZONE') zone = property?.value.trim();
  }
  if (open.length > 0) return 'it breaks off';
  return whole ? events : 'it is no calendar';
}

const isEvent = (open: string[]) => open.length === 2 && open[1] === 'VEVENT';

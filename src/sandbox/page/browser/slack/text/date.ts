const PARTS: Record<string, Intl.DateTimeFormatOptions> = {
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};
const LAST_SECOND = 8_640_000_000_000;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** When it is, and for whom. */
export interface DateReading {
  /** Milliseconds. */
  now: number;
  /** IANA name; absent: the reader's own. */
  zone?: string | undefined;
}

/**
 * Slack's date tokens, each in the reader's zone; a token that is not known stays as it is.
 * @param seconds since the epoch
 * @returns nothing where there is no such instant: the fallback is for that
 */
export function dateText(format: string, seconds: number, reading: DateReading): string | undefined {
  if (!Number.isSafeInteger(seconds) || Math.abs(seconds) > LAST_SECOND) return undefined;
  return format.replace(
    /\{(\w+)\}/g,
    (token: string, name: string) => tokenText(name, seconds, reading) ?? token,
  );
}

function tokenText(name: string, seconds: number, reading: DateReading): string | undefined {
  if (name === 'ago') return ago(seconds - reading.now / 1000);
  const at = seconds * 1000;
  if (name === 'date_num') return dayOf(at, reading);
  if (name.endsWith('_pretty'))
    return nearDay(at, reading) ?? tokenText(name.slice(0, -'_pretty'.length), seconds, reading);
  const parts = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (!parts) return undefined;
  return new Intl.DateTimeFormat('en-US', { ...parts, timeZone: reading.zone })
    .formatToParts(at)
    .map(({ type, value }) => (type === 'day' && parts.month === 'long' ? ordinal(Number(value)) : value))
    .join('');
}

/** YYYY-MM-DD */
export function dayOf(at: number, { zone }: DateReading): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  return (['year', 'month', 'day'] as const)
    .map((wanted) => parts.find(({ type }) => type === wanted)?.value)
    .join('-');
}

/** A day's number: days have no length of their own where clocks change. */
const dayNumber = (at: number, reading: DateReading) =>
  Date.parse(`${dayOf(at, reading)}T00:00:00Z`) / 86_400_000;

function nearDay(at: number, reading: DateReading): string | undefined {
  const days = dayNumber(at, reading) - dayNumber(reading.now, reading);
  return new Map([
    [-1, 'yesterday'],
    [0, 'today'],
    [1, 'tomorrow'],
  ]).get(days);
}

function ago(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en-US', { numeric: 'always' }).format(Math.trunc(seconds / size), unit);
}

function ordinal(day: number): string {
  const ends: Record<number, string> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const teen = day > 10 && day < 14;
  return `${day}${(!teen && ends[day % 10]) || 'th'}`;
}

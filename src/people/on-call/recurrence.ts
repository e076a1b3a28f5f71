import type { RRuleTemporal } from 'rrule-temporal';
import type { Instant } from '../../domain/entitlement.js';
import { DAY, endOf, instantOf, type Length, type Time } from './ical-times.js';

/** From the beginning of `from` to before `to`. */
export interface Span {
  from: Instant;
  to: Instant;
}

/** Times at which one rule may be looked at: with a COUNT that is weekly for fifteen years, or daily for two. */
const MOST_TIMES = 800;
const LONGEST_RULE = 500;

const number = (least: number, most: number, signed = false) => {
  const one = new RegExp(`^${signed ? '[+-]?' : ''}\\d{1,4}$`);
  return (text: string) =>
    one.test(text) && Math.abs(Number(text)) >= least && Math.abs(Number(text)) <= most;
};
const listOf = (fits: (text: string) => boolean) => (text: string) => text.split(',').every(fits);
const oneOf = (words: string) => (text: string) => words.split(' ').includes(text);

/** What may stand in a rule (RFC 5545, 3.3.10). The library passes over what it does not know; that is another rule. */
const PARTS: Record<string, (text: string) => boolean> = {
  FREQ: oneOf('SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY'),
  UNTIL: (text) => /^\d{8}(?:T\d{6}Z)?$/.test(text),
  COUNT: number(1, 9999),
  INTERVAL: number(1, 9999),
  BYSECOND: listOf(number(0, 59)),
  BYMINUTE: listOf(number(0, 59)),
  BYHOUR: listOf(number(0, 23)),
  BYDAY: listOf((text) => /^(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)$/.test(text)),
  BYMONTHDAY: listOf(number(1, 31, true)),
  BYYEARDAY: listOf(number(1, 366, true)),
  BYWEEKNO: listOf(number(1, 53, true)),
  BYMONTH: listOf(number(1, 12)),
  BYSETPOS: listOf(number(1, 366, true)),
  WKST: oneOf('MO TU WE TH FR SA SU'),
};

/** The rule as it is understood; undefined: it has something that is not. */
function partsOf(rule: string): Map<string, string> | undefined {
  const parts = rule.split(';').map((part) => part.split('='));
  const found = new Map(parts.map(([name = '', value = '']) => [name, value]));
  const fit = parts.every(
    ([name = '', value = '', ...more]) =>
      Object.hasOwn(PARTS, name) && PARTS[name]!(value) && more.length === 0,
  );
  return fit &&
    found.size === parts.length &&
    found.has('FREQ') &&
    !(found.has('UNTIL') && found.has('COUNT'))
    ? found
    : undefined;
}

/**
 * When the events of a rule begin that last into a span.
 * @returns a sentence's end when that cannot be known
 */
export function begins(
  rule: string,
  start: Time,
  length: Length,
  span: Span,
  Rule: typeof RRuleTemporal,
): Instant[] | string {
  const text = rule.trim().toUpperCase();
  const parts = text.length > LONGEST_RULE ? undefined : partsOf(text);
  const until = parts?.get('UNTIL');
  if (!parts || (until !== undefined && start.day && until.length > 8))
    return 'that is repeated by a rule that cannot be read';
  // Days are counted as in UTC, where each has a midnight, and become days of their zone afterwards.
  const zone = start.day ? 'UTC' : start.zone;
  const margin = length.days * DAY + length.ms + 2 * DAY;
  if (until !== undefined && Date.parse(isoDay(until)) + margin < span.from) return [];
  try {
    const digits = new Date(start.wall).toISOString().replace(/[-:]|\.\d+Z$/g, '');
    const found = new Rule({
      rruleString: `DTSTART${zone === 'UTC' ? `:${digits}Z` : `;TZID=${zone}:${digits}`}\nRRULE:${text}`,
      maxIterations: MOST_TIMES,
      maxCandidateEvaluations: MOST_TIMES,
      // As calendars show it, whether the rule has it or not (the RFC leaves it open).
      includeDtstart: true,
    }).between(new Date(span.from - margin), new Date(span.to + 2 * DAY), true);
    return found
      .map(({ epochMilliseconds: at }) => (start.day ? instantOf({ wall: at, zone: start.zone }) : at))
      .filter((from) => from < span.to && endOf(from, start.zone, length) > span.from);
  } catch {
    return 'that is repeated by a rule that cannot be worked out, or too often';
  }
}

const isoDay = (digits: string) => digits.replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3');

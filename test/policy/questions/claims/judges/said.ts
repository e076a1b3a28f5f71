import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { formatDuration } from '../../../../../src/domain/duration.js';
import { type Found, USUAL } from '../asked/values.js';

/** What the texts of the commands' rows say, read back as a person would. */

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const WEEK_MINUTES = 7 * 24 * 60;

const DATE = String.raw`\d+ \w+ \d+`;
const SPAN = new RegExp(
  `^(?:from (${DATE}(?:, \\d\\d:\\d\\d)?))? ?(?:until (${DATE}(?:, \\d\\d:\\d\\d)?))?(?:: )?(.*)$`,
);

/**
 * `Mon–Fri 8–18, Sat 9:30–9:45`, `outside …`, `from 1 Jan 2027: always`, `… except on 25 Dec 2026`.
 * @returns whether it is then, by the wall clock; undefined where the text says that it is not so of every week
 */
export function timesIn(text: string, timezone: string): ((at: number) => boolean) | undefined {
  if (text.endsWith(', in most weeks') || text.startsWith('some times')) return undefined;
  const [, from, until, said = ''] = SPAN.exec(text) ?? [];
  const [, hours = '', off = '', on = ''] =
    /^(.*?)(?: except on (.*?))?(?:,? and all of (.*))?$/.exec(said) ?? [];
  const instant = (written: string, more: number) => {
    const [day = '', clock] = written.split(', ');
    const date = new Date(`${day} UTC`);
    const [hour = 0, minute = 0] = clock?.split(':').map(Number) ?? [];
    const days = date.getUTCDate() + (clock === undefined ? more : 0);
    return new TZDate(date.getUTCFullYear(), date.getUTCMonth(), days, hour, minute, timezone).getTime();
  };
  const first = from === undefined ? -Infinity : instant(from, 0);
  const last = until === undefined ? Infinity : instant(until, 1);
  const isOutside = hours.startsWith('outside ');
  const minutes = minutesIn(hours.replace('outside ', ''));
  return (at) => {
    const local = new TZDate(at, timezone);
    const day = format(local, 'd MMM yyyy');
    if (off.split(' and ').includes(day)) return false;
    if (on.split(' and ').includes(day)) return true;
    const minute = ((local.getDay() + 6) % 7) * 24 * 60 + local.getHours() * 60 + local.getMinutes();
    return at >= first && at < last && minutes.has(minute) !== isOutside;
  };
}

function minutesIn(hours: string): Set<number> {
  const found = new Set<number>();
  const add = (from: number, to: number) => {
    for (let minute = from; minute < to; minute++) found.add(minute);
  };
  if (hours === 'always' || hours === 'any time') add(0, WEEK_MINUTES);
  else
    for (const part of hours.split(', ')) {
      const [, one, other = one, ranges] = /^(\w{3})(?:–(\w{3}))? (.*)$/.exec(part) ?? [];
      if (one === undefined || ranges === undefined) throw new Error(`no hours: ${hours}`);
      for (let day = WEEKDAYS.indexOf(one); day <= WEEKDAYS.indexOf(other!); day++)
        for (const range of ranges.split(' and ')) {
          const [from = 0, to = 0] = range.split('–').map((clock) => {
            const [hour = 0, minute = 0] = clock.split(':').map(Number);
            return hour * 60 + minute;
          });
          add(day * 24 * 60 + from, day * 24 * 60 + to);
        }
    }
  return found;
}

/**
 * `engineers + newly in on-call`, `ana@corp.example, eve@corp.example + dba`, `addresses such as eve@corp.example`, `anyone`.
 */
export function whoIn(text: string): { emails: string[]; isSuch: boolean; groups: string[] } {
  const such = 'addresses such as ';
  const names = text.split(' + ').filter((name) => name !== 'anyone');
  const address = names.find((name) => name.includes('@'));
  return {
    emails: address?.replace(such, '').split(', ') ?? [],
    isSuch: address?.startsWith(such) === true,
    groups: names.filter((name) => name !== address),
  };
}

/**
 * `liveGrants 3 or more or grants not known, not onCall`; nothing: what is usual.
 * @param besides whether all else has to be as usual
 * @returns whether it is found so
 */
export function givenIn(text: string | undefined, besides: 'usual' | 'any'): (inputs: Found) => boolean {
  const isUsual = (inputs: Found, names: readonly string[]) =>
    Object.entries(USUAL).every(([name, value]) => names.includes(name) || inputs.given[name] === value);
  if (text === undefined) return (inputs) => besides === 'any' || isUsual(inputs, []);
  const said = text.split(', ').map((input) => input.split(/ or (?=[a-z])(?!more)/).map(cellIn));
  const names = said.flatMap((cells) => cells.flatMap((cell) => cell.names));
  return (inputs) =>
    (besides === 'any' || isUsual(inputs, names)) &&
    said.every((cells) => cells.some(({ holds }) => holds(inputs)));
}

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  grants: ['liveGrants', 'hasThis'],
  denials: ['recentDenials'],
  onCall: ['onCall'],
  emergency: ['emergency'],
};
const inputOf = (name: string) => Object.keys(ATTRIBUTES).find((input) => ATTRIBUTES[input]!.includes(name))!;

interface CellSaid {
  /** Attributes that it is about. */
  names: readonly string[];
  holds: (inputs: Found) => boolean;
}

function cellIn(said: string): CellSaid {
  const text = said.replace('in an emergency', 'emergency').replace('in no emergency', 'not emergency');
  const lost = /^(\w+) not known$/.exec(text)?.[1];
  if (lost !== undefined)
    return { names: ATTRIBUTES[lost]!, holds: ({ failed }) => Object.hasOwn(failed, lost) };
  const atoms = text.split(' and ').map((atom) => {
    const [, no, name = '', ranges] = /^(not )?([a-zA-Z]+)(?: (\d.*))?$/.exec(atom) ?? [];
    const holds = ({ given }: Found) =>
      ranges === undefined ? given[name] === (no === undefined) : inRanges(Number(given[name]), ranges);
    return { name, holds };
  });
  const names = [...new Set(atoms.flatMap(({ name }) => ATTRIBUTES[inputOf(name)]!))];
  return {
    names,
    holds: (inputs) =>
      names.every((name) => Object.hasOwn(inputs.given, name)) && atoms.every(({ holds }) => holds(inputs)),
  };
}

const inRanges = (number: number, ranges: string): boolean =>
  ranges.split(/ or (?=\d)/).some((range) => {
    const [from = 0, to = from] = range.replace(' or more', '').split('–').map(Number);
    return number >= from && (range.endsWith(' or more') || number <= to);
  });

/** `any duration`, `1h–4h`, `30m, 2h`. @param offered all of them, the shortest first */
export function durationsIn(text: string, offered: readonly number[]): number[] {
  if (text === 'any duration') return [...offered];
  const [first, last] = text.split('–');
  if (last !== undefined) {
    const at = (written: string | undefined) => offered.findIndex((one) => formatDuration(one) === written);
    return offered.slice(at(first), at(last) + 1);
  }
  return text.split(', ').map((written) => offered.find((one) => formatDuration(one) === written)!);
}

/** Tickets of which a row speaks. @param isLike whether a ticket is one of those that stand for others */
export function ticketsIn(
  text: string,
  isLike: (ticket: string, example: string) => boolean,
): (ticket: string | undefined) => boolean {
  const [, such] = /such as (.*)$/.exec(text) ?? [];
  const isWritten = (ticket: string | undefined) =>
    ticket !== undefined && (such?.split(' or ').some((example) => isLike(ticket, example)) ?? true);
  switch (text.replace(/:? ?such as .*$/, '')) {
    case 'with or without a ticket':
      return () => true;
    case 'not needed':
    case 'without a ticket':
      return (ticket) => ticket === undefined;
    case 'without a ticket, or with a ticket':
      return (ticket) => ticket === undefined || isWritten(ticket);
    case 'needed':
    case 'with a ticket':
      return isWritten;
    default:
      throw new Error(`nothing is known of a ticket that is ${text}`);
  }
}

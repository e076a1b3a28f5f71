import { ANY, type Glob } from './term.js';
import { keyOf, type CedarValue } from './value.js';

/** Cedar would err. */
export class Fault extends Error {}

const DAY = 86_400_000n;
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Cedar's numbers have 64 bits, and it errs beyond. */
function long(value: bigint): bigint {
  if (value < LEAST || value > MOST) throw new Fault('overflow');
  return value;
}

type Known = (args: readonly CedarValue[]) => CedarValue | undefined;

const number =
  (how: (a: bigint, b: bigint) => bigint): Known =>
  ([a, b]) =>
    typeof a === 'bigint' && typeof b === 'bigint' ? long(how(a, b)) : undefined;

const compared =
  (how: (a: bigint, b: bigint) => boolean): Known =>
  ([a, b]) => {
    const [one, other] = [measure(a), measure(b)];
    return one !== undefined && other !== undefined && one.kind === other.kind
      ? how(one.size, other.size)
      : undefined;
  };

function measure(value: CedarValue | undefined): { kind: string; size: bigint } | undefined {
  if (typeof value === 'bigint') return { kind: 'long', size: value };
  if (typeof value !== 'object') return undefined;
  if ('datetime' in value) return { kind: 'datetime', size: value.datetime };
  return 'duration' in value ? { kind: 'duration', size: value.duration } : undefined;
}

const sets =
  (how: (a: ReadonlySet<string>, b: ReadonlySet<string>) => boolean): Known =>
  ([a, b]) => {
    const [one, other] = [keysIn(a), keysIn(b)];
    return one && other && how(one, other);
  };

const keysIn = (value: CedarValue | undefined): Set<string> | undefined =>
  typeof value === 'object' && 'set' in value && !isForeign(value)
    ? new Set(value.set.map(keyOf))
    : undefined;

/** Whether it holds a value whose equals are not known here. */
function isForeign(value: CedarValue): boolean {
  if (typeof value !== 'object') return false;
  return 'set' in value ? value.set.some(isForeign) : 'foreign' in value;
}

const equal = ([a, b]: readonly CedarValue[]): boolean | undefined =>
  a === undefined || b === undefined || isForeign(a) || isForeign(b) ? undefined : keyOf(a) === keyOf(b);

/** Of the time within a day, and of the day. */
const floored = (ms: bigint): bigint => ms - (((ms % DAY) + DAY) % DAY);

const onTime =
  (how: (ms: bigint) => CedarValue): Known =>
  ([time]) =>
    typeof time === 'object' && 'datetime' in time ? how(time.datetime) : undefined;

const inUnits =
  (ms: bigint): Known =>
  ([time]) =>
    typeof time === 'object' && 'duration' in time ? time.duration / ms : undefined;

/** What Cedar's operators and functions make of values; undefined: that is not known here. @throws Fault */
export const FUNCTIONS: Readonly<Record<string, Known>> = {
  '==': equal,
  '!=': (args) => {
    const same = equal(args);
    return same === undefined ? undefined : !same;
  },
  '<': compared((a, b) => a < b),
  '<=': compared((a, b) => a <= b),
  '>': compared((a, b) => a > b),
  '>=': compared((a, b) => a >= b),
  '+': number((a, b) => a + b),
  '-': number((a, b) => a - b),
  '*': number((a, b) => a * b),
  neg: ([a]) => (typeof a === 'bigint' ? long(-a) : undefined),
  '!': ([a]) => (typeof a === 'boolean' ? !a : undefined),
  contains: ([a, b]) =>
    b === undefined || isForeign(b)
      ? undefined
      : sets((all, one) => [...one].every((key) => all.has(key)))([a!, { set: [b] }]),
  containsAll: sets((all, some) => [...some].every((key) => all.has(key))),
  containsAny: sets((all, some) => [...some].some((key) => all.has(key))),
  isEmpty: ([a]) => (typeof a === 'object' && 'set' in a ? a.set.length === 0 : undefined),
  datetime: ([text]) => (typeof text === 'string' ? datetimeIn(text) : undefined),
  duration: ([text]) => (typeof text === 'string' ? durationIn(text) : undefined),
  offset: ([time, by]) =>
    typeof time === 'object' && 'datetime' in time && typeof by === 'object' && 'duration' in by
      ? { datetime: long(time.datetime + by.duration) }
      : undefined,
  durationSince: ([time, since]) =>
    typeof time === 'object' && 'datetime' in time && typeof since === 'object' && 'datetime' in since
      ? { duration: long(time.datetime - since.datetime) }
      : undefined,
  toDate: onTime((ms) => ({ datetime: long(floored(ms)) })),
  toTime: onTime((ms) => ({ duration: ms - floored(ms) })),
  toMilliseconds: inUnits(1n),
  toSeconds: inUnits(1_000n),
  toMinutes: inUnits(60_000n),
  toHours: inUnits(3_600_000n),
  toDays: inUnits(DAY),
};

const DATE = /^(\d{4}-\d\d-\d\d)(?:(T\d\d:\d\d:\d\d(?:\.\d{3})?)(Z|[+-]\d{4}))?$/;

/** As Cedar's own parser takes it (RFC 80): a date, or a time in UTC or with an offset. */
function datetimeIn(text: string): CedarValue | undefined {
  const [, date, time = 'T00:00:00', zone = 'Z'] = DATE.exec(text) ?? [];
  const ms = Date.parse(`${date}${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(ms) ? undefined : { datetime: BigInt(ms) };
}

const DURATION = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS = [DAY, 3_600_000n, 60_000n, 1_000n, 1n];

function durationIn(text: string): CedarValue | undefined {
  const [, sign, ...parts] = DURATION.exec(text) ?? [];
  if (parts.every((part) => part === undefined)) return undefined;
  const ms = parts.reduce((sum, part, n) => sum + BigInt(part ?? 0) * UNITS[n]!, 0n);
  return { duration: long(sign === '-' ? -ms : ms) };
}

/** Whether a text is of this form. Without a regular expression, which many stars would keep busy for ever. */
export function isLike(text: string, glob: Glob): boolean {
  const parts = partsBetweenStars(glob);
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** `a*b` has two. */
function partsBetweenStars(glob: Glob): string[] {
  const parts = [''];
  for (const part of glob)
    if (part === ANY) parts.push('');
    else parts[parts.length - 1] += part;
  return parts;
}

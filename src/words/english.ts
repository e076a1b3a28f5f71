import type { Millis } from '../domain/entitlement.js';

/** `a`, `a and b`, `a, b and c`. */
export function list(items: string[], word = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

/** `1 person`, `2 people`. */
export function people(n: number): string {
  return `${n} ${n === 1 ? 'person' : 'people'}`;
}

/** How many there are, where more are needed: `nobody is`, `only 1 is`, `only 2 are`. */
export function only(n: number): string {
  return n === 0 ? 'nobody is' : `only ${n} ${n === 1 ? 'is' : 'are'}`;
}

/** A time to wait in whole minutes, rounded up so that what it promises is true: `a minute`, `5 minutes`, `1 h 30 min`. */
export function inMinutes(time: Millis): string {
  const minutes = Math.max(1, Math.ceil(time / MINUTE));
  return minutes === 1 ? 'a minute' : spelled(minutes * MINUTE);
}

const MINUTE: Millis = 60_000;
/** Each with how many of it the next larger one has. */
const UNITS = [
  { word: 'day', short: 'd', size: 1_440 * MINUTE, most: Infinity },
  { word: 'hour', short: 'h', size: 60 * MINUTE, most: 24 },
  { word: 'minute', short: 'min', size: MINUTE, most: 60 },
];

/** A duration as people say it, in whole minutes, rounded down: `1 hour`, `30 minutes`, `1 h 30 min`. */
export function spelled(duration: Millis): string {
  const parts = UNITS.flatMap(({ word, short, size, most }) => {
    const count = Math.floor(duration / size) % most;
    return count > 0 ? [{ count, word, short }] : [];
  });
  const [first, ...more] = parts;
  if (!first) return 'less than a minute';
  if (more.length === 0) return `${first.count} ${first.word}${first.count === 1 ? '' : 's'}`;
  return parts.map(({ count, short }) => `${count} ${short}`).join(' ');
}

/** The row of a table; undefined for a key that only a later version or a forger writes. */
export function rowFor<Row>(table: Readonly<Record<string, Row>>, key: string): Row | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

import { formatDuration } from '../domain/duration.js';
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

/** A length of time in whole minutes, rounded up so that what it promises is true: `a minute`, `5 minutes`, `1h30m`. */
export function inMinutes(time: Millis): string {
  const minutes = Math.max(1, Math.ceil(time / 60_000));
  return minutes === 1 ? 'a minute' : minutes < 60 ? `${minutes} minutes` : formatDuration(minutes * 60_000);
}

/** The row of a table; undefined for a key that only a later version or a forger writes. */
export function rowFor<Row>(table: Readonly<Record<string, Row>>, key: string): Row | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

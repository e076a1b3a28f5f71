import { formatDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import { bare } from '../ids.js';
import { nearMisses } from './nearest-names.js';

const MINUTE: Millis = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = new Map<string, Millis>([
  ...['d', 'day', 'days'].map((unit) => [unit, DAY] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, HOUR] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((unit) => [unit, MINUTE] as const),
]);
/** Units that are long enough to be misspelt. */
const SPELT = [...UNITS.keys()].filter(({ length }) => length > 2);

/** How the first words say how long. */
export interface TypedDuration {
  length: Millis;
  /** How many of the words say it. */
  words: number;
}

/**
 * Reads `1h`, `90min`, `1h30m`, `1h30`, `2 hours`, `1 hour 30 minutes` at the beginning of the words, in any case.
 * @returns each way to read them, the longest last; none where they say no time
 */
export function typedDurations(words: readonly string[]): TypedDuration[] {
  const found: TypedDuration[] = [];
  let sofar = { length: 0, words: 0, unit: Infinity };
  while (sofar.words < words.length) {
    const next = pieceAt(words, sofar.words, sofar.unit);
    if (!next) break;
    sofar = { length: sofar.length + next.length, words: sofar.words + next.words, unit: next.unit };
    if (sofar.length > 0) found.push({ length: sofar.length, words: sofar.words });
  }
  return found;
}

/** Part of a time, of a smaller unit than those before it. */
function pieceAt(words: readonly string[], at: number, below: Millis) {
  const [first, second] = [plain(words[at]), plain(words[at + 1])];
  const unit = UNITS.get(second);
  if (/^\d{1,5}$/.test(first) && unit !== undefined)
    return unit < below ? { length: Number(first) * unit, unit, words: 2 } : undefined;
  if (!/^(?:\d{1,5}[a-z]{1,7}){1,3}(?:\d{1,2})?$/.test(first)) return undefined;
  let length = 0;
  let last = below;
  for (const [, amount, name = ''] of first.matchAll(/(\d+)([a-z]*)/g)) {
    // `1h30`: what follows the hours are minutes.
    const unit = name === '' ? (last === HOUR ? MINUTE : undefined) : UNITS.get(name);
    if (unit === undefined || unit >= last) return undefined;
    length += Number(amount) * unit;
    last = unit;
  }
  return { length, unit: last, words: 1 };
}

/** A time that is misspelt: `1huor`, `2 huors`. @returns what was written, and what it is likely to mean */
export function nearDuration(
  words: readonly string[],
): (TypedDuration & { written: string; meant: string }) | undefined {
  const [first, second] = [plain(words[0]), plain(words[1])];
  const [, amount = '', name = ''] = /^(\d{1,5})([a-z]{0,9})$/.exec(first) ?? [];
  const isSplit = name === '' && /^[a-z]{4,9}$/.test(second);
  const unit = isSplit ? second : name;
  const [near] = amount === '' || unit.length < 3 ? [] : nearMisses(unit, SPELT);
  const length = near === undefined || !isSlip(unit, near) ? 0 : Number(amount) * (UNITS.get(near) ?? 0);
  if (length === 0) return undefined;
  const written = isSplit ? `${first} ${second}` : first;
  return { length, words: isSplit ? 2 : 1, written, meant: formatDuration(length) };
}

/** The same letters in another order, or one letter more or less. */
function isSlip(written: string, meant: string): boolean {
  const sorted = (text: string) =>
    Array.from(text)
      .sort((a, b) => a.localeCompare(b))
      .join('');
  return sorted(written) === sorted(meant) || Math.abs(written.length - meant.length) === 1;
}

const plain = (word: string | undefined) => bare(word ?? '').toLowerCase();

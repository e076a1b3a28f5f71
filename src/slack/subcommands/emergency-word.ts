import { bare } from '../ids.js';

const WORD = 'emergency';

/**
 * Whether a request that is typed in one line is an emergency: `orders-db-admin 1h emergency the site is down`. Only the
 * word right after the name or the duration says it; anywhere else it belongs to the reason.
 * @param words after the name of the entitlement @param durationOf how many of the first words say how long
 * @returns the words without it
 */
export function emergencyWord(
  words: readonly string[],
  durationOf: (words: readonly string[]) => number,
): { words: string[]; emergency: boolean } {
  const after = isIt(words[0]) ? 0 : durationOf(words);
  if (!isIt(words[after])) return { words: [...words], emergency: false };
  return { words: words.filter((_, n) => n !== after), emergency: true };
}

const isIt = (word: string | undefined) => bare(word ?? '').toLowerCase() === WORD;

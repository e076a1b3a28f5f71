import type { Entitlement } from '../../../domain/entitlement.js';

/** What one entry is found by, folded. */
interface Entry {
  entitlement: Entitlement;
  /** Its id and its name. */
  titles: string[];
  /** Both, with a space before each word. */
  words: string;
  /** What else is said of it. */
  rest: string;
}

const LONGEST_QUERY = 200;
const MOST_WORDS = 10;
const RANKS = 4;

/**
 * Makes a catalog ready to be searched by id, name, description, environment and tags, in any case and without accents.
 * @returns finds the entries with all words of a query, all of them for an empty one: those whose id or name begins
 *   with it first, then by where the words stand; among equals those that `prefer` puts in a lower class (0, 1 or 2),
 *   then in the catalog's order
 */
export function searchOver(
  entitlements: Iterable<Entitlement>,
): (query: string, prefer: (entitlement: Entitlement) => number) => Entitlement[] {
  const entries = [...entitlements].map((entitlement): Entry => {
    const { id, name, description, environment, tags } = entitlement;
    const titles = [fold(id), fold(name)];
    const rest = [description, environment, ...Object.entries(tags).flat()].join(' ');
    return { entitlement, titles, words: ` ${titles.join(' ')}`, rest: fold(rest) };
  });

  return (query, prefer) => {
    const phrase = fold(query.slice(0, LONGEST_QUERY));
    const words = phrase.split(' ').slice(0, MOST_WORDS);
    const begun = words.map((word) => ` ${word}`);
    const found = Array.from({ length: RANKS * 3 }, (): Entitlement[] => []);
    for (const entry of entries) {
      const rank = rankOf(entry, phrase, words, begun);
      if (rank < RANKS) found[rank * 3 + prefer(entry.entitlement)]!.push(entry.entitlement);
    }
    return found.flat();
  };
}

function rankOf({ titles, words: known, rest }: Entry, phrase: string, words: string[], begun: string[]) {
  if (titles.some((title) => title.startsWith(phrase))) return 0;
  if (begun.every((word) => known.includes(word))) return 1;
  if (words.every((word) => known.includes(word))) return 2;
  return words.every((word) => known.includes(word) || rest.includes(word)) ? 3 : RANKS;
}

/** Lower-case words without accents, one space between them. */
function fold(text: string): string {
  const bare = /^[ -~]*$/.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '');
  return bare
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

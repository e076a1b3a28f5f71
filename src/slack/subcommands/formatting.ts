/** What Slack makes bold, italic, struck out or code of (slack.com/help/articles/202288908). */
const MARKS = '*_~`';
const LEADING = new RegExp(`^[${MARKS}]+`);
/** A mark may be followed by the end of a sentence. */
const TRAILING = new RegExp(`[${MARKS}]+(?=[.,;:!?)]*$)`);
const OPENS = /^["“„'‘«]/;
const CLOSES = /["”“'’»]$/;

/**
 * Words without Slack's formatting, where it stands in pairs around one word or several, and without quotation marks
 * around all of them. A mark that stands alone is part of a word: `*.log`, `_id`.
 */
export function unformatted(words: readonly string[]): string[] {
  return unquoted(unmarked(unquoted(words)));
}

function unmarked(words: readonly string[]): string[] {
  const open: { mark: string; word: number; at: number }[] = [];
  const dropped = words.map(() => new Set<number>());
  words.forEach((text, word) => {
    const leading = LEADING.exec(text)?.[0].length ?? 0;
    if (leading === text.length) return;
    for (let at = 0; at < leading; at++) open.push({ mark: text[at]!, word, at });
    const trailing = TRAILING.exec(text);
    for (let at = trailing?.index ?? 0; at < (trailing?.index ?? 0) + (trailing?.[0].length ?? 0); at++) {
      const begun = open.findLastIndex(({ mark }) => mark === text[at]);
      if (begun < 0) continue;
      const { word: first, at: place } = open[begun]!;
      open.length = begun;
      dropped[first]!.add(place);
      dropped[word]!.add(at);
    }
  });
  return words.map((text, word) =>
    dropped[word]!.size === 0
      ? text
      : Array.from(text.split(''), (letter, at) => (dropped[word]!.has(at) ? '' : letter)).join(''),
  );
}

/** `"orders-db-admin 1h fixing it"`: quoted as a whole, and not one of its words. */
function unquoted(words: readonly string[]): string[] {
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const isWhole = OPENS.test(first) && !CLOSES.test(first) && CLOSES.test(last) && !OPENS.test(last);
  const marks = words.join(' ').match(/["“”„«»]/g)?.length ?? 0;
  if (!isWhole || words.length < 2 || marks > 2) return [...words];
  return words.map((word, n) => {
    const begun = n === 0 ? word.replace(OPENS, '') : word;
    return n === words.length - 1 ? begun.replace(CLOSES, '') : begun;
  });
}

import { plain } from '../../terminal.js';

/** A line of a report, in pieces: names that stand in files or in AWS are set off where that can be done. */
export type Line = readonly (string | { code: string })[];

/** One part of a report: a heading, and lines. */
export interface Section {
  title: string;
  lines: Line[];
}

const code = (text: string) => ({ code: text });

/** Characters of names in one breath. */
const BREATH = 240;

/** No more than eight names, and fewer of long ones; of more, the first. */
export function few(names: readonly string[], as: (name: string) => Line[number] = (name) => name): Line {
  const isShort = names.length <= 8 && names.join('').length <= BREATH;
  const shown = isShort ? names : names.slice(0, within(names.slice(0, 7)));
  const more = names.length - shown.length;
  const listed = shown.flatMap((name, n) => (n === 0 ? [as(name)] : [', ', as(name)]));
  return more === 0 ? listed : [...listed, ` and ${more} more`];
}

/** How many of some names can be said, one at least. */
function within(names: readonly string[]): number {
  let room = BREATH;
  const beyond = names.findIndex((name) => (room -= name.length) < 0);
  return beyond === -1 ? names.length : Math.max(1, beyond);
}

export const fewCodes = (names: readonly string[]): Line => few(names, code);

export const textOfLine = (line: Line): string =>
  line.map((piece) => (typeof piece === 'string' ? piece : piece.code)).join('');

export const markdownOfLine = (line: Line): string =>
  line.map((piece) => (typeof piece === 'string' ? escaped(piece) : codeSpan(piece.code))).join('');

/** What stands in the files must not be markup on a page under which people press "approve". */
export function escaped(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>#|~&@]/g, (character) =>
    character === '@' ? '@\u2060' : `\\${character}`,
  );
}

/** The same within a tag, where Markdown means nothing. */
export function escapedInHtml(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u2060');
}

/** Within it nothing is markup, so long as its fence is longer than any in the text. */
function codeSpan(text: string): string {
  const safe = plain(text);
  const fence = '`'.repeat(1 + Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length)));
  const room = /^`|`$|^ .* $/.test(safe) ? ' ' : '';
  return safe.trim() === '' ? escaped(safe) : `${fence}${room}${safe}${room}${fence}`;
}

/** Of many lines, the first. */
export function cut(lines: Line[], most: number): Line[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), [`… and ${lines.length - most} more: --json has them all`]];
}

/** Of a long line, its beginning. @param most in UTF-16 units */
export function shortened(line: Line, most: number): Line {
  if (textOfLine(line).length <= most) return line;
  const kept: Line[number][] = [];
  let room = most;
  for (const piece of line) {
    const text = typeof piece === 'string' ? piece : piece.code;
    const some = text.slice(0, room).replace(/[\uD800-\uDBFF]$/, '');
    if (some !== '') kept.push(typeof piece === 'string' ? some : { code: some });
    room -= some.length;
    if (some.length < text.length) break;
  }
  return [...kept, ' …'];
}

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const WIDTH = 100;

/** For a terminal: text from the record without what would move the cursor, colour it or turn its direction. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}

/** What terminals show in two columns, as far as people write it into files of policies. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]|\uFE0F/u;
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader takes for one character each, with its place in UTF-16 units and the columns that it takes. */
export function charactersOf(text: string): { at: number; text: string; width: number }[] {
  return Array.from(characters.segment(text), ({ segment, index }) => ({
    at: index,
    text: segment,
    width: /^\p{M}+$/u.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1,
  }));
}

/** Columns of a terminal. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return charactersOf(text).reduce((sum, { width }) => sum + width, 0);
}

/** Whether it is a terminal that shows colours; where it is a file or a pipe, it is not. */
export function showsColours(stdout: Writable): boolean {
  return 'hasColors' in stdout && typeof stdout.hasColors === 'function' && stdout.hasColors() === true;
}

const COLOURS = { red: 31, yellow: 33 } as const;

/** A text in a colour. @param text made plain */
export const painted = (text: string, colour: keyof typeof COLOURS): string =>
  `\u001B[1;${COLOURS[colour]}m${text}\u001B[0m`;

export function plainLines(lines: readonly string[]): string {
  return lines.map((line) => `${plain(line)}\n`).join('');
}

/** Writes to the end. @throws EPIPE when the reader has had enough, which `write` alone would leave to the process */
export const print = (stdout: Writable, text: string): Promise<void> =>
  pipeline([text], stdout, { end: false });

/** Lines for a terminal: long ones are broken between words, what follows is indented a little more. */
export function wrapped(lines: readonly string[]): string {
  return lines.map((line) => `${wrap(plain(line)).join('\n')}\n`).join('');
}

function wrap(line: string): string[] {
  const indent = /^ */.exec(line)![0];
  return broken(line.slice(indent.length), WIDTH, { first: indent, others: `${indent}    ` });
}

/** Broken between words. A word that is longer than the room stays whole. */
function broken(text: string, room: number, indent = { first: '', others: '' }): string[] {
  const lines = [indent.first];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    const begun = last.trim() !== '';
    if (begun && widthOf(last) + 1 + widthOf(word) > room) lines.push(indent.others + word);
    else lines[lines.length - 1] = begun ? `${last} ${word}` : last + word;
  }
  return lines;
}

const WIDEST = 36;

/** A table with a heading; cells that are too wide are broken between words, the last column at the screen's edge. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const safe = [heading, ...rows].map((row) => row.map(plain));
  const widths = heading.map((_, n) =>
    Math.min(WIDEST, Math.max(...safe.map((row) => widthOf(row[n] ?? '')))),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  widths[widths.length - 1] = Math.max(24, WIDTH - before);
  return safe.flatMap((row) => rowLines(row, widths)).join('');
}

function rowLines(row: string[], widths: number[]): string[] {
  const cells = row.map((cell, n) => broken(cell, widths[n]!));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, n) => filled(lines[line] ?? '', widths[n]!));
    return `${parts.join('  ').trimEnd()}\n`;
  });
}

const filled = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - widthOf(cell)));

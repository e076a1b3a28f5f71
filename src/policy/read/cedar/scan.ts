/**
 * Cedar's text, as far as it can be told apart without Cedar: comments, strings, brackets and the end of a policy.
 * Needed because Cedar's own parser recurses on a small stack, and one overflow spoils its memory for good.
 */
export interface Piece {
  text: string;
  /** Where it begins in the file, in UTF-16 units. */
  start: number;
  /** Its first line that is not a comment, and where it begins there; from 1. */
  line: number;
  column: number;
}

// Measured with cedar-wasm 4.13, whose frames V8 makes larger once the code is hot: brackets overflow the parser from
// 80 levels, conditions and chains of operators the validator and the evaluator from 200.
const BRACKETS = 30;
const OPERATORS = 200;
const LEVELS = 60;
/** What Cedar makes of a set takes some thirty microseconds for each element. */
const LONGEST = 100_000;

const TOKEN = /\/\/[^\n\r]*|"(?:\\[^]|[^"\\])*"?|&&|\|\||[a-zA-Z_]\w*|\s+|[^]/g;

const NEWLINE = /\r\n|\n|\r/;

/** Splits the text of a `*.cedar` file after each semicolon; what follows the last one is a piece if it is not blank. */
export function splitPolicies(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let line = 1;
  let lineStart = 0;
  let first: { line: number; column: number } | undefined;
  const end = (at: number) => {
    if (first !== undefined) pieces.push({ text: text.slice(start, at), start, ...first });
    start = at;
    first = undefined;
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!token.startsWith('//') && token.trim() !== '') first ??= { line, column: index - lineStart + 1 };
    const below = token.split(NEWLINE);
    line += below.length - 1;
    if (below.length > 1) lineStart = index + token.length - below.at(-1)!.length;
    if (token === ';') end(index + 1);
  }
  end(text.length);
  return pieces;
}

/** Whether it takes Cedar too long to read. */
export const isTooLong = (text: string): boolean => text.length > LONGEST;

/** What of a text would overflow Cedar's parser, or undefined. For a schema, whose brackets include `<`, say so. */
export function measure(text: string, open = '([{', close = ')]}'): string | undefined {
  if (isTooLong(text)) return `is ${text.length} characters long, and ${LONGEST} are read`;
  let depth = 0;
  let deepest = 0;
  let operators = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^(?:[.+*-]|&&|\|\||if)$/.test(token)) operators += 1;
    else if (open.includes(token)) deepest = Math.max(deepest, (depth += 1));
    else if (close.includes(token)) depth -= 1;
  }
  if (deepest > BRACKETS) return `nests brackets ${deepest} deep, and Cedar can take ${BRACKETS}`;
  if (operators > OPERATORS) return `holds ${operators} operators, and Cedar can take ${OPERATORS}`;
  return undefined;
}

/** What of a parsed policy would overflow Cedar's validator or evaluator, or undefined. */
export function measureTree(json: unknown): string | undefined {
  const depthOf = (node: unknown): number =>
    typeof node === 'object' && node !== null
      ? 1 + Object.values(node).reduce((deepest: number, child) => Math.max(deepest, depthOf(child)), 0)
      : 0;
  const levels = Math.ceil(depthOf(json) / 2); // an operator is an object that holds its operands' object
  return levels > LEVELS ? `chains ${levels} operators, and Cedar can take ${LEVELS}` : undefined;
}

interface CodeToken {
  token: string;
  at: number;
}

/** The words and signs of a text of Cedar's, without what lies between them. */
function codeIn(text: string): CodeToken[] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: token, index: at }) =>
    token.startsWith('//') || token.trim() === '' ? [] : [{ token, at }],
  );
}

/**
 * Where something is written, in UTF-16 units, and not in a comment or a text; undefined: nowhere.
 * @param code such as `context.onCall`, however far apart its parts are
 */
export function codeAt(text: string, code: string): number | undefined {
  const wanted = codeIn(code);
  const all = codeIn(text);
  const first = all.findIndex((_, n) => wanted.every(({ token }, k) => all[n + k]?.token === token));
  return all[first]?.at;
}

/** Where each annotation of a policy begins, in UTF-16 units: at its `@`. */
export function annotationsIn(text: string): Map<string, number> {
  const found = new Map<string, number>();
  let begun: number | undefined;
  for (const { token, at } of codeIn(text)) {
    if (begun !== undefined) found.set(token, begun);
    else if (/^[a-zA-Z_]/.test(token)) break;
    begun = token === '@' && begun === undefined ? at : undefined;
  }
  return found;
}

/** The line and the column, from 1, of a position in UTF-16 units. */
export function placeAt(text: string, position: number): { line: number; column: number } {
  if (last.text !== text) {
    const breaks = [...text.matchAll(new RegExp(NEWLINE, 'g'))];
    last = { text, starts: [0, ...breaks.map(({ 0: end, index }) => index + end.length)] };
  }
  let [line, beyond] = [0, last.starts.length];
  while (beyond - line > 1) {
    const middle = (line + beyond) >> 1;
    if (last.starts[middle]! <= position) line = middle;
    else beyond = middle;
  }
  return { line: line + 1, column: position - last.starts[line]! + 1 };
}

/** Where the lines of a text begin; many places are asked for in one text after the other. */
let last: { text: string; starts: number[] } = { text: '', starts: [0] };

/** Cedar counts in UTF-8 bytes. */
export function fromBytes(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

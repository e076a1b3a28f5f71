import { plainOf, reference, type Reference } from './reference.js';

/** mrkdwn, read: paragraphs of a kind, and what stands in them. */
export interface Paragraph {
  kind: 'text' | 'quote' | 'pre';
  inside: Inline[];
}
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: Mark; inside: Inline[] }
  | { kind: 'code'; inside: Inline[] }
  | Reference;
type Mark = 'bold' | 'italic' | 'strike';

const MARKS = new Map<string, Mark>([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
]);
/** A character that is meant as it is, one that may be a mark, or something already read. */
type Piece = { char: string; mark?: Mark } | Exclude<Inline, { kind: 'text' | Mark }>;

/** Reads Slack's mrkdwn. Every text can be read: what is not balanced stands as it is. */
export function mrkdwn(text: string): Paragraph[] {
  // The odd members are what stood between two fences.
  return text.split(/```([^]+?)```\n?/).flatMap((part, index): Paragraph[] => {
    if (part === '') return [];
    if (index % 2 === 1)
      return [{ kind: 'pre', inside: unmarked(part.replace(/^\n/, '').replace(/\n$/, '')) }];
    return quotes(part);
  });
}

/** Consecutive lines that begin with `>`, however it is written, are one quotation. */
function quotes(text: string): Paragraph[] {
  const found: { kind: 'text' | 'quote'; lines: string[] }[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [sign] = /^(?:>|&gt;) ?/.exec(line) ?? [];
    const kind = sign === undefined ? 'text' : 'quote';
    const rest = line.slice(sign?.length ?? 0);
    const last = found.at(-1);
    if (last?.kind === kind) last.lines.push(rest);
    else found.push({ kind, lines: [rest] });
  }
  return found.map(({ kind, lines }) => ({
    kind,
    inside: joined(lines.flatMap((line, i) => [...(i > 0 ? [newline] : []), ...marked(pieces(line, true))])),
  }));
}
const newline: Inline = { kind: 'text', text: '\n' };

/** In code only references and escapes are read. */
const unmarked = (text: string): Inline[] => joined(pieces(text, false).map(plainly));

/** From left to right: whatever begins first wins. */
function pieces(text: string, withMarks: boolean): Piece[] {
  const found: Piece[] = [];
  const next = /<([^<>\n]+)>|`([^`\n]+)`|&(?:amp|lt|gt);|[^]/gu;
  for (const [whole, inside, code] of text.matchAll(next)) {
    const referred = inside === undefined ? undefined : reference(inside);
    const mark = withMarks ? MARKS.get(whole) : undefined;
    if (referred) found.push(referred);
    else if (code !== undefined && withMarks) found.push({ kind: 'code', inside: unmarked(code) });
    else if (inside !== undefined || code !== undefined)
      found.push(...Array.from(plainOf(whole), (char) => ({ char })));
    else found.push({ char: plainOf(whole), ...(mark && { mark }) });
  }
  return found;
}

/** Finds pairs of marks within a line; the first that closes is the one. */
function marked(line: Piece[]): Inline[] {
  const found: Inline[] = [];
  for (let at = 0; at < line.length; at++) {
    const piece = line[at]!;
    const end = opens(line, at) ? closing(line, at) : -1;
    if (end > 0 && 'mark' in piece && piece.mark) {
      found.push({ kind: piece.mark, inside: joined(marked(line.slice(at + 1, end))) });
      at = end;
    } else found.push(plainly(piece));
  }
  return found;
}

function opens(line: Piece[], at: number): boolean {
  const piece = line[at]!;
  return 'mark' in piece && !isWord(line[at - 1]) && !isSpace(line[at + 1]) && !isSame(line[at + 1], piece);
}

function closing(line: Piece[], from: number): number {
  for (let at = from + 2; at < line.length; at++)
    if (isSame(line[at], line[from]!) && !isSpace(line[at - 1]) && !isWord(line[at + 1])) return at;
  return -1;
}

const isSame = (piece: Piece | undefined, mark: Piece): boolean =>
  piece !== undefined && 'mark' in piece && 'mark' in mark && piece.mark === mark.mark;
const isWord = (piece: Piece | undefined): boolean =>
  piece !== undefined && 'char' in piece && /[\p{L}\p{N}]/u.test(piece.char);
const isSpace = (piece: Piece | undefined): boolean =>
  piece === undefined || ('char' in piece && /\s/.test(piece.char));

const plainly = (piece: Piece): Inline => ('char' in piece ? { kind: 'text', text: piece.char } : piece);

/** Neighbouring texts as one. */
function joined(inlines: Inline[]): Inline[] {
  const found: Inline[] = [];
  for (const one of inlines) {
    const last = found.at(-1);
    if (one.kind === 'text' && last?.kind === 'text')
      found[found.length - 1] = { ...last, text: last.text + one.text };
    else found.push(one);
  }
  return found;
}

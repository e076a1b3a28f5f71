import { charactersOf, plain, widthOf } from '../../terminal.js';

/** Columns for the line of a file, and of these how many before the place that is meant. */
const ROOM = 80;
const BEFORE = 50;
const TAB = 4;

/**
 * A line of a file and a caret under the place in it, as terminals show both.
 * @param column from 1, in UTF-16 units; absent: no caret
 * @returns nothing where the file has no such line
 */
export function excerptOf(lines: readonly string[], line: number, column?: number): string[] {
  const whole = lines[line - 1]?.replace(/\r$/, '');
  if (whole === undefined || whole.trim() === '') return [];
  const place = (column ?? 1) - 1;
  const start = Math.max(0, Math.min(place, whole.length) - 4 * ROOM);
  const parts = shown(whole.slice(start, start + 8 * ROOM));
  const isBefore = ({ at }: { at: number }) => start + at < place;
  const before = lastOf(parts.filter(isBefore), parts.reduce((sum, { width }) => sum + width, 0) > ROOM);
  const after = firstOf(
    parts.filter((part) => !isBefore(part)),
    ROOM - before.width,
  );
  const head = before.cut || start > 0 ? '… ' : '';
  const tail = after.cut || start + 8 * ROOM < whole.length ? ' …' : '';
  const gutter = ' '.repeat(String(line).length);
  return [
    `  ${line} | ${head}${before.text}${after.text}${tail}`,
    ...(column === undefined ? [] : [`  ${gutter} | ${' '.repeat(widthOf(head) + before.width)}^`]),
  ];
}

type Shown = ReturnType<typeof charactersOf>[number];

/** Characters as they are shown: nothing among them moves the cursor, and tabs are so many spaces. */
function shown(text: string): Shown[] {
  let column = 0;
  return charactersOf(text).map((character) => {
    const isTab = character.text === '\t';
    const safe = isTab ? ' '.repeat(TAB - (column % TAB)) : plain(character.text);
    const width = isTab ? safe.length : safe === character.text ? character.width : widthOf(safe);
    column += width;
    return { at: character.at, text: safe, width };
  });
}

/** The last of them that there is room for. */
function lastOf(parts: Shown[], isLong: boolean) {
  const found = firstOf(parts.toReversed(), isLong ? BEFORE : ROOM);
  return {
    ...found,
    text: parts
      .slice(parts.length - found.count)
      .map(({ text }) => text)
      .join(''),
  };
}

function firstOf(parts: readonly Shown[], room: number) {
  let [width, count] = [0, 0];
  while (count < parts.length && width + parts[count]!.width <= room) width += parts[count++]!.width;
  const text = parts
    .slice(0, count)
    .map((part) => part.text)
    .join('');
  return { text, width, count, cut: count < parts.length };
}

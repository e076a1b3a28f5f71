/** Of a text that is shorter, all may be held at once. */
const LONG = 100_000;
/** So much is read at once, in characters. */
const PART = 10_000;
/** A key alone in its line, with what may stand around it: the list is under it. */
const HEAD = /^(?:[ ]*(?:#.*)?\r?\n)*([a-z]+):[ ]*(?:#.*)?\r?\n(?:[ ]*(?:#.*)?\r?\n)*(?=[ ]*- )/;
const BLANK = /^[ ]*(?:#.*)?\r?\n?$/;

/**
 * Reads a YAML file that is nothing but one long list, a few entries at a time: a catalog of ten thousand takes 150 MB less
 * than read as a whole. Each part is a file of its own to the parser, and begins where an entry does.
 * @param read gives the value of one part; throws, or gives no list, where anything is wrong with it
 * @returns undefined where the file is short, is anything else, or something is wrong: then it is to be read as a whole
 */
export function longList(
  text: string,
  read: (part: string) => unknown,
  { long = LONG, size = PART } = {},
): Record<string, unknown[]> | undefined {
  const [head, key] = (text.length >= long && HEAD.exec(text)) || [];
  if (head === undefined || key === undefined) return undefined;
  const parts = partsOf(text.slice(head.length), size);
  if (!parts) return undefined;
  const entries: unknown[] = [];
  for (const { part, count } of parts) {
    const value = valueOf(part, read);
    if (!Array.isArray(value) || value.length !== count) return undefined;
    for (const entry of value) entries.push(entry);
  }
  return { [key]: entries };
}

/** @returns undefined where a line stands further left than the entries, or as far left and begins none */
function partsOf(list: string, size: number): { part: string; count: number }[] | undefined {
  const indent = /^[ ]*/.exec(list)![0];
  const [begins, goesOn] = [`${indent}- `, `${indent} `];
  const parts: { part: string; count: number }[] = [];
  let [start, count] = [0, 0];
  for (let at = 0; at < list.length;) {
    const next = list.indexOf('\n', at) + 1 || list.length;
    const isEntry = list.startsWith(begins, at);
    if (!isEntry && !list.startsWith(goesOn, at) && !BLANK.test(list.slice(at, next))) return undefined;
    if (isEntry && at - start >= size) {
      parts.push({ part: list.slice(start, at), count });
      [start, count] = [at, 0];
    }
    if (isEntry) count++;
    at = next;
  }
  parts.push({ part: list.slice(start), count });
  return parts;
}

/** What a part lacks may stand in another: an alias's anchor. */
function valueOf(part: string, read: (part: string) => unknown): unknown {
  try {
    return read(part);
  } catch {
    return undefined;
  }
}

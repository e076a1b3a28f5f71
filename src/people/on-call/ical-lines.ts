export interface Property {
  /** Upper case. */
  name: string;
  /** By name in upper case, without quotation marks. */
  params: Map<string, string>;
  value: string;
}

/**
 * The lines of a calendar. Long ones are folded between any two bytes, within a letter too, so they are put together
 * before they are decoded (RFC 5545, 3.1). Bytes that are no UTF-8 become U+FFFD: that spoils a word, not a calendar.
 */
export function linesOf(calendar: Uint8Array): string[] {
  // As Latin-1 a byte is a character, and comes back as it was.
  const unfolded = Buffer.from(calendar)
    .toString('latin1')
    .replace(/\r?\n[ \t]/g, '');
  return new TextDecoder()
    .decode(Buffer.from(unfolded, 'latin1'))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

/** `NAME;PARAM=value;PARAM="value":value`; undefined: it is no line of a calendar. */
export function propertyOf(line: string): Property | undefined {
  const [head, name] = /^([A-Za-z0-9-]+)/.exec(line) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const params = new Map<string, string>();
  let at = head.length;
  const param = /;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*(?:,(?:"[^"]*"|[^";:,]*))*)/y;
  while (line[at] === ';') {
    param.lastIndex = at;
    const found = param.exec(line);
    if (!found) return undefined;
    params.set(found[1]!.toUpperCase(), found[2]!.replaceAll('"', ''));
    at = param.lastIndex;
  }
  return line[at] === ':' ? { name: name.toUpperCase(), params, value: line.slice(at + 1) } : undefined;
}

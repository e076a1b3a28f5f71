/** Something that Cedar can hold ready under a name. */
export interface Content {
  /** In the limit's unit. */
  size: number;
  /** Has Cedar hold it, in place of what it held under that name. Throws when Cedar cannot read it. */
  parse(name: string): void;
}

/**
 * Cedar keeps what it has parsed by name and never forgets it. So names are used again, first those that have not been
 * asked for the longest, and what all of them hold together stays within a limit.
 * @param limit the sizes held at once; a thing that is larger is held alone
 * @param clear has Cedar hold nothing under a name any more
 * @returns finds the name that holds what belongs to a key, which is parsed if it is not held
 */
export function parsed(
  prefix: string,
  limit: number,
  clear: (name: string) => void,
): (key: string, content: () => Content) => string {
  /** The one asked for last comes last. */
  const held = new Map<string, { name: string; size: number }>();
  const free: string[] = [];
  let total = 0;

  const makeRoom = (size: number) => {
    for (const [key, old] of held) {
      if (total + size <= limit) return;
      held.delete(key);
      total -= old.size;
      free.push(old.name);
      clear(old.name);
    }
  };

  return (key, content) => {
    const known = held.get(key);
    if (known) {
      held.delete(key);
      held.set(key, known);
      return known.name;
    }
    const { size, parse } = content();
    makeRoom(size);
    const name = free.pop() ?? `${prefix}-${held.size}`;
    try {
      parse(name);
    } catch (error) {
      free.push(name);
      throw error;
    }
    held.set(key, { name, size });
    total += size;
    return name;
  };
}

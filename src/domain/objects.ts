/**
 * A row of a table, by a key that is typed and yet may come from a record that others could write.
 * @returns undefined for a key that the table does not have, `constructor` and the like among them
 */
export function rowOf<T extends object, K extends keyof T>(table: T, key: K): T[K] | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Those members alone that are not undefined, for a type that lets a member be absent and not undefined. */
export function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const there = Object.entries(members).filter(([, member]) => member !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

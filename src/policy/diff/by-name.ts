import { canonical, type JsonObject } from '../../domain/entitlement.js';

/** What stands under a name in one of two mappings, or in both. */
export interface Pair<T> {
  name: string;
  one?: T;
  other?: T;
}

/** Two mappings side by side, sorted by name. */
export function byName<T>(before: Record<string, T>, after: Record<string, T>): Pair<T>[] {
  const at = (of: Record<string, T>, name: string) => (Object.hasOwn(of, name) ? of[name] : undefined);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().map((name) => {
    const [one, other] = [at(before, name), at(after, name)];
    return { name, ...(one !== undefined && { one }), ...(other !== undefined && { other }) };
  });
}

export function keysThatDiffer(one: object, other: object): string[] {
  const [a, b] = [one, other] as [JsonObject, JsonObject];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((key) => canonical(a[key]) !== canonical(b[key]))
    .sort();
}

export const minus = (from: readonly string[], what: readonly string[]): string[] =>
  from.filter((item) => !what.includes(item));

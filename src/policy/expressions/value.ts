/** A value of Cedar. Times are milliseconds. */
export type CedarValue =
  | boolean
  | bigint
  | string
  | { type: string; id: string }
  | { set: readonly CedarValue[] }
  | { datetime: bigint }
  | { duration: bigint }
  /** Of a type that is not worked on here. */
  | { foreign: string };

/** The same for the same values: Cedar's sets know no order and no repetition. */
export function keyOf(value: CedarValue): string {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if ('set' in value) return `[${[...new Set(value.set.map(keyOf))].sort().join()}]`;
  if ('type' in value) return `${value.type}::${JSON.stringify(value.id)}`;
  if ('datetime' in value) return `datetime(${value.datetime})`;
  if ('duration' in value) return `duration(${value.duration})`;
  return `foreign(${value.foreign})`;
}

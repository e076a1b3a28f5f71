import type { JsonObject } from '../../../domain/entitlement.js';

/** Says what is wrong with a value, in Slack's words, each with the place as a JSON pointer. */
export type SchemaCheck = (value: unknown, at: string) => string[];

export const problem = (what: string, at: string): string => `[ERROR] ${what} [json-pointer:${at}]`;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member as text; empty where there is none. */
export function str(holder: { [key: string]: unknown }, key: string): string {
  const value = holder[key];
  return typeof value === 'string' ? value : '';
}

export const anything: SchemaCheck = () => [];

export function string(max: number, min = 0): SchemaCheck {
  return (value, at) => {
    if (typeof value !== 'string') return [problem('must be a string', at)];
    if (value.length > max) return [problem(`must be less than ${max + 1} characters`, at)];
    return value.length < min ? [problem(`must be more than ${min - 1} characters`, at)] : [];
  };
}

export const flag: SchemaCheck = (value, at) =>
  typeof value === 'boolean' ? [] : [problem('must be a boolean', at)];

export function integer(min: number, max: number): SchemaCheck {
  return (value, at) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? []
      : [problem(`must be an integer from ${min} to ${max}`, at)];
}

export function oneOf(...values: string[]): SchemaCheck {
  return (value, at) =>
    typeof value === 'string' && values.includes(value) ? [] : [problem(`must be a valid enum value`, at)];
}

export function list(item: SchemaCheck, max: number, min = 0): SchemaCheck {
  return (value, at) => {
    if (!Array.isArray(value)) return [problem('must be an array', at)];
    if (value.length > max) return [problem(`no more than ${max} items allowed`, at)];
    if (value.length < min) return [problem(`no fewer than ${min} items allowed`, at)];
    return value.flatMap((member, index) => item(member, `${at}/${index}`));
  };
}

/** An object with these members and no others. */
export function shape(
  required: Record<string, SchemaCheck>,
  optional: Record<string, SchemaCheck> = {},
): SchemaCheck {
  return (value, at) => {
    if (!isObject(value)) return [problem('must be an object', at)];
    const missing = Object.keys(required).filter((key) => value[key] === undefined);
    return [
      ...missing.map((key) => problem(`missing required field: ${key}`, at)),
      ...Object.entries(value).flatMap(([key, member]) => {
        const check = Object.hasOwn(required, key)
          ? required[key]
          : Object.hasOwn(optional, key)
            ? optional[key]
            : undefined;
        return check ? check(member, `${at}/${key}`) : [problem(`invalid additional property: ${key}`, at)];
      }),
    ];
  };
}

/** Chooses by the member `type`. */
export function byType(types: Record<string, SchemaCheck>): SchemaCheck {
  return (value, at) => {
    if (!isObject(value)) return [problem('must be an object', at)];
    const { type } = value;
    if (typeof type !== 'string') return [problem('missing required field: type', at)];
    const check = Object.hasOwn(types, type) ? types[type] : undefined;
    return check ? check(value, at) : [problem(`unsupported type: ${type}`, `${at}/type`)];
  };
}

/** All of them; the later ones only when the earlier ones found nothing. */
export function all(...checks: SchemaCheck[]): SchemaCheck {
  return (value, at) => {
    for (const check of checks) {
      const problems = check(value, at);
      if (problems.length > 0) return problems;
    }
    return [];
  };
}

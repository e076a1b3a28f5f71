import { isObject } from '../../domain/is-object.js';

export type Body = Record<string, unknown>;
export type Read = { body: Body } | { status: 400 | 415 };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a signed body: a form (with or without a charset), the JSON within a form's `payload`, or JSON. */
export function readBody(contentType: string | undefined, raw: Buffer): Read {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') return { status: 415 };
  try {
    const text = utf8.decode(raw);
    if (type === 'application/json') return objectOf(JSON.parse(text));
    const form = new URLSearchParams(text);
    // Of two fields of one name, a reader may take either.
    if (new Set(form.keys()).size < form.size) return { status: 400 };
    const payload = form.get('payload');
    return payload === null ? { body: Object.fromEntries(form) } : objectOf(JSON.parse(payload));
  } catch {
    return { status: 400 };
  }
}

function objectOf(value: unknown): Read {
  return isObject(value) ? { body: value } : { status: 400 };
}

/** The value at the end of a path of own members; undefined where the path breaks off. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

/** The same, where it is a text that is not empty. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

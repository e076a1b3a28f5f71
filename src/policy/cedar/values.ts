import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Instant, Millis } from '../../domain/entitlement.js';

/** What the schema has of things that are not built yet: in the context of `request`, and of a Request. */
export const NOT_YET = { request: { emergency: false }, Request: { extensions: 0 } } as const;

/** Throws on what is not a length of time. */
export function cedarDuration(duration: Millis): CedarValueJson {
  if (!Number.isSafeInteger(duration) || duration <= 0)
    throw new Error('the duration is not a length of time');
  return { __extn: { fn: 'duration', arg: `${duration}ms` } };
}

/** Throws on what is not an instant. */
export function cedarTime(at: Instant): CedarValueJson {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw new Error('the time is not an instant');
  return { __extn: { fn: 'datetime', arg: date.toISOString() } };
}

/** Cedar's numbers have 64 bits and JavaScript's 53: a larger one would be put to Cedar as another number. */
export function isExact(node: unknown): boolean {
  if (typeof node === 'number') return Number.isSafeInteger(node);
  return typeof node !== 'object' || node === null || Object.values(node).every(isExact);
}

import { canonical, sha256, type Instant } from '../entitlement.js';
import type { Event } from '../request/event.js';

/**
 * An audit event as it was stored, by whichever version: what is hashed, verified and exported. Whoever reads more of it
 * than this reads a copy, from `upcastEvent`.
 */
export interface StoredEvent {
  type: Event['type'];
  at: Instant;
  by: unknown;
}

/** An audit event as it is kept: appended, never changed, chained to the one before. */
export interface AuditRecord {
  requestId: string;
  /** 1, 2, 3 … without gaps. */
  n: number;
  event: StoredEvent;
  /** SHA-256, hex, of the previous record's hash and this record's canonical content. */
  hash: string;
}

/** The end of a chain: what the next record follows. */
export interface Tail {
  n: number;
  hash: string;
}

export const NO_TAIL: Tail = { n: 0, hash: '' };

export function seal(requestId: string, tail: Tail, event: Event): AuditRecord {
  const n = tail.n + 1;
  return { requestId, n, event, hash: hashOf(requestId, n, event, tail.hash) };
}

/** @returns the number of the first record that is missing, out of place or altered; undefined if the chain holds. */
export function brokenAt(records: AuditRecord[]): number | undefined {
  return firstBroken(records, isSealed);
}

/** @returns the number of the first record that does not follow, as `follows` has it, the one before */
export function firstBroken<R extends Tail>(
  records: R[],
  follows: (record: R, before: Tail) => boolean,
): number | undefined {
  let tail = NO_TAIL;
  for (const record of records) {
    if (!follows(record, tail)) return tail.n + 1;
    tail = record;
  }
  return undefined;
}

/** Whether a record is what was written, and follows the one before. */
export function isSealed({ requestId, n, event, hash }: AuditRecord, before: Tail): boolean {
  return n === before.n + 1 && hash === hashOf(requestId, n, event, before.hash);
}

function hashOf(requestId: string, n: number, event: StoredEvent, previous: string): string {
  return sha256(previous + canonical({ requestId, n, event }));
}

import type { AuditRecord } from '../../domain/record/seal.js';
import { readEnd, type End, type Ordered } from '../../domain/request/end.js';
import { upcastEnd, upcastGrant } from '../../domain/record/upcast.js';
import type { Instant } from '../../domain/entitlement.js';
import { grantDue, type Grant } from '../../domain/grant.js';
import type { Head } from '../../domain/request/head.js';
import type { RecordFault } from '../../ports/record.js';
import { headFrom, progressOf, unreadable } from '../change.js';
import {
  duePartition,
  endKey,
  eventKey,
  grantKey,
  headKey,
  idOf,
  leaseKey,
  requesterKey,
  type Key,
} from './keys.js';

/**
 * An item as the table has it. The content is JSON text, not a DynamoDB map: it comes back to the last
 * character that a person typed, which the hash chain needs. The other attributes are keys and conditions.
 */
export interface Item extends Key {
  json: string;
  [attribute: string]: string | number | boolean;
}

/** @param commit a random name of the write, so that a writer whose answer was lost recognises its own */
export function headItem(head: Head, commit: string): Item {
  const { state } = head;
  return {
    ...headKey(head.id),
    json: JSON.stringify(head),
    version: head.version,
    tail: head.tail.n,
    commit,
    requester: requesterKey(state.requester.account),
    requestedAt: state.requestedAt,
    entitlement: state.entitlement.id,
    ...due(head.id, head.dueAt),
  };
}

export const eventItem = (record: AuditRecord, commit: string): Item => ({
  ...eventKey(record.requestId, record.n),
  json: JSON.stringify(record),
  commit,
});

export function grantItem(grant: Grant): Item {
  return {
    ...grantKey(grant.requestId),
    json: JSON.stringify(grant),
    ...progressOf(grant),
    // From the grant alone: a revocation stays due even if HEAD is changed or gone.
    ...due(grant.requestId, grantDue(grant)),
  };
}

/** Due from the start: a process that missed the change finds it among what is due. */
export function endItem(id: string, end: End): Item {
  return { ...endKey(id), json: JSON.stringify(end), ...due(id, end.at) };
}

/**
 * Only a timer. It is in every index, under a key of its own that no query asks for: DynamoDB Local (2.6, measured) lets
 * TTL remove nothing else from a table with indexes. AWS's own TTL does not care.
 */
export function leaseItem({ requestId, lease: { endsAt } }: Grant): Key & { ttl: number } {
  const key = leaseKey(requestId);
  const nowhere = { requester: key.pk, requestedAt: endsAt, entitlement: key.pk, due: key.pk, dueAt: endsAt };
  return { ...key, ttl: epochSeconds(endsAt), ...nowhere };
}

/** What DynamoDB's TTL understands; milliseconds would never expire, without a word. */
export const epochSeconds = (at: Instant): number => Math.ceil(at / 1000);

/** Reads the content of an item. Throws, naming the item, when it is not what we write. */
export function decode(item: Partial<Item>): object {
  try {
    const content: unknown = JSON.parse(item.json ?? '');
    if (typeof content === 'object' && content !== null) return content;
  } catch {
    // Falls through: the parser's message would quote the content.
  }
  throw unreadableItem(item, 'it was not written by jit');
}

/** Reads a HEAD, and checks that its content is what its key and its conditions say. */
export function decodeHead(item: Partial<Item>): Head {
  const head = headFrom(decode(item), nameOf(item));
  if (headKey(head.id).pk !== item.pk || head.version !== item['version']) {
    throw unreadableItem(item, 'its content belongs to another');
  }
  return head;
}

export const decodeGrant = (item: Partial<Item>): Grant => upcastGrant(decode(item));

/** Reads an order to end access, which anybody who faces people may have written. */
export function decodeEnd({ json = '' }: Partial<Item>): Ordered {
  try {
    return readEnd(upcastEnd(JSON.parse(json)));
  } catch {
    return 'unreadable';
  }
}

function unreadableItem(item: Partial<Item>, why: string): RecordFault {
  return unreadable(idOf(item.pk ?? ''), nameOf(item), why);
}

const nameOf = ({ pk, sk }: Partial<Item>) => `${pk} / ${sk}`;

function due(id: string, at: Instant | undefined): { due: string; dueAt: Instant } | undefined {
  return at === undefined ? undefined : { due: duePartition(id), dueAt: at };
}

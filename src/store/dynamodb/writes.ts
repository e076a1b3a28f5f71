import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  PutCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { Tail } from '../../domain/record/seal.js';
import type { EngineChange, Written } from '../../ports/record.js';
import { disagreement, progressOf, SEEN_FOR, tailBefore } from '../change.js';
import { epochSeconds, eventItem, grantItem, headItem, leaseItem } from './items.js';
import { leaseKey, seenKey } from './keys.js';
import { NEW } from './table.js';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The items of one change, by name; the names say afterwards which condition failed. */
export function writesOf(
  change: EngineChange,
  commit: string,
  TableName: string,
  now: Instant,
): Record<string, Write> {
  const { head, records, seen, grant, lease } = change;
  const put = (Item: object, condition: object = { ConditionExpression: NEW }): Write => ({
    Put: { TableName, Item: { ...Item }, ...condition },
  });
  return {
    head: put(headItem(head, commit), followsOn(change)),
    ...Object.fromEntries(records.map((record) => [`event ${record.n}`, put(eventItem(record, commit))])),
    ...(seen && { seen: put({ ...seenKey(seen), commit, ttl: epochSeconds(now + SEEN_FOR) }) }),
    ...(grant && { grant: put(grantItem(grant), lease === 'put' ? undefined : unlessNewer(grant)) }),
    ...(grant && (lease === 'put' || lease === 'move') && { lease: put(leaseItem(grant), {}) }),
    ...(lease === 'remove' && { lease: { Delete: { TableName, Key: leaseKey(head.id) } } }),
  };
}

/** HEAD must be the one that was read; of a first version: absent. */
export function followsOn(change: { head: { version: number; tail: Tail }; records: unknown[] }) {
  const { version } = change.head;
  if (version === 1) return { ConditionExpression: NEW };
  return {
    ConditionExpression: '#version = :version AND #tail = :tail',
    ExpressionAttributeNames: { '#version': 'version', '#tail': 'tail' },
    ExpressionAttributeValues: { ':version': version - 1, ':tail': tailBefore(change) },
  };
}

export function unlessNewer(grant: Grant) {
  const { settledBy, mintedAt, step, ending, endsAt } = progressOf(grant);
  // A grant of an earlier version does not say whether it is ending, nor beside its text when it ends.
  const stays = '(attribute_not_exists(ending) OR ending <= :ending)';
  const lasts = '(attribute_not_exists(endsAt) OR endsAt <= :endsAt)';
  return {
    ConditionExpression: `${NEW} OR (settledBy <= :settledBy AND mintedAt <= :mintedAt AND #step <= :step AND ${stays} AND ${lasts})`,
    ExpressionAttributeNames: { '#step': 'step' },
    ExpressionAttributeValues: {
      ':settledBy': settledBy,
      ':mintedAt': mintedAt,
      ':step': step,
      ':ending': ending,
      ':endsAt': endsAt,
    },
  };
}

/** @param version HEAD's, read again: DynamoDB need not name every condition that failed, so the names alone mislead */
export function verdict(
  { id, version: next }: { id: string; version: number },
  failed: (string | undefined)[],
  version: unknown,
): Written {
  if (failed.includes('seen')) return 'seen';
  if ((version ?? 0) !== next - 1) return 'conflict';
  throw disagreement(id, `the version was right, but not the condition on ${failed.join(', ')}`);
}

/** Whose condition failed, by position in the list of writes; or that others kept writing the same items. */
type Refused = { failed: number[] } | 'contended';

const TRIES = 4;
const CONTENDED = ['TransactionConflict', 'TransactionConflictException'];
const THROTTLED = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'];

/**
 * All or nothing. A single put goes as a plain conditional PutItem, at half the price.
 * @returns undefined when written. Throws when the table is unusable.
 */
export async function transact(db: DynamoDBDocumentClient, writes: Write[]): Promise<Refused | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await send(db, writes);
      return undefined;
    } catch (error) {
      const reasons = reasonsOf(error);
      const failed = reasons.flatMap((code, i) => (code === 'ConditionalCheckFailed' ? [i] : []));
      if (failed.length > 0) return { failed };
      const passing = reasons.some((code) => CONTENDED.includes(code) || THROTTLED.includes(code));
      if (!passing || (attempt === TRIES && !reasons.some((code) => CONTENDED.includes(code)))) throw error;
      if (attempt === TRIES) return 'contended';
      await pause(Math.random() * 40 * 2 ** attempt);
    }
  }
}

async function send(db: DynamoDBDocumentClient, writes: Write[]): Promise<void> {
  const only = writes.length === 1 ? writes[0]?.Put : undefined;
  if (only) {
    await db.send(new PutCommand(only));
  } else {
    // The token makes the SDK's own tries of this call one write; a cancelled one has left nothing, so each of ours is new.
    await db.send(new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: randomUUID() }));
  }
}

function reasonsOf(error: unknown): string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  }
  if (error instanceof ConditionalCheckFailedException) return ['ConditionalCheckFailed'];
  return error instanceof Error ? [error.name] : [];
}

import type { Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { EngineChange, Written } from '../../ports/record.js';
import { disagreement, progressOf, SEEN_FOR, tailBefore } from '../change.js';
import { epochSeconds, eventItem, grantItem, headItem, leaseItem } from './items.js';
import { leaseKey, seenKey } from './keys.js';
import { NEW } from './table.js';
import type { Write } from './transact.js';

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
  const follows = {
    ConditionExpression: '#version = :version AND #tail = :tail',
    ExpressionAttributeNames: { '#version': 'version', '#tail': 'tail' },
    ExpressionAttributeValues: { ':version': head.version - 1, ':tail': tailBefore(change) },
  };
  return {
    head: put(headItem(head, commit), head.version === 1 ? undefined : follows),
    ...Object.fromEntries(records.map((record) => [`event ${record.n}`, put(eventItem(record, commit))])),
    ...(seen && { seen: put({ ...seenKey(seen), commit, ttl: epochSeconds(now + SEEN_FOR) }) }),
    ...(grant && { grant: put(grantItem(grant), lease === 'put' ? undefined : unlessNewer(grant)) }),
    ...(grant && lease === 'put' && { lease: put(leaseItem(grant), {}) }),
    ...(lease === 'remove' && { lease: { Delete: { TableName, Key: leaseKey(head.id) } } }),
  };
}

export function unlessNewer(grant: Grant) {
  const { settledBy, mintedAt, step, ending } = progressOf(grant);
  // A grant of an earlier version does not say whether it is ending.
  const stays = '(attribute_not_exists(ending) OR ending <= :ending)';
  return {
    ConditionExpression: `${NEW} OR (settledBy <= :settledBy AND mintedAt <= :mintedAt AND #step <= :step AND ${stays})`,
    ExpressionAttributeNames: { '#step': 'step' },
    ExpressionAttributeValues: {
      ':settledBy': settledBy,
      ':mintedAt': mintedAt,
      ':step': step,
      ':ending': ending,
    },
  };
}

/** @param version HEAD's, read again: DynamoDB need not name every condition that failed, so the names alone mislead */
export function verdict(change: EngineChange, failed: (string | undefined)[], version: unknown): Written {
  if (failed.includes('seen')) return 'seen';
  if ((version ?? 0) !== change.head.version - 1) return 'conflict';
  throw disagreement(change.head.id, `the version was right, but not the condition on ${failed.join(', ')}`);
}

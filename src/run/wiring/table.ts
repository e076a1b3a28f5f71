import type { Instant } from '../../domain/entitlement.js';
import type { Store } from '../../store/change.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';

/** The record alone, for a process that AWS tells of its changes: nothing is asked of the table before it is used. */
export function openTable(table: string, now: () => Instant): Store {
  return dynamodbStore({ client: dynamodbClient(), table, now });
}

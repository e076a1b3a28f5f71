import type { Instant } from '../../domain/entitlement.js';
import type { Store } from '../../store/change.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';

/** The record alone, for whoever is told of its changes by AWS: nothing is asked of the table before it is used. */
export function openTable(table: string, now: () => Instant): Store {
  return dynamodbStore({ client: dynamodbClient(), table, now });
}

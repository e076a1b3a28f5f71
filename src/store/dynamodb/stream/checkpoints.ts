import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../../domain/entitlement.js';
import { epochSeconds } from '../items.js';
import { shardKey } from '../keys.js';

/** How far one shard has been read. */
export interface Checkpoint {
  /** The last record that was handled. */
  sequence?: string;
  /** The shard is closed, and all of it was handled. */
  finished: boolean;
}

export interface Checkpoints {
  load(shard: string): Promise<Checkpoint | undefined>;
  save(shard: string, checkpoint: Checkpoint): Promise<void>;
}

/** A stream keeps its records for one day; what is older than three is of no use. */
const KEPT = 3 * 86_400_000;

export function checkpoints(client: DynamoDBClient, table: string, now: () => Instant): Checkpoints {
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async load(shard) {
      const get = new GetCommand({ TableName: table, Key: shardKey(shard), ConsistentRead: true });
      const { Item: item } = await db.send(get);
      return (
        item && {
          finished: item['finished'] === true,
          ...(item['sequence'] && { sequence: String(item['sequence']) }),
        }
      );
    },
    async save(shard, checkpoint) {
      const ttl = epochSeconds(now() + KEPT);
      await db.send(new PutCommand({ TableName: table, Item: { ...shardKey(shard), ...checkpoint, ttl } }));
    },
  };
}

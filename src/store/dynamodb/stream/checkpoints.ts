import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../../../domain/entitlement.js';
import { epochSeconds } from '../items.js';
import { shardKey } from '../keys.js';
import { tableOf } from '../table.js';

/** How far one shard has been read. */
export interface Checkpoint {
  /** The last record that was handled. */
  sequence?: string;
  /** The shard is closed, and all of it was handled. */
  finished: boolean;
}

export type Checkpoints = ReturnType<typeof checkpoints>;

/** A stream keeps its records for one day; what is older than three is of no use. */
const KEPT = 3 * 86_400_000;

export function checkpoints(client: DynamoDBClient, table: string, now: () => Instant) {
  const { get, put } = tableOf(client, table);
  return {
    async load(shard: string): Promise<Checkpoint | undefined> {
      const item = await get(shardKey(shard));
      if (!item) return undefined;
      const { finished, sequence } = item;
      return { finished: finished === true, ...(sequence && { sequence: String(sequence) }) };
    },
    async save(shard: string, checkpoint: Checkpoint): Promise<void> {
      await put({ ...shardKey(shard), ...checkpoint, ttl: epochSeconds(now() + KEPT) });
    },
  };
}

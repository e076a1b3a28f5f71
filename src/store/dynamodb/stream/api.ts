import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type DynamoDBStreamsClient,
} from '@aws-sdk/client-dynamodb-streams';
import type { Instant } from '../../../domain/entitlement.js';
import type { StreamRecord } from '../../changes.js';
import { epochSeconds } from '../items.js';
import { shardKey } from '../keys.js';
import { tableOf } from '../table.js';

export interface Shard {
  id: string;
  parent?: string;
}
export interface ReadRecord extends StreamRecord {
  sequence: string;
  /** When it was written, to the second. */
  at: Instant;
}

/** The calls of the Streams API that a reader needs. Errors keep AWS's names. */
export type StreamApi = ReturnType<typeof streamApi>;

/** Few enough to be handled side by side. */
const BATCH = 100;

export function streamApi(client: DynamoDBClient, streams: DynamoDBStreamsClient, table: string) {
  async function arn(): Promise<string> {
    // Asked each time: a stream that was turned off and on again has another name.
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    if (Table?.StreamSpecification?.StreamEnabled && Table.LatestStreamArn) return Table.LatestStreamArn;
    throw new Error(`The table "${table}" has no stream: turn it on, or set JIT_CREATE_TABLE=true.`);
  }
  let StreamArn = '';

  return {
    /** All shards that still hold records. Throws when the table has no stream. */
    async shards(): Promise<Shard[]> {
      StreamArn = await arn();
      const shards: Shard[] = [];
      let from: string | undefined;
      do {
        const page = await streams.send(
          new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId: from }),
        );
        for (const { ShardId, ParentShardId } of page.StreamDescription?.Shards ?? []) {
          if (ShardId) shards.push({ id: ShardId, ...(ParentShardId && { parent: ParentShardId }) });
        }
        from = page.StreamDescription?.LastEvaluatedShardId;
      } while (from);
      return shards;
    },

    /** Where to read on: after this record, or from the oldest. An iterator lives for 15 minutes. */
    async iterator(shard: string, after?: string): Promise<string> {
      const { ShardIterator } = await streams.send(
        new GetShardIteratorCommand({
          StreamArn,
          ShardId: shard,
          // Never LATEST: it would lose what was written between two looks.
          ...(after
            ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }
            : { ShardIteratorType: 'TRIM_HORIZON' }),
        }),
      );
      if (!ShardIterator) throw new Error(`DynamoDB gave no iterator for the shard ${shard}.`);
      return ShardIterator;
    },

    /** No `next`: the shard is closed, and read to its end. */
    async read(iterator: string): Promise<{ records: ReadRecord[]; next?: string }> {
      const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: BATCH }));
      const records = (answer.Records ?? []).map(({ eventName, dynamodb }) => ({
        eventName,
        dynamodb,
        sequence: dynamodb?.SequenceNumber ?? '',
        at: dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0,
      }));
      return { records, ...(answer.NextShardIterator && { next: answer.NextShardIterator }) };
    },
  };
}

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

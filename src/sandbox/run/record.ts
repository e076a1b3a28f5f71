import { dynamodbClient, streamsClient } from '../../store/dynamodb/client.js';
import { checkpoints, streamApi } from '../../store/dynamodb/stream/api.js';
import { createTable } from '../../store/dynamodb/create-table.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';
import { memoryStore } from '../../store/memory/store.js';
import { streamReader } from '../../store/dynamodb/stream/reader.js';
import type { Outside } from '../../run/outside.js';
import type { Head } from '../../domain/request/head.js';
import { startDynamoDbLocal } from '../dynamodb.js';

type Record = NonNullable<Outside['record']>;
type Deps = Pick<Outside, 'log' | 'now'>;

export function inMemory({ log, now }: Deps): Record {
  const store = memoryStore({ now, log });
  return { store, feed: store.changes };
}

/** AWS's own DynamoDB, on this machine. Throws where there is no Java. @returns its end, too */
export async function inDynamoDbLocal({ log, now }: Deps): Promise<Record & { stop(): Promise<void> }> {
  const { config, stop } = await startDynamoDbLocal();
  const client = dynamodbClient(config);
  const table = 'jit-sandbox';
  await createTable(client, table);
  const store = dynamodbStore({ client, table, now });
  const feed = streamReader({
    stream: streamApi(client, streamsClient(config), table),
    checkpoints: checkpoints(client, table, now),
    lock: store.lock,
    now,
    log,
  });
  return { store, feed, stop };
}

/** The same record, watched: the heads as they were last written here, and word of each write. */
export function watched(record: Record, changed: () => void): { record: Record; heads: Map<string, Head> } {
  const heads = new Map<string, Head>();
  const { store } = record;
  return {
    heads,
    record: {
      ...record,
      store: {
        ...store,
        async write(change) {
          const written = await store.write(change);
          if (written === 'written') heads.set(change.head.id, change.head);
          changed();
          return written;
        },
        async saveGrant(grant) {
          await store.saveGrant(grant);
          changed();
        },
      },
    },
  };
}

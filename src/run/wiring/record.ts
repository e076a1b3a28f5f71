import type { Config } from '../../config.js';
import { checkpoints, streamApi } from '../../store/dynamodb/stream/api.js';
import { dynamodbClient, streamsClient } from '../../store/dynamodb/client.js';
import { createTable } from '../../store/dynamodb/create-table.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';
import { memoryStore } from '../../store/memory/store.js';
import { streamReader } from '../../store/dynamodb/stream/reader.js';
import type { RecordAndFeed, LogAndClock } from '../outside.js';
import { StartFault } from './late-part.js';

/** As configured. @throws StartFault */
export async function openRecord(config: Config, { now, log }: LogAndClock): Promise<RecordAndFeed> {
  if (config.store === 'memory') {
    const store = memoryStore({ now, log });
    return { store, feed: store.changes };
  }
  const client = dynamodbClient();
  const { table } = config;
  const store = dynamodbStore({ client, table, now });
  try {
    if (config.createTable) await createTable(client, table);
    await store.ping();
  } catch (error) {
    throw new StartFault([whyUnusable(error, table)]);
  }
  const feed = streamReader({
    stream: streamApi(client, streamsClient(), table),
    checkpoints: checkpoints(client, table, now),
    lock: store.lock,
    now,
    log,
  });
  return { store, feed };
}

/** What to do about a table that cannot be used at the start. */
function whyUnusable(error: unknown, table: string): string {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  if (name === 'ResourceNotFoundException')
    return `JIT_TABLE: the table "${table}" does not exist; set JIT_CREATE_TABLE=true to create it, or name another`;
  if (message.includes('Region is missing')) return 'AWS_REGION is missing: the region of the DynamoDB table';
  if (name === 'CredentialsProviderError')
    return 'AWS credentials are missing: give this process a role, or AWS_PROFILE, or keys';
  if (name === 'AccessDeniedException')
    return `The bot may not use the table "${table}": see "Rights in AWS" in docs/server.md`;
  return `JIT_TABLE: the table "${table}" cannot be used: ${name === 'Error' ? message.slice(0, 200) : name}`;
}

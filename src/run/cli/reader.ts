import { readTableConfig } from '../../config.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';
import { CannotRead } from '../../cli/cannot-read.js';
import type { Reader } from '../../cli/audit/record.js';

/** The table that the environment names, to be read. @throws CannotRead */
export async function openReader(): Promise<Reader> {
  const config = readTableConfig();
  if ('problems' in config) throw new CannotRead(config.problems);
  // A page of a scan is a megabyte; nobody in Slack waits for it.
  const patient = { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
  try {
    const client = dynamodbClient({ requestHandler: patient });
    const store = dynamodbStore({ client, table: config.table, now: neverWrites });
    await store.ping();
    return store;
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
    throw new CannotRead([
      `The table "${config.table}" cannot be read (${why.slice(0, 300)}). Check JIT_TABLE, AWS_REGION, and that ` +
        'these credentials may dynamodb:GetItem, Query and Scan it.',
    ]);
  }
}

/** The store asks for the time only when it writes. */
function neverWrites(): never {
  throw new Error('the command line only reads');
}

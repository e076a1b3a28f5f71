/** @project outside */
import { setTimeout as pause } from 'node:timers/promises';
import { CreateTableCommand, DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import type { Store } from '../../src/store/change.js';
import { sleep, type Sleep } from '../../src/store/changes.js';
import { dynamodbClient, streamsClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { leaseKey, TABLE } from '../../src/store/dynamodb/keys.js';
import { checkpoints, streamApi } from '../../src/store/dynamodb/stream/api.js';
import { streamReader } from '../../src/store/dynamodb/stream/reader.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { grantOf, next, opened, voted } from '../support/heads.js';

const TTL_SWEEP = 45_000;
/** Real time here: DynamoDB removes by its own clock. */
const now = () => Date.now();
const briefly: Sleep = (ms, signal) => sleep(Math.min(ms, 50), signal);

async function until(true_: () => boolean, ms = 10_000): Promise<void> {
  for (const end = now() + ms; !true_(); await pause(25)) {
    if (now() > end) throw new Error(`It did not come true within ${ms} ms.`);
  }
}

describeWithDynamoDb('the stream of a real table', (local) => {
  let client: DynamoDBClient;
  let tables = 0;
  let table = '';
  let store: Store;
  const warnings: string[] = [];

  beforeEach(async () => {
    client = dynamodbClient(local().config);
    table = `jit-${++tables}`;
    await createTable(client, table, () => pause(20));
    store = dynamodbStore({ client, table, now });
  });
  afterEach(() => client.destroy());

  const api = () => streamApi(client, streamsClient(local().config), table);
  const reader = () =>
    streamReader({
      stream: api(),
      checkpoints: checkpoints(client, table, now),
      lock: (...ask) => store.lock(...ask),
      now,
      log: { warn: (_details, message) => void warnings.push(message) },
      poll: 50,
      wait: briefly,
    });

  /** Opens a request with a grant that ends at `endsAt`. */
  async function lease(id: string, endsAt: number) {
    const first = opened(id);
    await store.write(first);
    const second = next(first.head, [voted()]);
    const grant = grantOf(id, { lease: { startsAt: endsAt - 60_000, endsAt }, settledBy: endsAt - 60_000 });
    await store.write({ ...second, grant, lease: 'put' });
    return second.head;
  }

  /** All that stands in the stream, as the Streams API gives it. */
  async function everything() {
    const streams = streamsClient(local().config);
    const stream = api();
    const [shard] = await stream.shards();
    const { Records } = await streams.send(
      new GetRecordsCommand({ ShardIterator: await stream.iterator(shard!.id) }),
    );
    return Records ?? [];
  }

  test('TTL’s removal of a lease reaches the reader, marked as the service’s own', async () => {
    const feed = reader();
    const heard: string[] = [];
    await feed.start(async (id, kind) => void heard.push(`${kind} ${id}`));
    const endsAt = Math.floor(now() / 1000) * 1000;
    await lease('expires', endsAt);
    await until(() => heard.includes('lease-removed expires'), TTL_SWEEP);
    await feed.stop();
    const removal = (await everything()).find((record) => record.eventName === 'REMOVE');
    expect(removal?.dynamodb?.Keys?.['pk']?.S).toBe('LEASE#expires');
    expect(removal).toMatchObject({
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
      dynamodb: { OldImage: { ttl: { N: String(endsAt / 1000) } } },
    });
    expect(removal?.dynamodb).not.toHaveProperty('NewImage');
    expect(heard.filter((entry) => entry.startsWith('lease'))).toEqual(['lease-removed expires']);
  });

  test('a lease that somebody deletes by hand, or the engine takes away, reaches it as well', async () => {
    const feed = reader();
    const heard: string[] = [];
    await feed.start(async (id, kind) => void heard.push(`${kind} ${id}`));
    await lease('by-hand', now() + 3_600_000);
    const { pk, sk } = leaseKey('by-hand');
    await client.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }));
    const head = await lease('by-engine', now() + 3_600_000);
    await store.write({ ...next(head), lease: 'remove' });
    await until(() => heard.includes('lease-removed by-hand') && heard.includes('lease-removed by-engine'));
    await feed.stop();
  });

  test('a reader that is started anew loses nothing', async () => {
    const heard: string[] = [];
    const listen = async (id: string) => void heard.push(id);
    await store.write(opened('r1'));
    const first = reader();
    await first.start(listen);
    await until(() => heard.includes('r1'));
    await first.stop();
    await store.write(opened('r2'));
    const second = reader();
    await second.start(listen);
    await store.write(opened('r3'));
    await until(() => heard.includes('r2') && heard.includes('r3'));
    await second.stop();
    expect(heard).toEqual(['r1', 'r2', 'r3']);
  });

  test('two readers share a stream and lose nothing, though one stops in the middle', async () => {
    const heard: string[] = [];
    const listen = async (id: string) => void heard.push(id);
    const [first, second] = [reader(), reader()];
    await Promise.all([first.start(listen), second.start(listen)]);
    const ids = Array.from({ length: 30 }, (_, n) => `r${n}`);
    for (const id of ids.slice(0, 15)) await store.write(opened(id));
    await until(() => heard.length >= 10);
    const stopping = first.stop();
    for (const id of ids.slice(15)) await store.write(opened(id));
    await stopping;
    await until(() => ids.every((id) => heard.includes(id)));
    await second.stop();
  });

  test('an idle reader leaves the table in peace', async () => {
    const feed = reader();
    const heard: string[] = [];
    await feed.start(async (id) => void heard.push(id));
    await store.write(opened('r1'));
    await until(() => heard.length === 1);
    await pause(300);
    const before = (await everything()).length;
    await pause(700);
    expect(await everything()).toHaveLength(before);
    await feed.stop();
  });

  test('its lag is small, and nothing was wrong', async () => {
    const feed = reader();
    await feed.start(async () => undefined);
    await until(() => (feed.status().lagMs ?? Infinity) < 1_000);
    expect(feed.status().problem).toBeUndefined();
    await feed.stop();
    expect(warnings).toEqual([]);
  });

  test('a table without a stream is refused with a sentence', async () => {
    const { KeySchema, BillingMode } = TABLE;
    const AttributeDefinitions = TABLE.AttributeDefinitions.slice(0, 2);
    const TableName = `${table}-bare`;
    await client.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }));
    const stream = streamApi(client, streamsClient(local().config), TableName);
    await expect(stream.shards()).rejects.toThrow(`The table "${TableName}" has no stream: turn it on`);
  });
});

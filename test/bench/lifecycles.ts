import {
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  type PutItemCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import type { Store } from '../../src/store/change.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { javaAvailable, startDynamoDbLocal } from '../support/dynamodb-local.js';
import { callsByStep, counted } from './calls.js';
import { sideBySide } from './load.js';
import { company, time, type Time } from './one-lifecycle.js';
import type { Measure, Row } from './row.js';

const AT_ONCE = 16;

/** From the ask to the closed record, with the default policies, and people, AWS and Slack that answer at once. */
export const lifecycles: Measure = {
  name: 'lifecycles',
  async run(size) {
    const [rounds, count] = { quick: [1, 20], usual: [5, 40], full: [50, 40] }[size] as [number, number];
    const clock = time();
    const inMemory = await many(memoryStore({ now: clock.now }), clock);
    await inMemory.spend(count);
    const memory = (count * 10_000) / (await inMemory.spend(count * 10));
    const rows: Row[] = [
      {
        name: 'lifecycles-memory',
        what: `${count * 10} lifecycles in memory, ${AT_ONCE} side by side`,
        values: { rate: memory },
        unit: '1/s',
      },
    ];
    if (!javaAvailable()) return rows;
    const local = await startDynamoDbLocal();
    try {
      const config = { ...local.config, maxAttempts: 3 };
      const client = dynamodbClient(config);
      for (const name of ['warm', 'jit', 'bare']) await createTable(client, name);
      const store = (table: string, through = client) =>
        dynamodbStore({ client: through, table, now: clock.now });
      await (await many(store('warm'), clock)).spend(count);

      const watched = dynamodbClient(config);
      const taken = record(watched);
      const measured = await many(store('jit', watched), clock);
      const spent = { ours: 0, bare: 0 };
      // In turns, so that whatever else the machine does meets both.
      for (let round = 0; round < rounds; round++) {
        spent.ours += await measured.spend(count);
        spent.bare += await replay(client, taken(), 'bare');
      }
      const ours = (rounds * count * 1000) / spent.ours;
      const bare = (rounds * count * 1000) / spent.bare;
      const ratio = ours / bare;
      rows.push(
        {
          name: 'lifecycles-dynamodb',
          what: `${rounds * count} lifecycles in DynamoDB Local; bare: their writes alone`,
          values: { ours, bare },
          unit: '1/s',
        },
        {
          name: 'lifecycles-ratio',
          what: 'lifecycles to the bound of their bare writes',
          values: { ratio },
          unit: '×',
          aim: '> 0.5',
          met: ratio > 0.5,
        },
        ...(await callsOfOne(dynamodbClient(config))),
      );
    } finally {
      await local.stop();
    }
    return rows;
  },
};

/** So many lifecycles, side by side. */
async function many(store: Store, clock: Time) {
  const { begin, passTime, end, check } = await company(store, clock);
  return {
    /** @returns how long so many lifecycles took, in ms */
    async spend(count: number): Promise<number> {
      const begun = performance.now();
      const ids: string[] = [];
      await sideBySide(AT_ONCE, Array.from({ length: count }), async () => void ids.push(await begin()));
      passTime();
      await sideBySide(AT_ONCE, ids, (id) => end(id));
      const spent = performance.now() - begun;
      for (const id of ids) await check(id);
      return spent;
    },
  };
}

/** Each call of one lifecycle, by what it is for. */
async function callsOfOne(client: DynamoDBClient): Promise<Row[]> {
  await createTable(client, 'one');
  const steps = await callsByStep(client, 'one');
  const all = [...steps.values()].flat();
  return [
    {
      name: 'lifecycles-calls',
      what: 'calls of DynamoDB for one lifecycle',
      values: counted(all),
      unit: 'calls',
    },
    ...[...steps].map(([step, calls]) => ({
      name: `calls-${step.replaceAll(' ', '-')}`,
      what: calls.map(({ what }) => what).join(' | '),
      values: counted(calls),
      unit: 'calls',
    })),
  ];
}

type Sent = { transaction: TransactWriteItemsCommandInput } | { put: PutItemCommandInput };

/**
 * Keeps each write as it went over the wire, by request.
 * @returns gives the writes since it was called last
 */
function record(client: DynamoDBClient): () => Sent[][] {
  const writes = new Map<string, Sent[]>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body: raw } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const operation = headers['x-amz-target']?.split('.')[1];
      if (operation === 'TransactWriteItems' || operation === 'PutItem') {
        const body = new TextDecoder().decode(raw);
        const id = /REQUEST#([0-9A-Z]{26})/.exec(body)?.[1] ?? '';
        const input: unknown = JSON.parse(body);
        const sent: Sent =
          operation === 'PutItem'
            ? { put: input as PutItemCommandInput }
            : { transaction: input as TransactWriteItemsCommandInput };
        writes.set(id, [...(writes.get(id) ?? []), sent]);
      }
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'recordWrites' },
  );
  return () => {
    const all = [...writes.values()];
    writes.clear();
    return all;
  };
}

/** The same writes into another table, with nothing between them. @returns how long they took, in ms */
async function replay(client: DynamoDBClient, requests: Sent[][], TableName: string): Promise<number> {
  const begun = performance.now();
  await sideBySide(AT_ONCE, requests, async (sent) => {
    for (const one of sent) {
      if ('put' in one) await client.send(new PutItemCommand({ ...one.put, TableName }));
      else {
        const TransactItems = one.transaction.TransactItems?.map(({ Put, Delete }) => ({
          ...(Put && { Put: { ...Put, TableName } }),
          ...(Delete && { Delete: { ...Delete, TableName } }),
        }));
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
      }
    }
  });
  return performance.now() - begun;
}

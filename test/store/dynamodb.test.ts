/** @project outside */
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Head } from '../../src/domain/request/head.js';
import type { Pending } from '../../src/domain/request/state.js';
import type { Store } from '../../src/store/change.js';
import { dynamodbClient, streamsClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import {
  duePartition,
  endKey,
  grantKey,
  headKey,
  leaseKey,
  seenKey,
  TABLE,
} from '../../src/store/dynamodb/keys.js';
import { streamApi } from '../../src/store/dynamodb/stream/api.js';
import { storeContract } from '../contracts/store.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { grantOf, HOUR, next, opened, signature, TEN, voted } from '../support/heads.js';
import { slackAccount } from '../support/accounts.js';

const quickly = () => new Promise((resolve) => setTimeout(resolve, 20));

/** So far away that DynamoDB's own clock takes nothing from under the tests. */
const FAR = Date.UTC(2100, 0);

describeWithDynamoDb('the store in DynamoDB', (local) => {
  const clock = { now: FAR };
  let client: DynamoDBClient;
  let store: Store;

  beforeAll(async () => {
    client = dynamodbClient(local().config);
    await createTable(client, 'jit', quickly);
    store = dynamodbStore({ client, table: 'jit', now: () => clock.now });
  });
  afterAll(() => client.destroy());

  storeContract(() => store, clock);

  const raw = async (Key: Record<string, string>) => {
    const db = DynamoDBDocumentClient.from(client);
    return (await db.send(new GetCommand({ TableName: 'jit', Key, ConsistentRead: true }))).Item;
  };

  describe('items', () => {
    test('invariant 15: what the version before wrote is its requester’s, and not of who has the e-mail by now', async () => {
      const requester = { email: 'older@corp.example', account: slackAccount('U0OLDER') };
      const heir = { ...requester, account: { ...requester.account, id: 'U0NEWER' } };
      const { head, records } = opened('older-item', { requester, dueAt: FAR });
      await store.write({ head, records });
      const db = DynamoDBDocumentClient.from(client);
      await db.send(
        new UpdateCommand({
          TableName: 'jit',
          Key: headKey(head.id),
          UpdateExpression: 'SET requester = :email',
          ExpressionAttributeValues: { ':email': requester.email },
        }),
      );
      // What the heir asks for is newer, and fills the page that the e-mail gives.
      const theirs = Array.from({ length: 3 }, (_, n) => `heir-${n}`);
      for (const [n, id] of theirs.entries())
        await store.write(opened(id, { requester: heir, requestedAt: TEN + HOUR + n }));
      const ids = (heads: { id: string }[]) => heads.map(({ id }) => id).sort();
      const lists = async () => [
        ids(await store.byRequester(requester, 2)),
        ids(await store.openByRequester(requester)),
        ids(await store.listedByRequester(requester, 2)),
        ids(await store.byRequester(heir, 9)),
        ids(await store.listedByRequester(heir, 9)),
      ];
      const its = [head.id];
      expect(await lists()).toEqual([its, its, its, theirs, theirs]);
      await store.write(next(head, [], { dueAt: FAR }));
      expect((await raw({ ...headKey(head.id) }))?.['requester']).toBe('T0CORP/U0OLDER');
      expect(await lists()).toEqual([its, its, its, theirs, theirs]);
    });

    test('every request stands in the index of its entitlement, by the time it was asked, with a lease or without', async () => {
      const entitlement = { ...opened('any').head.state.entitlement, id: 'asked-for-often' };
      const asked = ['second', 'first', 'third'].map((id) => {
        const requestedAt = TEN + ['first', 'second', 'third'].indexOf(id) * HOUR;
        return opened(id, { entitlement, requestedAt });
      });
      for (const { head, records } of asked) await store.write({ head, records });
      const [, first] = asked;
      const { votes: _, chain: __, ...state } = first!.head.state as Pending;
      const lease = { startsAt: TEN, endsAt: TEN + HOUR };
      const active = { ...state, status: 'active', lease, receipt: {} } as unknown as Head['state'];
      await store.write(next(first!.head, [], { state: active }));
      const { Items = [] } = await DynamoDBDocumentClient.from(client).send(
        new QueryCommand({
          TableName: 'jit',
          IndexName: 'by-entitlement-time',
          KeyConditionExpression: 'entitlement = :id',
          ExpressionAttributeValues: { ':id': entitlement.id },
        }),
      );
      expect(Items.map(({ pk }): unknown => pk)).toEqual([
        'REQUEST#first',
        'REQUEST#second',
        'REQUEST#third',
      ]);
      expect(await raw({ ...headKey('first') })).not.toHaveProperty('endsAt');
    });

    test('the lease is a timer in whole epoch seconds, as TTL needs it, and in nobody’s way', async () => {
      const { head, records } = opened('lease-item');
      await store.write({ head, records });
      const second = next(head);
      const grant = grantOf(head.id, { lease: { startsAt: FAR, endsAt: FAR + HOUR } });
      await store.write({ ...second, grant, lease: 'put' });
      expect(await raw({ ...leaseKey(head.id) })).toMatchObject({ ttl: (FAR + HOUR) / 1000 });
      expect(await store.due(FAR + HOUR, 1000)).toContain(head.id);
      expect((await store.byRequester(head.state.requester, 1000)).map(({ id }) => id)).toContain(head.id);
      await store.write({ ...next(second.head), lease: 'remove' });
      expect(await raw({ ...leaseKey(head.id) })).toBeUndefined();
    });

    test('invariant 14: what was seen is kept for fifteen minutes from now', async () => {
      const seen = signature('ttl');
      await store.write({ ...opened('seen-item'), seen });
      expect(await raw({ ...seenKey(seen) })).toMatchObject({ ttl: clock.now / 1000 + 15 * 60 });
    });

    test('invariant 12: head, records and grant are never forgotten by themselves', async () => {
      const { head, records } = opened('kept');
      await store.write({ head, records });
      await store.write({ ...next(head), grant: grantOf(head.id), lease: 'put' });
      expect(await raw({ ...headKey(head.id) })).not.toHaveProperty('ttl');
      expect(await raw({ pk: 'REQUEST#kept', sk: 'EVENT#00000001' })).not.toHaveProperty('ttl');
      expect(await raw({ ...grantKey(head.id) })).not.toHaveProperty('ttl');
    });

    test('requests that are due are spread over sixteen partitions', () => {
      const partitions = new Set(Array.from({ length: 500 }, (_, n) => duePartition(`request ${n}`)));
      expect(partitions.size).toBe(16);
    });

    test('invariant 4: an item that we did not write is refused by its key, without its content', async () => {
      const db = DynamoDBDocumentClient.from(client);
      await db.send(new PutCommand({ TableName: 'jit', Item: { ...headKey('odd'), json: '{"secret":' } }));
      await expect(store.head('odd')).rejects.toThrow('The item REQUEST#odd / HEAD cannot be read');
      await expect(store.head('odd')).rejects.not.toThrow('secret');
      await db.send(new PutCommand({ TableName: 'jit', Item: { ...grantKey('odd') } }));
      await expect(store.grant('odd')).rejects.toThrow('The item GRANT#odd / GRANT cannot be read');
    });

    test('invariant 4: a head whose content belongs to another request, or another version, is refused', async () => {
      const { head, records } = opened('swapped');
      await store.write({ head, records });
      const item = await raw({ ...headKey('swapped') });
      const db = DynamoDBDocumentClient.from(client);
      await db.send(new PutCommand({ TableName: 'jit', Item: { ...item, ...headKey('victim') } }));
      await expect(store.head('victim')).rejects.toThrow('belongs to another');
      await db.send(new PutCommand({ TableName: 'jit', Item: { ...item, version: 7 } }));
      await expect(store.head('swapped')).rejects.toThrow('belongs to another');
    });
  });

  describe('answers that are lost', () => {
    /** A store whose next write lands, is heard of by nobody, and is sent again after `meanwhile`. */
    function forgetful(meanwhile: () => Promise<unknown>) {
      const own = dynamodbClient(local().config);
      let sends = 0;
      let refused = 0;
      own.middlewareStack.add(
        (send, { commandName }) =>
          async (args) => {
            if (!/TransactWrite|PutItem|PutCommand/.test(commandName ?? '') || sends++ > 0) return send(args);
            const again = structuredClone(args.input) as { ClientRequestToken?: string };
            await send(args);
            await meanwhile();
            // The token that would make both one is good for ten minutes only.
            if (again.ClientRequestToken) again.ClientRequestToken = 'forgotten-by-now';
            return send({ ...args, input: again }).catch((error: unknown) => {
              refused++;
              throw error;
            });
          },
        { step: 'initialize', priority: 'low' },
      );
      const lossy = dynamodbStore({ client: own, table: 'jit', now: () => clock.now });
      return { lossy, refused: () => refused };
    }

    test('invariant 5: a write that landed unheard is known as our own', async () => {
      const { head, records } = opened('lost-1');
      await store.write({ head, records });
      const { lossy, refused } = forgetful(async () => undefined);
      expect(await lossy.write(next(head, [voted()]))).toBe('written');
      expect(refused()).toBe(1);
      expect(await store.records(head.id)).toHaveLength(2);
    });

    test('invariant 5: also when another has moved the request on since', async () => {
      const { head, records } = opened('lost-2');
      await store.write({ head, records });
      const ours = next(head, [voted()]);
      const { lossy, refused } = forgetful(() => store.write(next(ours.head, [voted()])));
      expect(await lossy.write(ours)).toBe('written');
      expect((await store.head(head.id))?.version).toBe(3);
      expect(refused()).toBe(1);
    });

    test('invariant 14: our own signed request is not taken for a repetition of itself', async () => {
      const { lossy, refused } = forgetful(async () => undefined);
      expect(await lossy.write({ ...opened('lost-3'), seen: signature('lost-3') })).toBe('written');
      expect(refused()).toBe(1);
    });

    test('invariant 14: not without records either', async () => {
      const { head, records } = opened('lost-4');
      await store.write({ head, records });
      const ours = next(head);
      const { lossy, refused } = forgetful(() => store.write(next(ours.head)));
      expect(await lossy.write({ ...ours, seen: signature('lost-4') })).toBe('written');
      expect(refused()).toBe(1);
    });

    test('invariant 2: an approval that landed unheard is no disagreement', async () => {
      const { head, records } = opened('lost-5');
      await store.write({ head, records });
      const { lossy, refused } = forgetful(async () => undefined);
      const approval = { ...next(head, [voted()]), grant: grantOf(head.id), lease: 'put' as const };
      expect(await lossy.write(approval)).toBe('written');
      expect(refused()).toBe(1);
    });

    test('a plain write that landed unheard is known as our own', async () => {
      const { head, records } = opened('lost-6');
      await store.write({ head, records });
      const { lossy, refused } = forgetful(async () => undefined);
      expect(await lossy.write(next(head))).toBe('written');
      expect((await store.head(head.id))?.version).toBe(2);
      expect(refused()).toBe(1);
    });

    test('somebody else’s write is not taken for ours', async () => {
      const { head, records } = opened('lost-7');
      await store.write({ head, records });
      await store.write(next(head, [voted()]));
      const { lossy } = forgetful(async () => undefined);
      await expect(lossy.write(next(head, [voted()]))).resolves.toBe('conflict');
    });

    test('the SDK’s own second try, after a broken connection, is the same write', async () => {
      const { head, records } = opened('lost-8');
      await store.write({ head, records });
      const own = dynamodbClient(local().config);
      let broken = 0;
      own.middlewareStack.add(
        (send, { commandName }) =>
          async (args) => {
            const answer = await send(args);
            if (!/TransactWrite/.test(commandName ?? '') || broken++ > 0) return answer;
            throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
          },
        { step: 'finalizeRequest', priority: 'low' },
      );
      const lossy = dynamodbStore({ client: own, table: 'jit', now: () => clock.now });
      expect(await lossy.write({ ...next(head, [voted()]), seen: signature('lost-8') })).toBe('written');
      expect(broken).toBeGreaterThan(1);
      expect(await store.records(head.id)).toHaveLength(2);
    });
  });

  test('invariant 2: a HEAD that somebody set back cannot hide its grant or make a second one', async () => {
    const { head, records } = opened('set-back');
    await store.write({ head, records });
    const before = await raw({ ...headKey(head.id) });
    await store.write({ ...next(head), grant: grantOf(head.id), lease: 'put' });
    await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: 'jit', Item: before }));
    await expect(store.write({ ...next(head), grant: grantOf(head.id), lease: 'put' })).rejects.toThrow(
      'The items of request set-back disagree: the version was right, but not the condition on grant.',
    );
    expect(await store.due(TEN + HOUR, 1000)).toContain(head.id);
  });

  describe('an order to end that somebody who may write there has written over', () => {
    const put = (Item: object) =>
      DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: 'jit', Item: { ...Item } }));
    const operator = { operator: 'arn:aws:iam::777788889999:user/kim' };

    test.each([
      ['with text that is no JSON', { json: '{"at":' }],
      ['with nothing in it', {}],
      ['with another type of content', { json: 7 }],
    ])('invariant 2: stands, %s', async (how, content) => {
      const id = `over-${how}`;
      await store.putEnd(id, { at: FAR, by: operator });
      await put({ ...endKey(id), ...content });
      expect(await store.end(id)).toBe('unreadable');
      await store.settleEnd(id);
      expect(await store.end(id)).toBe('unreadable');
    });

    test('invariant 2: loses, once it is settled, the expiry by which DynamoDB would take it away', async () => {
      await store.putEnd('expiring', { at: FAR, by: operator });
      await put({ ...endKey('expiring'), json: '{}', ttl: 1, due: duePartition('expiring'), dueAt: 1 });
      await store.settleEnd('expiring');
      expect(await raw({ ...endKey('expiring') })).toEqual({ ...endKey('expiring'), json: '{}' });
    });
  });

  test('a grant that an earlier version wrote, which does not say whether it is ending, goes on', async () => {
    const grant = grantOf('of-old');
    await store.saveGrant(grant);
    await DynamoDBDocumentClient.from(client).send(
      new UpdateCommand({
        TableName: 'jit',
        Key: { ...grantKey('of-old') },
        UpdateExpression: 'REMOVE ending',
      }),
    );
    await store.saveGrant({ ...grant, settledBy: grant.settledBy + 1 });
    await store.saveGrant({
      ...grant,
      settledBy: grant.settledBy + 1,
      ending: { at: 1, by: 'jit', cause: 'failed' },
    });
    await expect(store.saveGrant({ ...grant, settledBy: grant.settledBy + 2 })).rejects.toThrow('newer');
  });

  test('a write that always meets others under way is a conflict in the end', async () => {
    const own = dynamodbClient(local().config);
    let tries = 0;
    own.middlewareStack.add(
      (_send, { commandName }) =>
        async (args) => {
          if (!/TransactWrite/.test(commandName ?? '')) return _send(args);
          tries++;
          const { TransactionCanceledException } = await import('@aws-sdk/client-dynamodb');
          const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }];
          throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons });
        },
      { step: 'initialize', priority: 'low' },
    );
    const crowded = dynamodbStore({ client: own, table: 'jit', now: () => clock.now });
    expect(await crowded.write(opened('crowded'))).toBe('conflict');
    expect(tries).toBe(4);
  });

  describe('the table', () => {
    const described = async (name: string) =>
      (await client.send(new DescribeTableCommand({ TableName: name }))).Table;

    test('it has the keys, the indexes, the stream and the TTL of its definition', async () => {
      const table = await described('jit');
      expect(table?.KeySchema).toEqual(TABLE.KeySchema);
      expect(table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual([
        'by-due',
        'by-entitlement-time',
        'by-requester',
      ]);
      expect(table?.StreamSpecification).toEqual({
        StreamEnabled: true,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      });
      expect(table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
      const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'jit' }));
      expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
    });

    test('two processes may make it at once, and a third again later', async () => {
      await Promise.all([createTable(client, 'twice', quickly), createTable(client, 'twice', quickly)]);
      await createTable(client, 'twice', quickly);
      expect((await described('twice'))?.TableStatus).toBe('ACTIVE');
    });

    test('what is missing is added to a table that is there', async () => {
      const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb');
      const AttributeDefinitions = TABLE.AttributeDefinitions.slice(0, 2);
      const { KeySchema, BillingMode } = TABLE;
      await client.send(
        new CreateTableCommand({ TableName: 'bare', AttributeDefinitions, KeySchema, BillingMode }),
      );
      await createTable(client, 'bare', quickly);
      // DynamoDB Local 2.6.1 answers writes with InternalFailure while it makes an index.
      let table = await described('bare');
      while (table?.GlobalSecondaryIndexes?.some(({ IndexStatus }) => IndexStatus !== 'ACTIVE')) {
        await quickly();
        table = await described('bare');
      }
      expect(table?.GlobalSecondaryIndexes).toHaveLength(3);
      expect(table?.StreamSpecification?.StreamEnabled).toBe(true);
      const bare = dynamodbStore({ client, table: 'bare', now: () => TEN });
      await bare.write(opened('on-bare', { dueAt: TEN }));
      expect(await bare.due(TEN, 10)).toEqual(['on-bare']);
    });

    test('the table of version 0.1 gets the index that it lacks, and keeps the one that it need not have', async () => {
      const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb');
      const { KeySchema, BillingMode, AttributeDefinitions, GlobalSecondaryIndexes } = TABLE;
      const former = {
        IndexName: 'by-entitlement',
        KeySchema: [
          { AttributeName: 'entitlement', KeyType: 'HASH' as const },
          { AttributeName: 'endsAt', KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      };
      await client.send(
        new CreateTableCommand({
          TableName: 'installed',
          KeySchema,
          BillingMode,
          AttributeDefinitions: [...AttributeDefinitions, { AttributeName: 'endsAt', AttributeType: 'N' }],
          GlobalSecondaryIndexes: [
            ...GlobalSecondaryIndexes.filter(({ IndexName }) => IndexName !== 'by-entitlement-time'),
            former,
          ],
        }),
      );
      await createTable(client, 'installed', quickly);
      const names = (await described('installed'))?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName);
      expect(names?.sort()).toEqual(['by-due', 'by-entitlement', 'by-entitlement-time', 'by-requester']);
    });

    test('a table that is not ours is left alone', async () => {
      const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb');
      await client.send(
        new CreateTableCommand({
          TableName: 'foreign',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      await expect(createTable(client, 'foreign', quickly)).rejects.toThrow('not one of ours');
    });

    test('a ping tells a table that can be used from one that cannot', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
      const absent = dynamodbStore({ client, table: 'absent', now: () => TEN });
      await expect(absent.ping()).rejects.toThrow('the table "absent" in eu-west-1 does not exist');
    });

    test('a head of which nothing is due has no place in the index of what is', async () => {
      const { head, records } = opened('sparse', { dueAt: TEN });
      await store.write({ head, records });
      await store.write(next(head));
      expect(await raw({ ...headKey('sparse') })).not.toHaveProperty('due');
    });

    test('an attribute that somebody adds to a HEAD does it no harm', async () => {
      const { head, records } = opened('touched');
      await store.write({ head, records });
      await DynamoDBDocumentClient.from(client).send(
        new UpdateCommand({
          TableName: 'jit',
          Key: { ...headKey('touched') },
          UpdateExpression: 'SET note = :note',
          ExpressionAttributeValues: { ':note': 'by hand' },
        }),
      );
      expect(await store.head('touched')).toEqual(head);
    });
  });

  test('region, credentials and both endpoints come from the SDK’s own environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: local().endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local().endpoint,
    });
    try {
      const own = dynamodbClient();
      await expect(
        dynamodbStore({ client: own, table: 'jit', now: () => TEN }).ping(),
      ).resolves.toBeUndefined();
      await expect(streamApi(own, streamsClient(), 'jit').shards()).resolves.not.toHaveLength(0);
    } finally {
      process.env = before;
    }
  });
});

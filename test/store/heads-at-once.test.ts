import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { headItem } from '../../src/store/dynamodb/items.js';
import { opened } from '../support/heads.js';

interface Call {
  Key?: { pk: { S: string } };
  TransactItems?: { Get: { Key: { pk: { S: string } } } }[];
}

/**
 * A store on a table that answers by hand.
 * @param refuse DynamoDB's error for a call about so many, if it refuses it
 */
function storeOn(ids: string[], refuse: (of: string[]) => string | undefined = () => undefined) {
  const items = new Map(ids.map((id) => [`REQUEST#${id}`, headItem(opened(id).head, 'c')]));
  const calls: string[][] = [];
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
  });
  client.middlewareStack.add(
    () => async (args) => {
      const { Key, TransactItems } = args.input as Call;
      const keys = TransactItems ? TransactItems.map(({ Get }) => Get.Key.pk.S) : [Key!.pk.S];
      calls.push(keys);
      const name = refuse(keys);
      if (name !== undefined) throw Object.assign(new Error(name), { name });
      const found = keys.map((pk) => ({ Item: items.get(pk) }));
      const output = TransactItems ? { Responses: found } : found[0]!;
      return { response: {}, output: { $metadata: {}, ...output } };
    },
    // What the document client makes of an item comes before this.
    { step: 'serialize', name: 'table', priority: 'low' },
  );
  const store = dynamodbStore({ client, table: 'jit', now: () => 0 });
  const read = (these: string[]) => Promise.all(these.map(async (id) => (await store.head(id))?.id));
  return { read, store, items, calls };
}

const some = (count: number) => Array.from({ length: count }, (_, n) => `R${n}`);

describe('heads that are asked for at the same moment', () => {
  test('come by one call, a hundred in each; one alone by a call of its own', async () => {
    const ids = some(150);
    const { read, calls } = storeOn(ids);
    expect(await read(ids)).toEqual(ids);
    expect(await read(['R7'])).toEqual(['R7']);
    expect(calls.map(({ length }) => length)).toEqual([100, 50, 1]);
  });

  test.each(['TransactionCanceledException', 'ValidationException'])(
    'come one by one where the call is refused with %s: one is being written, or they are too large',
    async (name) => {
      const ids = some(3);
      const { read, calls } = storeOn(ids, (of) => (of.length > 1 ? name : undefined));
      expect(await read([...ids, 'absent'])).toEqual([...ids, undefined]);
      expect(calls.map(({ length }) => length)).toEqual([4, 1, 1, 1, 1]);
    },
  );

  test('all fail with a table that cannot be used, and what is asked for later is asked anew', async () => {
    let broken = true;
    const { store, read } = storeOn(some(2), () => (broken ? 'ResourceNotFoundException' : undefined));
    const answers = await Promise.allSettled(some(2).map((id) => store.head(id)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await read(some(2))).toEqual(some(2));
  });

  test('invariant 16: one that is not what jit writes spoils no other', async () => {
    const { store, items, calls } = storeOn(some(2));
    items.set('REQUEST#R0', { ...items.get('REQUEST#R0')!, json: 'spoilt' });
    const [one, two] = await Promise.allSettled(some(2).map((id) => store.head(id)));
    expect([one!.status, two!.status]).toEqual(['rejected', 'fulfilled']);
    expect(calls).toHaveLength(1);
  });
});

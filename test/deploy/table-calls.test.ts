/** @project outside */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EngineStore } from '../../src/ports/record.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { ana, grantOf, next, opened, TEN, voted } from '../support/heads.js';
import { deployedAccount, onItems, TABLE, type Deed } from '../support/deploy/account.js';
import { corp } from '../support/people.js';

// The other half of the rights: what the program asks of the table, its roles give. Neither DynamoDB Local nor the
// double of IAM would miss a right of the table's.

let account: Awaited<ReturnType<typeof deployedAccount>>;
beforeAll(async () => {
  account = await deployedAccount();
});
afterAll(async () => {
  await account.cloud.close();
});

interface Call {
  Key?: { pk: { S: string } };
  Item?: { pk: { S: string } };
  IndexName?: string;
  ExpressionAttributeValues?: Record<string, { S: string }>;
  TransactItems?: { Put?: Call; Delete?: Call }[];
}

/** What this use of the store asks of AWS, as IAM sees it: each item of a transaction by itself. */
async function deedsOf(use: (store: EngineStore) => Promise<unknown>): Promise<Deed[]> {
  const deeds: Deed[] = [];
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials });
  client.middlewareStack.add(
    () => async (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const action = headers['x-amz-target']?.split('.')[1] ?? '';
      deeds.push(...deedsIn(action, JSON.parse(new TextDecoder().decode(body)) as Call));
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'build' },
  );
  await use(dynamodbStore({ client, table: 'jit-prod', now: () => TEN }));
  expect(deeds).not.toEqual([]);
  return deeds;
}

function deedsIn(action: string, call: Call): Deed[] {
  if (call.TransactItems) {
    return call.TransactItems.flatMap(({ Put, Delete }) =>
      deedsIn(Put ? 'PutItem' : 'DeleteItem', Put ?? Delete ?? {}),
    );
  }
  const values = Object.values(call.ExpressionAttributeValues ?? {});
  const deed = onItems(action, call.Key?.pk.S ?? call.Item?.pk.S ?? values[0]?.S ?? '');
  return [call.IndexName === undefined ? deed : { ...deed, resource: `${TABLE}/index/${call.IndexName}` }];
}

const first = opened('01JIT0000000000000000000A1', { dueAt: TEN });
const grant = grantOf(first.head.id);
type Use = (store: EngineStore) => Promise<unknown>;

const PEOPLE: [string, Use][] = [
  ['a request is read', (store) => store.head('01')],
  ['its history is read', (store) => store.records('01')],
  ['somebody’s requests are listed', (store) => store.byRequester(corp('ana@corp.example'), 20)],
  ['who is in which group is read', (store) => store.note('directory')],
  ['a request is made', (store) => store.write({ ...first, seen: 'ab' })],
  ['an end is ordered', (store) => store.putEnd('01', { at: TEN, by: ana })],
  ['a signed request that was refused is marked', (store) => store.remember('ef')],
  ['a vote is put down', (store) => store.write({ ...next(first.head, [voted()]), seen: 'cd' })],
];
const ENGINE: [string, Use][] = [
  ['a request is read', (store) => store.head('01')],
  ['a grant is read', (store) => store.grant('01')],
  ['who is in which group is read', (store) => store.note('directory')],
  ['who is in which group is kept', (store) => store.saveNote('directory', {})],
  ['work is claimed', (store) => store.write(next(first.head, []))],
  [
    'an approval is written with grant and lease',
    (store) => store.write({ ...next(first.head, [voted()]), grant, lease: 'put' }),
  ],
  [
    'an end is written, and the lease removed',
    (store) => store.write({ ...next(first.head, [voted()]), grant, lease: 'remove' }),
  ],
  ['an order to end is read', (store) => store.end('01')],
  ['an order to end is settled', (store) => store.settleEnd('01')],
  ['a grant is saved by itself', (store) => store.saveGrant(grant)],
];
const DUE: [string, Use] = ['what is due is looked for', (store) => store.due(TEN, 10)];

describe.each([
  ['slack', PEOPLE],
  ['stream', ENGINE],
  ['sweep', [...ENGINE, DUE]],
] as const)('the role of %s is enough when', (name, uses) => {
  test.each(uses)('%s', async (_, use) => {
    const refused = (await deedsOf(use)).filter((deed) => !account.may(name, deed));
    expect(refused).toEqual([]);
  });
});

describe('and the same calls are refused to whom they are no business of', () => {
  test('invariant 13: the front may read or write no grant and no lease, however its code asks', async () => {
    const [[, read], [, approve], [, save]] = [ENGINE[1]!, ENGINE[5]!, ENGINE.at(-1)!];
    for (const use of [read, approve, save]) {
      const refused = (await deedsOf(use)).filter((deed) => !account.may('slack', deed));
      expect(refused.map(({ context }) => String(context?.['dynamodb:LeadingKeys']).split('#')[0])).toContain(
        'GRANT',
      );
    }
  });

  test('nobody of them may read the whole table', async () => {
    const [scan] = await deedsOf((store) => store.ids());
    expect((['slack', 'stream', 'sweep'] as const).filter((name) => account.may(name, scan!))).toEqual([]);
  });
});

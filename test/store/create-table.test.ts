import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { TABLE } from '../../src/store/dynamodb/keys.js';

const LATER = 'by-entitlement-time';

/** A table as AWS describes it, and what is asked to be changed of it. */
function tableOf(found: Partial<TableDescription>, refusal?: string) {
  const { KeySchema, AttributeDefinitions } = TABLE;
  const changes: Record<string, unknown>[] = [];
  const Table: TableDescription = {
    TableName: 'jit',
    TableStatus: 'ACTIVE',
    KeySchema,
    AttributeDefinitions,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ...found,
  };
  const answers: Record<string, (input: Record<string, unknown>) => object> = {
    DescribeTableCommand: () => ({ Table }),
    DescribeTimeToLiveCommand: () => ({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    }),
    UpdateTableCommand(input) {
      changes.push(input);
      if (refusal !== undefined) throw Object.assign(new Error(refusal), { name: refusal });
      return {};
    },
  };
  const client = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
      answers[command.constructor.name]!(command.input),
  } as unknown as DynamoDBClient;
  const waits: number[] = [];
  const make = () =>
    createTable(client, 'jit', async (ms) => {
      waits.push(ms);
      if (waits.length > 5) throw new Error('it waits and waits');
    });
  return { make, changes, waits };
}

const index = (IndexName: string, IndexStatus: 'ACTIVE' | 'CREATING' | 'DELETING' = 'ACTIVE') => ({
  IndexName,
  IndexStatus,
});
const ASKED = [index('by-requester'), index('by-due')];

describe('invariant 16: making a table ready waits for no index that nobody asks', () => {
  test.each([
    ['it is missing', {}, [LATER]],
    ['it is being filled', { TableStatus: 'UPDATING' as const, more: [index(LATER, 'CREATING')] }, []],
    [
      'a retired one is being deleted',
      { TableStatus: 'UPDATING' as const, more: [index('by-entitlement', 'DELETING')] },
      [LATER],
    ],
  ])('when %s', async (_, { more = [], ...found }: Found, made) => {
    const { make, changes, waits } = tableOf({ ...found, GlobalSecondaryIndexes: [...ASKED, ...more] });
    await make();
    expect(waits).toEqual([]);
    expect(changes.map((change) => named(change))).toEqual(made);
  });

  test('when DynamoDB has its hands full with another one', async () => {
    const { make, changes } = tableOf({ GlobalSecondaryIndexes: ASKED }, 'LimitExceededException');
    await make();
    expect(changes).toHaveLength(1);
  });
});

test('an index that is asked is waited for', async () => {
  const { make } = tableOf({
    TableStatus: 'UPDATING',
    GlobalSecondaryIndexes: [index('by-requester'), index('by-due', 'CREATING')],
  });
  await expect(make()).rejects.toThrow('it waits and waits');
});

test('DynamoDB is told the attributes of the indexes there are and of the new one, and no other', async () => {
  const AttributeDefinitions = TABLE.AttributeDefinitions.filter(
    ({ AttributeName }) => AttributeName !== 'entitlement',
  );
  const { make, changes } = tableOf({
    AttributeDefinitions: [...AttributeDefinitions, { AttributeName: 'endsAt', AttributeType: 'N' }],
    GlobalSecondaryIndexes: [...ASKED, index('by-entitlement')],
  });
  await make();
  const told = changes[0]?.['AttributeDefinitions'] as { AttributeName: string }[];
  expect(told.map(({ AttributeName }) => AttributeName).sort()).toEqual(
    [...TABLE.AttributeDefinitions.map(({ AttributeName }) => AttributeName), 'endsAt'].sort(),
  );
});

interface Found {
  TableStatus?: 'UPDATING';
  more?: ReturnType<typeof index>[];
}

function named(change: Record<string, unknown>): unknown {
  const [update] = change['GlobalSecondaryIndexUpdates'] as { Create: { IndexName: string } }[];
  return update?.Create.IndexName;
}

/** @project outside */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { oldRecords } from '../contracts/old-records.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import type { DumpName } from '../support/old-records.js';

const quickly = () => new Promise((resolve) => setTimeout(resolve, 20));

describeWithDynamoDb('in DynamoDB', (local) => {
  let client: DynamoDBClient;
  let tables = 0;

  beforeAll(() => {
    client = dynamodbClient(local().config);
  });
  beforeEach(async () => {
    await createTable(client, `jit-${++tables}`, quickly);
  });
  afterAll(() => client.destroy());

  describe.each<DumpName>(['0.1.0', 'before-accounts'])('records of %s', (name) => {
    oldRecords(name, {
      make: ({ now }) => dynamodbStore({ client, table: `jit-${tables}`, now }),
      // As they stood in the table, keys of the indexes and all; what only times them would be taken away by DynamoDB’s own clock.
      async fill({ items }) {
        const db = DynamoDBDocumentClient.from(client);
        const put = (Item: object) => db.send(new PutCommand({ TableName: `jit-${tables}`, Item }));
        await Promise.all(items.filter(({ sk }) => sk !== 'LEASE').map(put));
      },
    });
  });
});

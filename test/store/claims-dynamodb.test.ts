/** @project outside */
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { claimsContract } from '../contracts/claims.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';

const quickly = () => new Promise((resolve) => setTimeout(resolve, 20));

describeWithDynamoDb('with the record in DynamoDB', (local) => {
  let tables = 0;
  const clients: { destroy: () => void }[] = [];
  afterAll(() => clients.forEach((client) => client.destroy()));

  claimsContract(async () => {
    const client = dynamodbClient(local().config);
    clients.push(client);
    const table = `claims-${++tables}`;
    await createTable(client, table, quickly);
    return ({ now }) => dynamodbStore({ client, table, now });
  });
});

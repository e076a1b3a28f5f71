/** @project outside */
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { callsByStep, counted } from './calls.js';

describeWithDynamoDb('one lifecycle in DynamoDB', (local) => {
  test('makes so many calls, and no more', async () => {
    const client = dynamodbClient(local().config);
    await createTable(client, 'calls');
    const steps = await callsByStep(client, 'calls');
    client.destroy();
    expect(Object.fromEntries([...steps].map(([step, calls]) => [step, counted(calls)]))).toEqual({
      asked: { writes: 1, reads: 7 },
      'looked at': { writes: 5, reads: 3 },
      'agreed to': { writes: 1, reads: 1 },
      given: { writes: 9, reads: 5 },
      ended: { writes: 6, reads: 4 },
    });
  });
});

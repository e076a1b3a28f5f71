/** @project outside */
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { TABLE } from '../../src/store/dynamodb/keys.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { listening } from '../support/http.js';
import { corp } from '../support/people.js';

const ana = corp('ana@corp.example');
const now = () => Date.UTC(2026, 10, 20);
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ name, message }: Error) => [name, message],
  );

describeWithDynamoDb('a table that cannot be used is named, with what to do', (local) => {
  const GONE = expect.stringMatching(
    /^the table "gone" in [\w-]+ does not exist: correct JIT_TABLE or AWS_REGION, or make it/,
  );

  test('one that is not there', async () => {
    const client = dynamodbClient(local().config);
    const store = dynamodbStore({ client, table: 'gone', now });
    for (const work of [store.ping(), store.due(now(), 1), store.byRequester(ana, 1)])
      expect(await faultOf(work)).toEqual(['ResourceNotFoundException', GONE]);
    expect(await faultOf(client.send(new DescribeTableCommand({ TableName: 'gone' })))).toEqual([
      'ResourceNotFoundException',
      GONE,
    ]);
    client.destroy();
  });

  test('one that lacks an index', async () => {
    const client = dynamodbClient(local().config);
    const { KeySchema, AttributeDefinitions, BillingMode } = TABLE;
    const keys = AttributeDefinitions.filter(({ AttributeName: name }) => name === 'pk' || name === 'sk');
    await client.send(
      new CreateTableCommand({ TableName: 'bare', BillingMode, KeySchema, AttributeDefinitions: keys }),
    );
    const store = dynamodbStore({ client, table: 'bare', now });
    await store.ping();
    for (const [index, work] of [
      ['by-due', store.due(now(), 1)],
      ['by-requester', store.byRequester(ana, 1)],
    ] as const)
      expect(await faultOf(work)).toEqual([
        'ValidationException',
        expect.stringMatching(
          new RegExp(
            `^the table "bare" in [\\w-]+ lacks the index ${index}: deploy .* or start jit once with JIT_CREATE_TABLE`,
          ),
        ),
      ]);
    client.destroy();
  });
});

test('an index that is still being filled is waited for, and what we know nothing about stays as it was said', async () => {
  const answers = [
    'Cannot read from backfilling global secondary index: by-due',
    'One or more parameter values were invalid',
  ];
  const { url, close } = await listening((_, __, response) => {
    const body = { __type: 'com.amazon.coral.validate#ValidationException', message: answers[0] };
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const client = dynamodbClient({ endpoint: url, region: 'eu-west-1', credentials });
  const store = dynamodbStore({ client, table: 'jit', now });
  expect(await faultOf(store.due(now(), 1))).toEqual([
    'ValidationException',
    'the table "jit" in eu-west-1 still fills the index by-due: wait until jit doctor says that it is active',
  ]);
  answers.shift();
  expect(await faultOf(store.due(now(), 1))).toEqual(['ValidationException', answers[0]]);
  client.destroy();
  await close();
});

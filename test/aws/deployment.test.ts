/** @project aws */
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Ended } from '../support/aws/acts.js';
import { deployed, type Deployed } from '../support/aws/deployed.js';
import { OWN, LOCALEMU } from '../support/aws/emulator.js';
import { access } from './access.js';
import { calls } from './calls.js';
import { ends } from './ends.js';
import { removal } from './removal.js';
import { rights } from './rights.js';

// The deployment of docs/aws.md, by its own words, on an AWS of somebody else's with IAM enforced.
(LOCALEMU ? describe : describe.skip)('what the handbook deploys', () => {
  let it: Deployed | undefined;
  const deployment = () => it!;
  const ended: Ended = new Map();

  beforeAll(async () => {
    it = await deployed();
  });
  afterAll(async () => {
    await it?.close();
  });

  test('says whom roles are to trust', () => {
    expect(deployment().outputs['JitRoleArns']).toBe(
      ['stream', 'sweep'].map((name) => `arn:aws:iam::${OWN}:role/jit-bot/jit-prod-${name}`).join(','),
    );
  });

  test('stands on a DynamoDB of which a transaction that fails undoes no write of others', async () => {
    const { dynamodb } = deployment().root;
    // Not the table of jit: its stream would be busy with these for a while.
    const TableName = 'tried';
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const key = (n: number) => ({ pk: { S: `TRIED#${n}` } });
    const put = (n: number) => ({ TableName, Item: key(n), ConditionExpression: 'attribute_not_exists(pk)' });
    await dynamodb.send(new PutItemCommand(put(0)));
    const numbers = Array.from({ length: 100 }, (_, n) => n + 1);
    const refused = numbers.map(() =>
      dynamodb
        .send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put(0) }] }))
        .catch(({ name }: Error) => name),
    );
    await Promise.all(numbers.map((n) => dynamodb.send(new PutItemCommand(put(n)))));
    expect(new Set(await Promise.all(refused))).toEqual(new Set(['TransactionCanceledException']));
    const found = await Promise.all(
      numbers.map(async (n) => (await dynamodb.send(new GetItemCommand({ TableName, Key: key(n) }))).Item),
    );
    expect(found.filter((item) => item === undefined)).toEqual([]);
  });

  describe('gives access', () => {
    access(deployment, ended);
  });
  describe('ends access', () => {
    ends(deployment, ended);
  });
  describe('costs so many calls', () => {
    calls(deployment);
  });
  describe('has three roles', () => {
    rights(deployment);
  });
  describe('is deployed again, and removed', () => {
    removal(deployment);
  });
});

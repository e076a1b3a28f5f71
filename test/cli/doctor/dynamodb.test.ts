/** @project outside */
import { UpdateTimeToLiveCommand, CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../../../src/store/dynamodb/client.js';
import { createTable } from '../../../src/store/dynamodb/create-table.js';
import { describeTable } from '../../../src/store/dynamodb/inspect.js';
import { describeWithDynamoDb } from '../../support/dynamodb-local.js';
import { installation, jit } from '../../support/doctor.js';

describeWithDynamoDb('jit doctor with a table', (local) => {
  let here: Awaited<ReturnType<typeof installation>>;
  beforeAll(async () => {
    here = await installation(Date.now);
  });
  afterAll(() => here.close());
  const withTable = (JIT_TABLE: string) => ({
    ...here.environment,
    JIT_STORE: 'dynamodb',
    JIT_TABLE,
    AWS_ENDPOINT_URL_DYNAMODB: local().endpoint,
  });

  test('one that is not there fails, and so does one without stream, indexes and TTL', async () => {
    const { code, out } = await jit(withTable('absent'), 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ table: this account and region have no table "absent" → set JIT_CREATE_TABLE=true/m,
    );
    const client = dynamodbClient(local().config);
    await client.send(
      new CreateTableCommand({
        TableName: 'bare',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: 'bare',
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      }),
    );
    const bare = await jit(withTable('bare'), 'doctor');
    expect(bare.code).toBe(1);
    for (const said of ['index by-requester is missing', 'no stream', 'time to live is on "expires"'])
      expect(bare.out).toContain(said);
    client.destroy();
  });

  test('the whole installation is fine', async () => {
    const client = dynamodbClient(local().config);
    await createTable(client, 'jit', () => new Promise((resolve) => setTimeout(resolve, 20)));
    expect(await describeTable(client, 'jit')).toMatchObject({ stream: 'NEW_AND_OLD_IMAGES', ttl: 'ttl' });
    client.destroy();
    const { code, out } = await jit(withTable('jit'), 'doctor', '--url', here.url);
    expect(out).toMatch(/^✓ table: "jit", 3 indexes, stream and TTL$/m);
    expect(out).toMatch(/^18 fine, 0 failed, 1 skipped; warnings: \d+$/m);
    expect(code).toBe(0);
  });
});

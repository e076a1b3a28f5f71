/** @project outside */
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { opened, TEN } from '../support/heads.js';
import { world } from '../support/world.js';
import { jit } from '../support/cli.js';

describeWithDynamoDb('jit audit on DynamoDB', (local) => {
  test('invariant 12: reads the table that the environment names, and finds what was changed in it', async () => {
    const before = { ...process.env };
    const table = 'jit-audit-cli';
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = local().endpoint;
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'y',
      JIT_TABLE: table,
    });
    try {
      const client = dynamodbClient();
      await createTable(client, table);
      const store = dynamodbStore({ client, table, now: () => TEN });
      const w = world();
      await w.ask();
      const [head, records] = [(await w.store.head('R1'))!, await w.store.records('R1')];
      await store.write({ head: { ...head, version: 1 }, records });
      expect(await jit(undefined, 'audit', 'verify')).toMatchObject({ code: 0 });
      // HEAD says one thing, the only record another.
      const odd = opened('R2');
      await store.write({ ...odd, head: { ...odd.head, state: { ...odd.head.state, duration: 1 } } });
      const { code, out } = await jit(undefined, 'audit', 'verify');
      expect(code).toBe(1);
      expect(out).toContain('R2  state: HEAD differs');
      expect(out).not.toContain('R1  ');
      expect((await jit(undefined, 'audit', 'export')).out.trimEnd().split('\n')).toHaveLength(
        records.length + 1,
      );
      client.destroy();
    } finally {
      process.env = before;
    }
  });
});

/** @project outside */
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { slackAccount } from '../support/accounts.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { listen } from './calls.js';
import { live, past, put, waiting } from './histories.js';
import { company, time } from './one-lifecycle.js';

const DAY = 86_400_000;
const bob = { email: 'bob@corp.example', account: slackAccount('U0BOB') };
const ana = { email: 'ana@corp.example', account: slackAccount('U0ANA') };

describeWithDynamoDb('App Home with 50 live, 200 past and 40 waiting', (local) => {
  test('is drawn by five calls, and by those of a look at all that waits, which who opens theirs within a second shares', async () => {
    const client = dynamodbClient(local().config);
    await createTable(client, 'home');
    const clock = time();
    const times = <T>(count: number, make: (n: number) => T[]) =>
      Array.from({ length: count }, (_, n) => make(n)).flat();
    await put(client, 'home', [
      ...times(50, () => live(bob, clock.now())),
      ...times(200, (n) => past(bob, clock.now() - (n + 2) * DAY)),
      ...times(40, () => waiting(ana, clock.now())),
    ]);
    const { openHome } = await company(dynamodbStore({ client, table: 'home', now: clock.now }), clock);
    let calls: Record<string, number> = {};
    listen(client, ({ what }) => {
      const name = what.replace(/:.*/, '');
      calls[name] = (calls[name] ?? 0) + 1;
    });
    const open = async (slackId: string) => {
      calls = {};
      const answer = await openHome(slackId);
      if (!('ok' in answer) || !answer.ok) throw new Error('it was not drawn');
      const { open: live, closed, closedCount, waiting: decisions } = answer.ok;
      return { calls, counts: [live.length, closed.length, closedCount, decisions.length] };
    };
    const ONE = { 'GetItem HEAD': 1, PutItem: 1, 'Query by-requester': 2, TransactGetItems: 1 };
    const counts = [50, 20, 200, 40];

    // Sixteen partitions of what is due, and the one of the ledgers, for who stands in for whom.
    expect(await open('U0BOB')).toEqual({
      calls: { ...ONE, 'Query by-due': 17, TransactGetItems: 2 },
      counts,
    });
    await open('U0CAT');
    clock.pass(2_000);
    await open('U0CAT');
    clock.pass(100);
    expect(await open('U0BOB')).toEqual({ calls: ONE, counts });
    client.destroy();
  });
});

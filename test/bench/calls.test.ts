/** @project outside */
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { callsByStep, counted } from './calls.js';

/** What each look at a request begins with: its state, the grant's own record, and an order to end it. */
const LOOK = ['GetItem GRANT', 'GetItem END', 'GetItem HEAD'];

describeWithDynamoDb('one lifecycle in DynamoDB', (local) => {
  test('makes these calls, and no other', async () => {
    const client = dynamodbClient(local().config);
    await createTable(client, 'calls');
    const steps = await callsByStep(client, 'calls');
    client.destroy();
    const named = [...steps].map(([step, calls]) => [step, calls.map(({ what }) => what)]);
    expect(Object.fromEntries(named)).toEqual({
      asked: [
        ...Array.from({ length: 4 }, () => 'Query by-requester'),
        'GetItem HEAD',
        'TransactWriteItems: RequestSubmitted; with SEEN',
      ],
      'looked at': [
        ...LOOK,
        'TransactWriteItems: PreflightPassed, settles preflight, claims living and cards and remind',
        // What the card says of the requester.
        ...Array.from({ length: 2 }, () => 'Query by-requester'),
        // Who stands in for the manager, since the default policies allow that: asked once for all messages.
        'Query by-due',
        // What is owed to a reminder waits in HEAD for its time, and costs no call before.
        'PutItem: settles living and cards and escalate',
      ],
      'agreed to': ['GetItem HEAD', 'TransactWriteItems: Voted, settles remind; with SEEN'],
      given: [
        ...LOOK,
        'TransactWriteItems: RequestApproved, settles confirm, claims provision; with GRANT, LEASE',
        'GetItem GRANT',
        'GetItem END',
        'TransactWriteItems: ProvisionAttempted; with GRANT',
        'TransactWriteItems: GrantProvisioned, settles provision, claims cards and living and tell decided and tell active; with GRANT',
        'GetItem NOTE',
        'PutItem: settles cards and living and tell decided and tell active',
      ],
      ended: [
        ...LOOK,
        'TransactWriteItems: RevocationStarted, claims revoke',
        'GetItem GRANT',
        'TransactWriteItems: RequestClosed, settles revoke, claims cards and living and note-use; with GRANT, LEASE',
        'GetItem NOTE',
        'Query',
        'GetItem NOTE',
        'PutItem: ; with NOTE',
        'PutItem: settles cards and living and note-use',
      ],
    });
    expect(counted([...steps.values()].flat())).toEqual({ writes: 12, reads: 25 });
  });
});

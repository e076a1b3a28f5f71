/** @project outside */
import { join } from 'node:path';
import { slackHandler } from '../../../src/run/lambda/slack.js';
import { textOf } from '../../../src/sandbox/slack/index.js';
import { createTable } from '../../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { POLICIES } from '../../support/company.js';
import { describeWithDynamoDb } from '../../support/dynamodb-local.js';
import { arnOf, eventOf } from '../../support/lambda/events.js';
import { corp } from '../../support/people.js';
import { lambdaWorld } from '../../support/lambda/world.js';

describeWithDynamoDb('the function that faces Slack, with its table', (local) => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('invariant 14: the same signed form twice, plain and in Base64, is one request', async () => {
    const it = await lambdaWorld();
    Object.assign(process.env, it.aws, { AWS_ENDPOINT_URL_DYNAMODB: local().endpoint });
    const client = dynamodbClient(local().config);
    await createTable(client, 'jit');
    const store = dynamodbStore({ client, table: 'jit', now: it.now });
    const handler = slackHandler({
      now: it.now,
      here: join(POLICIES, '..'),
      env: it.env,
      destination: { write: () => undefined },
      end: () => undefined,
      fault: () => undefined,
    });
    const context = { invokedFunctionArn: arnOf('slack'), getRemainingTimeInMillis: () => 9_000 };
    const invoke = (event: unknown) => handler(event, context);
    await it.connect(invoke);
    const person = it.slack.as('U0ANA');
    await person.command('/jit');
    const [modal] = it.slack.views('U0ANA');
    await person.submit(modal!, {
      entitlement: 'staging-deployer',
      duration: '1h',
      justification: 'Zahlungen prüfen: 支払い',
    });
    expect(textOf(it.slack.views('U0ANA').at(-1)!)).toMatch(/manager/);
    const submission = it.slack.deliveries().at(-1)!;
    for (const base64 of [true, false])
      expect((await invoke(eventOf(submission, { base64 }))).statusCode).toBe(200);
    const [request, ...others] = await store.byRequester(corp('ana@corp.example'), 10);
    expect(others).toEqual([]);
    expect(request?.state.justification).toBe('Zahlungen prüfen: 支払い');
    // What gives access is the stream's, and nobody is told by the front.
    expect(it.slack.messages('C0ACCESS')).toEqual([]);
    client.destroy();
    await it.close();
  });
});

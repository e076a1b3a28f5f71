/** @project outside */
import { runSandbox } from '../../src/sandbox/run/command.js';
import type { PageSnapshot } from '../../src/sandbox/page/model/model.js';
import { folder } from '../support/company.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';

describeWithDynamoDb('with --real-dynamodb', () => {
  test('the record is kept in DynamoDB Local, and its stream wakes the bot', async () => {
    let said = '';
    const running = await runSandbox(['--port', '0', '--scenario', 'pending', '--real-dynamodb'], {
      realNow: () => Date.now(),
      pageDir: folder(),
      out: (text) => void (said += text),
      err: () => undefined,
    });
    const url = /http:\S+/.exec(said)?.[0];
    const seen = async () => (await (await fetch(`${url}/api/snapshot?as=U0ANA`)).json()) as PageSnapshot;
    while ((await seen()).requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await seen()).channels.some(({ messages }) => messages.length > 0)).toBe(true);
    await running?.close();
  });
});

import { App, LogLevel } from '@slack/bolt';
import { FORM, slack } from '../../support/sandbox-slack.js';

type Slack = Awaited<ReturnType<typeof slack>>;
let here: Slack;
let app: App;
let stop: () => Promise<unknown>;
afterEach(async () => {
  await stop();
  await here.double.stop();
});

function handlers(): void {
  app.command('/jit', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: FORM });
  });
  app.action('entitlement', async ({ ack }) => ack());
  app.view('request', async ({ ack, view, body, client }) => {
    const why = view.state.values['justification']?.['justification']?.value;
    if (why === 'no reason') {
      await ack({ response_action: 'errors', errors: { justification: 'That is none.' } });
      return;
    }
    await ack();
    await client.chat.postMessage({ channel: body.user.id, text: `asked: ${why}` });
  });
}

async function journey(): Promise<void> {
  const ana = here.double.as('U0ANA');
  expect(await ana.command('/jit')).toMatchObject({ status: 200, body: '' });
  const modal = await here.double.until(() => here.double.views('U0ANA')[0]);
  await ana.choose(modal, 'entitlement', 'db');
  await ana.submit(modal, { justification: 'no reason' });
  expect(here.double.views('U0ANA')[0]?.errors).toEqual({ justification: 'That is none.' });
  await ana.submit(modal, { justification: 'a good reason' });
  expect(here.double.views('U0ANA')).toEqual([]);
  const dm = await here.double.until(() => here.double.dms('U0ANA')[0]);
  expect(dm.text).toBe('asked: a good reason');
  expect(here.double.failures()).toEqual([]);
}

test('a Bolt app over HTTP accepts the signatures and gets through a whole journey', async () => {
  // Bolt compares the timestamp with the machine's clock.
  here = await slack({ now: () => performance.timeOrigin + performance.now(), answerWithin: 3_000 });
  app = new App({
    token: here.double.botToken,
    signingSecret: 'shhh',
    clientOptions: { slackApiUrl: here.double.apiUrl },
    logLevel: LogLevel.ERROR,
  });
  handlers();
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  stop = () => app.stop();
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  here.double.connect(`http://127.0.0.1:${address.port}/slack/events`);
  await journey();
  const forged = here.double.signed('command=%2Fjit', { secret: 'guessed' });
  expect(await here.double.send(forged)).toMatchObject({ status: 401 });
});

test('a Bolt app over Socket Mode gets through the same journey', async () => {
  here = await slack({ answerWithin: 3_000 });
  app = new App({
    token: here.double.botToken,
    appToken: here.double.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: here.double.apiUrl },
    logLevel: LogLevel.ERROR,
  });
  handlers();
  await app.start();
  stop = () => app.stop();
  await here.double.socketOpened();
  await journey();
  expect(here.double.calls('apps.connections.open')).toHaveLength(1);
});

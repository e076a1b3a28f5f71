import { createHmac } from 'node:crypto';
import type { JsonObject } from '../../../src/domain/entitlement.js';
import { buttonsOf, textOf } from '../../../src/sandbox/slack/index.js';
import { bot, FORM, slack, START, type Heard } from '../../support/sandbox-slack.js';

type Slack = Awaited<ReturnType<typeof slack>>;
type Bot = Awaited<ReturnType<typeof bot>>;
type Answer = Parameters<typeof bot>[0];
let here: Slack;
let app: Bot;
afterEach(async () => {
  await here.double.stop();
  await app.stop();
});
async function start(answer?: Answer) {
  here = await slack();
  app = await bot(answer);
  here.double.connect(app.url);
}
const last = (): Heard => app.heard.at(-1)!;

const CARD = {
  channel: 'C0ACCESS',
  text: 'card',
  blocks: [
    {
      type: 'actions' as const,
      block_id: 'votes',
      elements: [
        {
          type: 'button' as const,
          action_id: 'approve',
          text: { type: 'plain_text' as const, text: 'Approve' },
          value: 'r1',
        },
        {
          type: 'button' as const,
          action_id: 'deny',
          text: { type: 'plain_text' as const, text: 'Deny' },
          value: 'r1',
        },
      ],
    },
  ],
};

/** Opens the form for ana, by a command. */
async function form(view: object = FORM): Promise<string> {
  await here.double.as('U0ANA').command('/jit');
  const answer = await here.client.apiCall('views.open', { trigger_id: last().form['trigger_id'], view });
  return (answer as unknown as { view: { id: string } }).view.id;
}

describe('what the person is shown when the bot fails', () => {
  test('a bot that is too slow, answers with an error, or is not there', async () => {
    await start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return '';
    });
    expect(await here.double.as('U0ANA').command('/jit')).toMatchObject({
      status: 0,
      failure: 'operation_timeout',
    });
    await app.stop();
    expect(await here.double.as('U0ANA').command('/jit')).toMatchObject({
      status: 0,
      failure: 'dispatch_failed',
    });
    app = await bot(() => 500);
    here.double.connect(app.url);
    expect(await here.double.as('U0BOB').command('/jit')).toMatchObject({
      status: 500,
      failure: 'dispatch_failed',
    });
    expect(here.double.failures('U0ANA').map(({ what, error }) => [what, error])).toEqual([
      ['command', 'operation_timeout'],
      ['command', 'dispatch_failed'],
    ]);
    expect(here.double.failures()).toHaveLength(3);
  });

  test('a name that is typed in a command is a mention, and one that nobody has is not', async () => {
    await start();
    await here.double.as('U0ANA').command('/jit back @bob @nobody bob@corp.example');
    expect(app.heard.at(-1)?.form['text']).toBe('back <@U0BOB|bob> @nobody bob@corp.example');
  });

  test('an answer that Slack would not show', async () => {
    const long = {
      text: 'x',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }],
    };
    await start(() => JSON.stringify(long));
    expect(await here.double.as('U0ANA').command('/jit')).toMatchObject({ failure: 'invalid_response' });
    expect(here.double.ephemerals('U0ANA')).toEqual([]);
  });

  test('a submission that the client itself stops sends nothing', async () => {
    await start();
    const id = await form();
    const sent = app.heard.length;
    expect(
      await here.double.as('U0ANA').submit(id, { entitlement: 'db', justification: 'hm' }),
    ).toMatchObject({
      status: 0,
      failure: 'missing_fields',
    });
    expect(Object.keys(here.double.views('U0ANA')[0]?.errors ?? {})).toEqual(['justification']);
    expect(await here.double.as('U0ANA').submit(id, { entitlement: null })).toMatchObject({ status: 0 });
    expect(app.heard).toHaveLength(sent);
  });

  test.each([
    ['errors under a field that is not there', { response_action: 'errors', errors: { nowhere: 'no' } }],
    ['a view that is malformed', { response_action: 'update', view: { type: 'modal' } }],
    ['an action that does not exist', { response_action: 'explode' }],
  ])('%s', async (_, answer) => {
    await start((heard) => (heard.payload['type'] === 'view_submission' ? JSON.stringify(answer) : ''));
    const id = await form();
    const said = await here.double.as('U0ANA').submit(id, { entitlement: 'db', justification: 'because' });
    expect(said.failure).toBe('invalid_response');
    expect(here.double.views('U0ANA')).toHaveLength(1);
  });
});

describe('what a person cannot do', () => {
  test('press what is not there, choose what is not offered, submit what is closed, be nobody', async () => {
    await start();
    await here.client.chat.postMessage(CARD);
    const [card] = here.double.messages('C0ACCESS');
    const ana = here.double.as('U0ANA');
    await expect(ana.click(card!, 'revoke')).rejects.toThrow('no button "revoke", only: approve, deny');
    await expect(ana.click(card!, 'approve', 'r2')).rejects.toThrow('no button "approve" with that value');
    const id = await form();
    await expect(ana.submit(id, { entitlement: 'root' })).rejects.toThrow('no option "root", only: db, logs');
    await expect(ana.submit(id, { colour: 'red' })).rejects.toThrow('no field "colour"');
    await expect(here.double.as('U0BOB').submit(id)).rejects.toThrow('U0BOB has no open modal');
    await ana.close(id);
    await expect(ana.submit(id)).rejects.toThrow('no open modal');
    await expect(ana.command('/jit', 'C0NONE')).rejects.toThrow('no channel C0NONE');
    expect(() => here.double.as('U0NOBODY')).toThrow('no user U0NOBODY');
  });
});

describe('a command', () => {
  test('is a signed form with the person, the channel and the text', async () => {
    await start(() => 'one\ntwo');
    await here.double.as('U0ANA').command('/jit orders-db 1h fixing OPS-12', 'C0FEW');
    const { headers, raw, form: said } = last();
    const timestamp = String(START / 1000);
    const signature = createHmac('sha256', 'shhh').update(`v0:${timestamp}:${raw}`).digest('hex');
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    });
    expect(said).toMatchObject({
      command: '/jit',
      text: 'orders-db 1h fixing OPS-12',
      user_id: 'U0ANA',
      team_id: 'T0CORP',
      channel_id: 'C0FEW',
      channel_name: 'few',
    });
    expect(here.double.ephemerals('U0ANA')).toMatchObject([
      { channel: 'C0FEW', text: 'one\ntwo', to: 'U0ANA' },
    ]);
  });

  test('can be answered for everybody, and later by its response_url, five times within half an hour', async () => {
    await start(() => JSON.stringify({ response_type: 'in_channel', text: 'loud' }));
    await here.double.as('U0ANA').command('/jit');
    expect(here.double.messages('C0ACCESS').map(({ text }) => text)).toEqual(['loud']);
    const url = last().form['response_url'] ?? '';
    const respond = async (body: object) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [answer.status, ((await answer.json()) as { error?: string }).error];
    };
    expect(await respond({})).toEqual([404, 'no_text']);
    for (let n = 1; n <= 5; n++) expect(await respond({ text: `later ${n}` })).toEqual([200, undefined]);
    expect(await respond({ text: 'too often' })).toEqual([404, 'used_url']);
    expect(here.double.ephemerals('U0ANA')).toHaveLength(5);
    await here.double.as('U0ANA').command('/jit');
    here.time.move(30 * 60_000 + 1);
    const stale = await fetch(last().form['response_url'] ?? '', { method: 'POST', body: '{}' });
    expect(await stale.json()).toMatchObject({ error: 'expired_url' });
  });
});

describe('a click', () => {
  test('carries who, where, which message and which button', async () => {
    await start();
    const { ts = '' } = await here.client.chat.postMessage(CARD);
    await here.double.as('U0BOB').click(here.double.messages('C0ACCESS')[0]!, 'deny');
    expect(last().payload).toMatchObject({
      type: 'block_actions',
      team: { id: 'T0CORP', domain: 'corp' },
      user: { id: 'U0BOB', username: 'bob', team_id: 'T0CORP' },
      channel: { id: 'C0ACCESS', name: 'access' },
      container: { type: 'message', message_ts: ts, channel_id: 'C0ACCESS', is_ephemeral: false },
      message: { ts, text: 'card', bot_id: here.double.botId },
      actions: [
        { type: 'button', action_id: 'deny', block_id: 'votes', value: 'r1', text: { text: 'Deny' } },
      ],
      response_url: expect.stringContaining('/response/') as string,
      trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/) as string,
    });
  });

  test('by somebody from another company says so only in user.team_id', async () => {
    await start();
    await here.client.chat.postMessage(CARD);
    await here.double.as('U0OTHER').click(here.double.messages('C0ACCESS')[0]!, 'approve');
    expect(last().payload).toMatchObject({ team: { id: 'T0CORP' }, user: { team_id: 'T0OTHER' } });
  });

  test('on an old copy of a card still sends the button that was there', async () => {
    await start();
    const { ts = '' } = await here.client.chat.postMessage(CARD);
    const [old] = here.double.messages('C0ACCESS');
    await here.client.chat.update({ channel: 'C0ACCESS', ts, text: 'done', blocks: [] });
    await here.double.as('U0BOB').click(old!, 'approve');
    expect(last().payload['actions']).toMatchObject([{ value: 'r1' }]);
  });

  test('lets the bot replace or delete the message through its response_url, an ephemeral one too', async () => {
    await start();
    await here.client.chat.postEphemeral({ ...CARD, user: 'U0ANA' });
    await here.double.as('U0ANA').click(here.double.ephemerals('U0ANA')[0]!, 'approve');
    expect(last().payload['message']).toBeUndefined();
    expect(last().payload['container']).toMatchObject({ is_ephemeral: true });
    const respond = (body: object) =>
      fetch(last().payload['response_url'] as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await respond({ replace_original: true, text: 'taken' });
    expect(here.double.ephemerals('U0ANA')).toMatchObject([{ text: 'taken', blocks: [] }]);
    await respond({ delete_original: true });
    expect(here.double.ephemerals('U0ANA')).toEqual([]);
  });
});

describe('a modal', () => {
  test('sends its values as Slack names them, and closes', async () => {
    await start();
    const id = await form();
    await here.double.as('U0ANA').submit(id, { entitlement: 'db', justification: 'because', ticket: '' });
    const payload = last().payload as { view: JsonObject } & JsonObject;
    expect(payload).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ANA', team_id: 'T0CORP' },
      response_urls: [],
    });
    expect(payload.view).toMatchObject({
      id,
      type: 'modal',
      callback_id: 'request',
      private_metadata: 'from C0ACCESS',
      app_installed_team_id: 'T0CORP',
      root_view_id: id,
      previous_view_id: null,
      state: {
        values: {
          entitlement: {
            entitlement: { type: 'static_select', selected_option: { value: 'db', text: { text: 'db' } } },
          },
          justification: { justification: { type: 'plain_text_input', value: 'because' } },
          ticket: { ticket: { type: 'plain_text_input', value: null } },
        },
      },
    });
    expect(here.double.views('U0ANA')).toEqual([]);
  });

  test('shows errors, is replaced, stacks and clears as the bot answers', async () => {
    let answer: object = { response_action: 'errors', errors: { justification: 'Say more.' } };
    await start((heard) => (heard.payload['type'] === 'view_submission' ? JSON.stringify(answer) : ''));
    const id = await form();
    const ana = here.double.as('U0ANA');
    await ana.submit(id, { entitlement: 'db', justification: 'because' });
    expect(here.double.views('U0ANA')[0]?.errors).toEqual({ justification: 'Say more.' });
    answer = { response_action: 'push', view: { ...FORM, callback_id: 'second' } };
    await ana.submit(id);
    expect(here.double.views('U0ANA').map(({ view }) => view['callback_id'])).toEqual(['request', 'second']);
    answer = { response_action: 'update', view: { type: 'modal', title: FORM.title, blocks: [] } };
    const top = here.double.views('U0ANA').at(-1)!;
    await ana.submit(top, { entitlement: 'logs', justification: 'because' });
    expect(textOf(here.double.views('U0ANA').at(-1)!)).toBe('Ask for access');
    await ana.close(top);
    expect(here.double.views('U0ANA')).toHaveLength(1);
    answer = { response_action: 'clear' };
    await ana.submit(id);
    expect(here.double.views('U0ANA')).toEqual([]);
    expect(here.double.failures()).toEqual([]);
  });

  test('tells the bot of a choice only where dispatch_action asks for it', async () => {
    await start();
    const id = await form();
    const ana = here.double.as('U0ANA');
    const before = app.heard.length;
    await ana.choose(id, 'justification', 'because');
    expect(app.heard).toHaveLength(before);
    await ana.choose(id, 'entitlement', 'logs');
    expect(last().payload).toMatchObject({
      type: 'block_actions',
      container: { type: 'view', view_id: id },
      view: { id, state: { values: { justification: { justification: { value: 'because' } } } } },
      actions: [{ type: 'static_select', action_id: 'entitlement', selected_option: { value: 'logs' } }],
    });
    expect(last().payload['response_url']).toBeUndefined();
  });

  test('tells of its closing only where notify_on_close asks for it', async () => {
    await start();
    const quiet = await form();
    const before = app.heard.length;
    await here.double.as('U0ANA').close(quiet);
    expect(app.heard).toHaveLength(before);
    await here.double.as('U0ANA').close(await form({ ...FORM, notify_on_close: true }));
    expect(last().payload).toMatchObject({ type: 'view_closed', is_cleared: false });
  });

  test('asks the bot for the options of an external select, and takes only those', async () => {
    const options = [{ text: { type: 'plain_text', text: 'Orders' }, value: 'orders' }];
    await start((heard) => (heard.payload['type'] === 'block_suggestion' ? JSON.stringify({ options }) : ''));
    const element = { type: 'external_select', action_id: 'pick', min_query_length: 0 };
    const block = { type: 'input', block_id: 'pick', label: { type: 'plain_text', text: 'What' }, element };
    const id = await form({ ...FORM, blocks: [block] });
    const ana = here.double.as('U0ANA');
    expect(await ana.suggest(id, 'pick', 'ord')).toEqual([{ text: 'Orders', value: 'orders' }]);
    expect(last().payload).toMatchObject({ action_id: 'pick', block_id: 'pick', value: 'ord' });
    await ana.submit(id, { pick: 'orders' });
    expect(last().payload['view']).toMatchObject({
      state: { values: { pick: { pick: { selected_option: { value: 'orders' } } } } },
    });
  });
});

describe('an attacker', () => {
  test('can sign wrongly, date wrongly, send rubbish, and send again what was sent', async () => {
    await start(() => 401);
    const { double } = here;
    await double.as('U0ANA').command('/jit');
    const [first] = double.deliveries();
    await double.send(first!);
    expect(last().raw).toBe(first?.body);
    expect(last().headers['x-slack-signature']).toBe(first?.signature);
    await double.send(double.signed('payload=%7B%7D', { secret: 'guessed', timestamp: 7 }));
    expect(last().headers['x-slack-request-timestamp']).toBe('7');
    expect(await double.send(double.signed('{"a":1}', { contentType: 'application/json' }))).toMatchObject({
      status: 401,
    });
    expect(double.failures()).toHaveLength(1);
  });
});

test('copies are given out, and changes are announced', async () => {
  await start();
  let changes = 0;
  const stop = here.double.onChange(() => changes++);
  await here.client.chat.postMessage(CARD);
  expect(changes).toBe(1);
  stop();
  await here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'quiet' });
  expect(changes).toBe(1);
  const [card] = here.double.messages('C0ACCESS');
  expect(buttonsOf(card!).map(({ actionId, text }) => [actionId, text])).toEqual([
    ['approve', 'Approve'],
    ['deny', 'Deny'],
  ]);
  card!.text = 'forged';
  expect(here.double.messages('C0ACCESS')[0]?.text).toBe('card');
});

test('until waits for what a bot does later, and gives up', async () => {
  await start();
  const waiting = here.double.until(() => here.double.messages('C0ACCESS')[0]);
  await here.client.chat.postMessage(CARD);
  expect(await waiting).toMatchObject({ text: 'card' });
  await expect(here.double.until(() => false, 20)).rejects.toThrow('nothing came within 20 ms');
});

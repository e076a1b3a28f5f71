import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { slackHandler } from '../../../src/run/lambda/slack.js';
import { folder, MINUTE, POLICIES, SIGNING_SECRET } from '../../support/company.js';
import { arnOf, eventOf, httpEvent } from '../../support/lambda/events.js';
import { lambdaWorld, SECRET_NAME, TOKEN_NAME } from '../../support/lambda/world.js';

type World = Awaited<ReturnType<typeof lambdaWorld>>;
const CONTEXT = { invokedFunctionArn: arnOf('slack'), getRemainingTimeInMillis: () => 9_000 };
const FORM = 'application/x-www-form-urlencoded';
const before = { ...process.env };

let it: World;
let lines: string[];
let ended: number;
let fault: string | undefined;
beforeEach(async () => {
  it = await lambdaWorld();
  Object.assign(process.env, it.aws);
  lines = [];
  ended = 0;
  fault = undefined;
});
afterEach(async () => {
  await it.close();
  process.env = { ...before };
});

function handlerOf(env: Record<string, string> = {}) {
  const handler = slackHandler({
    now: it.now,
    here: join(POLICIES, '..'),
    env: { ...it.env, ...env },
    destination: { write: (line: string) => void lines.push(line) },
    end: () => ended++,
    fault: () => fault,
  });
  return (event: unknown) => handler(event, CONTEXT);
}
const logged = (text: string) => lines.filter((line) => line.includes(text));
const command = (text: string) =>
  new URLSearchParams({
    command: '/jit',
    text,
    team_id: it.slack.teamId,
    user_id: 'U0ANA',
    channel_id: 'C0ACCESS',
    trigger_id: '1.2.3',
  }).toString();
const payload = (value: object) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();
const ana = () => ({ user: { id: 'U0ANA', team_id: it.slack.teamId }, team: { id: it.slack.teamId } });

describe('whoever does not come through the one door signed by Slack gets nothing', () => {
  test.each([
    ['no event', null],
    ['an empty one', {}],
    ['a scheduled one', { source: 'aws.events', detail: {} }],
    ['a GET', httpEvent('', {}, { method: 'GET' })],
    ['another path', httpEvent('', {}, { path: '/healthz' })],
  ])('%s is not found, and reads no secret', async (_, event) => {
    expect((await handlerOf()(event)).statusCode).toBe(404);
    expect(it.ssm.asked).toEqual([]);
  });

  test.each([
    ['unsigned', () => httpEvent(command('help'), { 'content-type': FORM })],
    ['signed with another secret', () => eventOf(it.slack.signed(command('help'), { secret: 'guessed' }))],
    ['six minutes old', () => eventOf(it.slack.signed(command('help'), at(-6 * MINUTE)))],
    ['from the future (invariant 14)', () => eventOf(it.slack.signed(command('help'), at(2 * MINUTE)))],
    ['garbage without a content type', () => httpEvent(Buffer.from([0xff, 0xfe, 0]), {})],
    ['with headers of no shape', () => ({ ...httpEvent('a=b', {}), headers: { 'x-slack-signature': 7 } })],
    ['without headers and body', () => ({ routeKey: 'POST /slack/events' })],
  ])('%s: 401', async (_, event) => {
    expect(await handlerOf()(event())).toMatchObject({ statusCode: 401, body: 'not signed by Slack' });
    expect(logged('a request to the Slack endpoint was refused')).toHaveLength(1);
  });
});
const at = (ms: number) => ({ timestamp: Math.floor((it.now() + ms) / 1000) });

describe('what Slack signs is understood as its bytes', () => {
  const JAPANESE = `unbekannt ${'ü'.repeat(3)} 承認 🔑`;

  test.each([
    ['Base64, as API Gateway encodes forms', { base64: true }],
    ['plain text', { base64: false }],
  ])('%s, with non-ASCII text', async (_, how) => {
    const answer = await handlerOf()(eventOf(it.slack.signed(command('help')), how));
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.body).toContain('/jit');
    const json = JSON.stringify({ type: 'url_verification', challenge: JAPANESE });
    const challenge = it.slack.signed(json, { contentType: 'application/json; charset=utf-8' });
    expect(JSON.parse((await handlerOf()(eventOf(challenge, how))).body)).toEqual({ challenge: JAPANESE });
  });

  test('a content type with a charset, and headers in any case', async () => {
    const signed = it.slack.signed(command('help'), { contentType: `${FORM}; charset=utf-8` });
    const event = eventOf(signed);
    const headers = Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [
        name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        value,
      ]),
    );
    expect((await handlerOf()({ ...event, headers })).statusCode).toBe(200);
  });

  test('behind a domain with a path of its own, the route says it', async () => {
    const event = { ...eventOf(it.slack.signed(command('help'))), rawPath: '/access/slack/events' };
    expect((await handlerOf()(event)).statusCode).toBe(200);
  });
});

describe('secrets', () => {
  test('are read once for a container, and again after five minutes', async () => {
    const invoke = handlerOf();
    const help = () => invoke(eventOf(it.slack.signed(command('help'))));
    await Promise.all([help(), help()]);
    expect([...it.ssm.asked].sort()).toEqual([TOKEN_NAME, SECRET_NAME].sort());
    it.pass(4 * MINUTE);
    await help();
    expect(it.ssm.asked).toHaveLength(2);
    it.pass(2 * MINUTE);
    await help();
    expect(it.ssm.asked).toHaveLength(4);
  });

  test('a new signing secret is taken at the first request that it signs, and the old one is good no more', async () => {
    const invoke = handlerOf();
    const signedWith = (secret: string) => invoke(eventOf(it.slack.signed(command('help'), { secret })));
    expect((await signedWith(SIGNING_SECRET)).statusCode).toBe(200);
    it.ssm.held[SECRET_NAME] = 'the new one';
    it.pass(31_000);
    expect((await signedWith('the new one')).statusCode).toBe(200);
    expect((await signedWith(SIGNING_SECRET)).statusCode).toBe(401);
  });

  test('a flood of refused signatures asks for them only twice a minute', async () => {
    const invoke = handlerOf();
    for (let i = 0; i < 20; i++) await invoke(httpEvent('a=b', {}));
    it.pass(31_000);
    for (let i = 0; i < 20; i++) await invoke(httpEvent('a=b', {}));
    expect(it.ssm.asked).toHaveLength(4);
  });

  test('that cannot be read: nobody is let in, it is said, and the next call tries again', async () => {
    const invoke = handlerOf();
    const secret = it.ssm.held[SECRET_NAME]!;
    delete it.ssm.held[SECRET_NAME];
    expect((await invoke(eventOf(it.slack.signed(command('help'))))).statusCode).toBe(503);
    const [line = ''] = logged('jit cannot start');
    expect(line).toContain(`there is no SSM parameter ${SECRET_NAME} in eu-west-1: store it there`);
    expect(JSON.parse(line)).toMatchObject({ level: 'fatal' });
    it.ssm.held[SECRET_NAME] = secret;
    expect((await invoke(eventOf(it.slack.signed(command('help'))))).statusCode).toBe(200);
  });

  test('the last ones stay in use while they cannot be read anew, but not for long', async () => {
    const invoke = handlerOf();
    const help = async () => (await invoke(eventOf(it.slack.signed(command('help'))))).statusCode;
    await help();
    delete it.ssm.held[SECRET_NAME];
    it.pass(6 * MINUTE);
    expect(await help()).toBe(200);
    it.pass(10 * MINUTE);
    expect(await help()).toBe(503);
  });

  test('invariant 9: none of them is in the log', async () => {
    const invoke = handlerOf();
    await invoke(eventOf(it.slack.signed(command('help'))));
    it.ssm.held[TOKEN_NAME] = 'xoxb-another';
    it.pass(6 * MINUTE);
    await invoke(eventOf(it.slack.signed(command('help'))));
    for (const secret of [SIGNING_SECRET, it.slack.botToken, 'xoxb-another'])
      expect(lines.join('')).not.toContain(secret);
  });
});

describe('a policy folder that does not load', () => {
  let broken: string;
  beforeEach(() => {
    broken = folder();
    cpSync(POLICIES, broken, { recursive: true });
    writeFileSync(join(broken, 'extra.cedar'), 'permit (principal, action, resource);\n');
  });
  const ask = (invoke: ReturnType<typeof handlerOf>, body: string) => invoke(eventOf(it.slack.signed(body)));

  test('a command is refused for the one who typed it, and the log says why at a level that alarms', async () => {
    const answer = await ask(handlerOf({ JIT_POLICY_DIR: broken }), command('sandbox-power-user 1h'));
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      response_type: 'ephemeral',
      text: expect.stringMatching(/out of service.*nobody can ask for access.* until that is fixed/),
    });
    const [line] = logged('jit cannot start');
    expect(JSON.parse(line!)).toMatchObject({
      level: 'fatal',
      problems: expect.arrayContaining([expect.stringMatching(/^extra\.cedar:1: /)]),
    });
  });

  test('a form keeps what was typed, and says so at its first input', async () => {
    const view = { id: 'V1', callback_id: 'request', state: { values: { entitlement: {}, duration: {} } } };
    const body = payload({ type: 'view_submission', ...ana(), view });
    const answer = await ask(handlerOf({ JIT_POLICY_DIR: broken }), body);
    expect(JSON.parse(answer.body)).toEqual({
      response_action: 'errors',
      errors: { entitlement: expect.stringContaining('out of service') },
    });
  });

  test('a form without inputs becomes the notice', async () => {
    const view = { id: 'V1', callback_id: 'deny', state: { values: {} } };
    const answer = await ask(
      handlerOf({ JIT_POLICY_DIR: broken }),
      payload({ type: 'view_submission', ...ana(), view }),
    );
    expect(JSON.parse(answer.body)).toMatchObject({ response_action: 'update', view: { type: 'modal' } });
  });

  test('a click is taken, and answered by its response URL where it has one', async () => {
    const click = { type: 'block_actions', ...ana(), actions: [{ action_id: 'approve', value: 'x' }] };
    const invoke = handlerOf({ JIT_POLICY_DIR: broken });
    expect(await ask(invoke, payload(click))).toMatchObject({ statusCode: 200, body: '' });
    const elsewhere = { ...click, response_url: 'https://collector.example/steal' };
    expect(await ask(invoke, payload(elsewhere))).toMatchObject({ statusCode: 200, body: '' });
    expect(logged('a response URL did not work')).toHaveLength(1);
  });

  test('whoever clicks a card hears it, for their eyes only', async () => {
    await it.connect(handlerOf({ JIT_POLICY_DIR: broken }));
    const button = {
      type: 'button',
      action_id: 'approve',
      value: 'x',
      text: { type: 'plain_text', text: 'OK' },
    };
    await fetch(`${it.slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${it.slack.botToken}` },
      body: new URLSearchParams({
        channel: 'C0ACCESS',
        text: 'a card of better days',
        blocks: JSON.stringify([{ type: 'actions', elements: [button] }]),
      }),
    });
    await it.slack.as('U0BOB').click(it.slack.messages('C0ACCESS')[0]!, 'approve');
    expect(it.slack.ephemerals('U0BOB').map(({ text }) => text)).toEqual([
      expect.stringContaining('jit is out of service'),
    ]);
    expect(it.slack.failures()).toEqual([]);
  });

  test('whoever is not Slack still gets 401', async () => {
    const answer = await handlerOf({ JIT_POLICY_DIR: broken })(httpEvent(command('help'), {}));
    expect(answer.statusCode).toBe(401);
  });

  test('it is in force as soon as it loads', async () => {
    const invoke = handlerOf({ JIT_POLICY_DIR: broken });
    await ask(invoke, command('help'));
    rmSync(join(broken, 'extra.cedar'));
    expect((await ask(invoke, command('help'))).body).not.toContain('out of service');
  });
});

describe('a configuration that is not whole', () => {
  test('nobody is let in, and each variable is named', async () => {
    const answer = await handlerOf({ SLACK_TEAM_ID: '', SLACK_BOT_TOKEN: 'xoxb-in-the-clear' })(
      eventOf(it.slack.signed(command('help'))),
    );
    expect(answer).toMatchObject({ statusCode: 503, body: 'jit cannot start' });
    const [line] = logged('jit cannot start');
    expect((JSON.parse(line!) as { problems: string[] }).problems).toEqual([
      expect.stringMatching(/^SLACK_TEAM_ID is missing/),
      expect.stringMatching(/^SLACK_BOT_TOKEN is in plain text/),
    ]);
    expect(line).not.toContain('xoxb-in-the-clear');
  });

  test('which bot it is, is asked of Slack once where it is not said', async () => {
    const invoke = handlerOf({ SLACK_BOT_USER_ID: '' });
    for (let i = 0; i < 3; i++) await invoke(eventOf(it.slack.signed(command('help'))));
    expect(it.slack.calls('auth.test')).toHaveLength(1);
  });

  test('a token of another workspace serves nobody, and each call says so', async () => {
    const invoke = handlerOf({ SLACK_BOT_USER_ID: '', SLACK_TEAM_ID: 'T0OTHER' });
    const answer = await invoke(eventOf(it.slack.signed(command('help'))));
    expect(answer.body).toContain('out of service');
    expect(logged('SLACK_TEAM_ID is T0OTHER')).toHaveLength(1);
  });
});

test('after a trap in Cedar the answer goes out, and the container ends', async () => {
  fault = 'Cedar has trapped';
  const answer = await handlerOf()(eventOf(it.slack.signed(command('help'))));
  expect(answer.statusCode).toBe(200);
  expect(ended).toBe(1);
  expect(JSON.parse(logged('everything is denied')[0]!)).toMatchObject({ level: 'fatal', fault });
});

test('a table that cannot be used: the person hears of it, and what was acknowledged stays acknowledged', async () => {
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
  const invoke = handlerOf();
  const typed = await invoke(eventOf(it.slack.signed(command('list'))));
  expect(typed).toMatchObject({ statusCode: 200, body: expect.stringContaining('went wrong on our side') });
  const click = payload({ type: 'block_actions', ...ana(), actions: [{ action_id: 'cancel', value: 'x' }] });
  expect(await invoke(eventOf(it.slack.signed(click)))).toMatchObject({ statusCode: 200, body: '' });
});

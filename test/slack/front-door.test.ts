import type { App, ReceiverEvent } from '@slack/bolt';
import { LARGEST_BODY } from '../../src/ports/door.js';
import { frontDoor, type FrontDoor } from '../../src/slack/wire/front-door.js';
import { MINUTE, SECOND, T0 } from '../support/requests.js';
import { form, logTo, SECRET, signed } from '../support/slack.js';

type Listener = (event: ReceiverEvent) => Promise<void>;
let lines: string[];
let events: ReceiverEvent[];

function doorTo(listener: Listener, mode: 'at-once' | 'when-done' = 'at-once', patience = 100): FrontDoor {
  lines = [];
  events = [];
  const door = frontDoor({ signingSecret: SECRET, mode, now: () => T0, log: logTo(lines), patience });
  const processEvent: Listener = async (event) => {
    events.push(event);
    await listener(event);
  };
  door.init({ processEvent } as unknown as App);
  return door;
}
const acks: Listener = ({ ack }) => ack();
const click = (value: string) =>
  JSON.stringify({ type: 'block_actions', actions: [{ action_id: 'a', value }] });
const command = form({ command: '/jit', text: 'top secret justification', user_id: 'U1' });

describe('who is not Slack is turned away', () => {
  const { headers, body } = signed(command);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

  test.each([
    ['without a signature', { headers: without('x-slack-signature'), body }],
    ['without a timestamp', { headers: without('x-slack-request-timestamp'), body }],
    ['without any header', { headers: {}, body }],
    ['signed with another secret', signed(command, { secret: 'another' })],
    ['signed with an empty secret', signed(command, { secret: '' })],
    ['with another body', { headers, body: Buffer.from(`${command}&user_id=U2`) }],
    ['with its signature twice', { headers: { ...headers, 'X-Slack-Signature': 'v0=0' }, body }],
    ['with a list of signatures', { headers: { ...headers, 'x-slack-signature': ['a', 'b'] }, body }],
    ['with a short signature', { headers: { ...headers, 'x-slack-signature': 'v0=00' }, body }],
    [
      'with its signature in capitals, which would be seen as another',
      { headers: { ...headers, 'x-slack-signature': headers['x-slack-signature'].toUpperCase() }, body },
    ],
    [
      'with a timestamp that is no number',
      { headers: { ...headers, 'x-slack-request-timestamp': 'NaN' }, body },
    ],
    ['with nothing in it', { headers: {}, body: Buffer.alloc(0) }],
    ['with garbage', { headers: {}, body: Buffer.from([0xff, 0xfe, 0x00]) }],
  ])('%s', async (_, request) => {
    const door = doorTo(acks);
    expect(await door.answer(request)).toMatchObject({ status: 401, body: 'not signed by Slack' });
    expect(events).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('secret justification');
  });

  test.each([
    ['six minutes old', T0 - 6 * MINUTE, 401, 'stale'],
    ['four minutes old', T0 - 4 * MINUTE, 200, undefined],
    ['half a minute ahead', T0 + 30 * SECOND, 200, undefined],
    ['two minutes ahead (invariant 14)', T0 + 2 * MINUTE, 401, 'future'],
    ['a year ahead (invariant 14)', T0 + 365 * 24 * 60 * MINUTE, 401, 'future'],
  ])('a timestamp %s', async (_, at, status, reason) => {
    const door = doorTo(acks);
    expect((await door.answer(signed(command, { at }))).status).toBe(status);
    expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual(
      reason ? [reason] : [],
    );
  });

  test('an empty secret, with which everybody could sign, is refused at the start', () => {
    expect(() => frontDoor({ signingSecret: '', mode: 'at-once', now: () => T0, log: logTo([]) })).toThrow(
      'secret is empty',
    );
  });
});

describe('what Slack signs is read', () => {
  test.each([
    ['a form', command, 'application/x-www-form-urlencoded', { command: '/jit' }],
    [
      'a form with a charset',
      command,
      'application/x-www-form-urlencoded; charset=utf-8',
      { command: '/jit' },
    ],
    [
      'a payload in a form',
      form({ payload: click('é😀') }),
      undefined,
      { type: 'block_actions', actions: [{ value: 'é😀' }] },
    ],
    ['JSON', click('😀é'), 'application/json', { actions: [{ value: '😀é' }] }],
    ['JSON with a charset', click('1'), 'Application/JSON; charset=utf-8', { actions: [{ value: '1' }] }],
    ['a form beyond ASCII', form({ command: '/jit', text: 'für 😀' }), undefined, { text: 'für 😀' }],
  ])('%s, on a server and on a Lambda', async (_, body, type, expected) => {
    for (const mode of ['at-once', 'when-done'] as const) {
      const door = doorTo(acks, mode);
      const answer = await door.answer(signed(body, type === undefined ? {} : { type }));
      expect(answer).toMatchObject({ status: 200 });
      expect(events[0]!.body).toMatchObject(expected);
    }
  });

  test.each([
    ['JSON that is broken', '{"a":', 'application/json', 400],
    ['JSON that is no object', '[1]', 'application/json', 400],
    ['JSON null', 'null', 'application/json', 400],
    ['a payload that is no JSON', form({ payload: 'x' }), 'application/x-www-form-urlencoded', 400],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'application/json', 400],
    ['something in Base64', Buffer.from(command).toString('base64'), 'application/json', 400],
    ['a field that stands twice', `${command}&user_id=U2`, 'application/x-www-form-urlencoded', 400],
    ['another content type', command, 'text/plain', 415],
    ['no content type', command, '', 415],
  ])('%s is refused, whoever signed it', async (_, body, type, status) => {
    for (const mode of ['at-once', 'when-done'] as const) {
      const door = doorTo(acks, mode);
      expect((await door.answer(signed(body, { type }))).status).toBe(status);
      expect(events).toEqual([]);
    }
  });

  test('a body larger than Slack ever sends is refused unread', async () => {
    const door = doorTo(acks);
    expect((await door.answer(signed('a'.repeat(LARGEST_BODY + 1)))).status).toBe(413);
  });

  test('members like __proto__ are only members', async () => {
    const door = doorTo(acks);
    await door.answer(signed('{"__proto__":{"admin":true}}', { type: 'application/json' }));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('the URL verification is answered only when it is signed', async () => {
    const door = doorTo(acks);
    const request = signed('{"type":"url_verification","challenge":"c1"}', { type: 'application/json' });
    expect(await door.answer(request)).toMatchObject({ status: 200, body: '{"challenge":"c1"}' });
    expect((await door.answer({ ...request, headers: { 'content-type': 'application/json' } })).status).toBe(
      401,
    );
    expect(events).toEqual([]);
  });

  test('the certificate check gets an empty answer, and nothing else happens', async () => {
    const door = doorTo(acks);
    const body = Buffer.from('ssl_check=1&token=x');
    expect(await door.answer({ headers: {}, body })).toMatchObject({ status: 200, body: '' });
    expect(events).toEqual([]);
  });

  test('headers are found whatever their case', async () => {
    const door = doorTo(acks);
    const { headers, body } = signed(command);
    const upper = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.toUpperCase(), value]),
    );
    expect((await door.answer({ headers: upper, body })).status).toBe(200);
  });
});

const seen = (n: number) => events[n]!.customProperties!['seen'] as string;

describe('what has been seen', () => {
  test('invariant 14: the same signed request has the same mark each time, and another has another', async () => {
    const door = doorTo(acks);
    const request = signed(command);
    await door.answer(request);
    await door.answer(request);
    await door.answer(signed(`${command}2`));
    expect(seen(0)).toMatch(/^[0-9a-f]{64}$/);
    expect(seen(1)).toBe(seen(0));
    expect(seen(2)).not.toBe(seen(0));
  });

  test('Slack’s count of tries is passed on', async () => {
    const door = doorTo(acks);
    await door.answer(
      signed(command, { headers: { 'x-slack-retry-num': '2', 'x-slack-retry-reason': 'http_timeout' } }),
    );
    expect(events[0]).toMatchObject({ retryNum: 2, retryReason: 'http_timeout' });
  });
});

describe('the answer', () => {
  test.each([
    ['nothing', undefined, '', 'text/plain; charset=utf-8'],
    ['a text', 'hello', 'hello', 'text/plain; charset=utf-8'],
    ['an object', { response_action: 'clear' }, '{"response_action":"clear"}', 'application/json'],
  ])('an acknowledgement with %s', async (_, response, body, type) => {
    const door = doorTo(({ ack }) => ack(response));
    expect(await door.answer(signed(command))).toEqual({
      status: 200,
      headers: { 'content-type': type },
      body,
    });
  });

  test('at once: the person does not wait for what comes after the acknowledgement', async () => {
    let finish!: () => void;
    const later = new Promise<void>((resolve) => (finish = resolve));
    const door = doorTo(async ({ ack }) => {
      await ack('soon');
      await later;
    });
    expect((await door.answer(signed(command))).body).toBe('soon');
    let stopped = false;
    const stopping = door.stop().then(() => (stopped = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stopped).toBe(false);
    finish();
    await stopping;
  });

  test('when done: a Lambda would freeze, so the answer waits for all of it', async () => {
    const order: string[] = [];
    const door = doorTo(async ({ ack }) => {
      await ack('soon');
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('worked');
    }, 'when-done');
    const { body } = await door.answer(signed(command));
    order.push('answered');
    expect([body, ...order]).toEqual(['soon', 'worked', 'answered']);
  });

  test.each(['at-once', 'when-done'] as const)(
    '%s: a throw after the acknowledgement is logged and changes nothing',
    async (mode) => {
      const door = doorTo(async ({ ack }) => {
        await ack('done');
        throw new Error('late');
      }, mode);
      expect(await door.answer(signed(command))).toMatchObject({ status: 200, body: 'done' });
      await door.stop();
      expect(lines.join()).toContain('a request from Slack failed');
    },
  );

  test('a throw before it is an error that the person sees', async () => {
    const door = doorTo(async () => {
      throw new Error('early');
    });
    expect((await door.answer(signed(command))).status).toBe(500);
    expect(lines.join()).not.toContain('secret justification');
  });

  test('of two acknowledgements the first counts', async () => {
    const door = doorTo(async ({ ack }) => {
      await ack('one');
      await ack('two');
    }, 'when-done');
    expect((await door.answer(signed(command))).body).toBe('one');
  });

  test('what nobody answers to is not found', async () => {
    expect((await doorTo(async () => {}).answer(signed(command))).status).toBe(404);
  });

  test('too slow: an error, not an empty success, so that no form closes as if it had been sent', async () => {
    const door = doorTo(() => new Promise((resolve) => setTimeout(resolve, 60)), 'at-once', 20);
    expect((await door.answer(signed(command))).status).toBe(503);
    expect(lines.join()).toContain('nothing answered Slack in time');
    await door.stop();
  });

  test('before there is an app behind it, the door says so', async () => {
    const door = frontDoor({ signingSecret: SECRET, mode: 'at-once', now: () => T0, log: logTo([]) });
    expect((await door.answer(signed(command))).status).toBe(500);
  });
});

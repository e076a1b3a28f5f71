import { connect } from 'node:net';
import type { Incoming } from '../../src/ports/door.js';
import { listen, type Health, type Listening } from '../../src/http/server.js';
import { logTo } from '../support/slack.js';

let listening: Listening;
let came: Incoming[];
const lines: string[] = [];

async function start(
  health: () => Promise<Health> = async () => ({ ok: true }),
  answer = async () => ({ status: 200, headers: { 'x-a': 'b' }, body: 'hello' }),
): Promise<string> {
  came = [];
  const door = {
    answer: (incoming: Incoming) => {
      came.push(incoming);
      return answer();
    },
  };
  listening = await listen({ port: 0, host: '127.0.0.1', door, health, log: logTo(lines), slowest: 150 });
  return `http://127.0.0.1:${listening.port}`;
}
afterEach(() => listening.close());

describe('the HTTP server', () => {
  test('hands the bytes of a POST to the door, and its answer back', async () => {
    const origin = await start();
    const body = Buffer.from([0x00, 0xff, 0x80]);
    const response = await fetch(`${origin}/slack/events?x=1`, { method: 'POST', body });
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([
      200,
      'b',
      'hello',
    ]);
    expect(came[0]!.body).toEqual(body);
  });

  test.each([
    ['GET', '/slack/events', 405],
    ['POST', '/healthz', 405],
    ['GET', '/', 404],
    ['POST', '/slack/events/', 404],
    ['GET', '/slack/../healthz/x', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const origin = await start();
    expect((await fetch(origin + path, { method })).status).toBe(status);
    expect(came).toEqual([]);
  });

  test.each([
    ['well', async () => ({ ok: true, stream: 'up' }), 200, { ok: true, stream: 'up' }],
    ['ill', async () => ({ ok: false }), 503, { ok: false }],
    [
      'unable to say',
      async () => {
        throw new Error('no table');
      },
      503,
      { ok: false },
    ],
  ])('health: %s', async (_, health, status, body) => {
    const response = await fetch(`${await start(health)}/healthz`);
    expect([response.status, await response.json()]).toEqual([status, body]);
  });

  test('a body that is too large is refused while it comes in', async () => {
    const origin = await start();
    const response = await fetch(`${origin}/slack/events`, { method: 'POST', body: 'a'.repeat(1_000_001) });
    expect(response.status).toBe(413);
    expect(came).toEqual([]);
  });

  test('a client that sends too slowly is cut off', async () => {
    await start();
    const socket = connect(listening.port, '127.0.0.1');
    socket.write('POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(came).toEqual([]);
  });

  test('closing waits for the request in hand', async () => {
    let finish!: () => void;
    const later = new Promise<void>((resolve) => (finish = resolve));
    const origin = await start(undefined, async () => {
      await later;
      return { status: 200, headers: { 'x-a': 'b' }, body: 'whole' };
    });
    const response = fetch(`${origin}/slack/events`, { method: 'POST', body: 'x' });
    while (came.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closing = listening.close();
    finish();
    expect(await (await response).text()).toBe('whole');
    await closing;
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow('fetch failed');
  });

  test('a door that throws is an error without details', async () => {
    const origin = await start(undefined, async () => {
      throw new Error('details');
    });
    const response = await fetch(`${origin}/slack/events`, { method: 'POST', body: 'x' });
    expect([response.status, await response.text()]).toEqual([500, 'failed']);
  });
});

import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { stranger } from '../../../src/sandbox/page/server/gate.js';
import { serveSandbox } from '../../../src/sandbox/page/server/server.js';
import { place, SECRET, type Place } from '../../support/sandbox-page.js';

let here: Place;
beforeEach(async () => {
  here = await place();
});
afterEach(() => here.close());

/** A request as only a program, or a browser that was tricked, would send it. */
async function raw(path: string, how: { method?: string; headers?: Record<string, string>; body?: string }) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { method = 'GET', headers = {}, body = '' } = how;
    const { hostname, port } = new URL(here.url);
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const json = { 'content-type': 'application/json' };
const faster = JSON.stringify({ rate: 60 });
const port = () => new URL(here.url).port;

describe('nobody is let in from elsewhere', () => {
  test.each([
    ['a name that was pointed at this machine', () => `evil.example:${port()}`],
    ['a name that begins like ours', () => `localhost.evil.example:${port()}`],
    ['the right name without the port', () => '127.0.0.1'],
    ['another port', () => '127.0.0.1:1'],
  ])('by %s', async (_, host) => {
    for (const path of ['/', '/page.js', '/api/snapshot', '/api/events'])
      expect(await raw(path, { headers: { host: host() } })).toMatchObject({ status: 403 });
    const headers = { ...json, host: host() };
    expect(await raw('/api/clock', { method: 'POST', headers, body: faster })).toMatchObject({ status: 403 });
    expect(here.clock.rate()).toBe(1);
  });

  test.each([
    ['another page', { ...json, origin: 'https://evil.example' }, 403],
    ['a page without an origin', { ...json, origin: 'null' }, 403],
    ['a page on another port of this machine', { ...json, origin: 'http://127.0.0.1:1' }, 403],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a form that looks like JSON', { 'content-type': 'text/plain; application/json' }, 415],
    ['nothing named', {}, 415],
  ])('with a POST of %s', async (_, headers, status) => {
    expect(await raw('/api/clock', { method: 'POST', headers, body: faster })).toMatchObject({ status });
    expect(here.clock.rate()).toBe(1);
  });

  test('our own page is, under each of its names', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const host = `${name}:${port()}`;
      const headers = { 'content-type': 'application/json; charset=utf-8', host, origin: `http://${host}` };
      expect(await raw('/api/clock', { method: 'POST', headers, body: faster })).toMatchObject({
        status: 200,
      });
    }
    expect(here.clock.rate()).toBe(60);
  });
});

describe('bad input is refused with a sentence, and changes nothing', () => {
  test.each([
    ['act', '{"as":', 'is not JSON'],
    ['act', '', 'is not JSON'],
    ['act', 'null', 'expects'],
    ['act', [], 'expects'],
    ['act', { as: 'UANA' }, 'do'],
    ['act', { as: 'UANA', do: 'shout' }, 'do'],
    ['act', { as: '', do: 'command', line: '/jit' }, 'as'],
    ['act', { as: 'UANA', do: 'command' }, 'line'],
    ['act', { as: 'UANA', do: 'command', line: '/jit', more: 1 }, 'more'],
    ['act', { as: 'UANA', do: 'command', line: '/jit', channel: null }, 'channel'],
    ['act', { as: 'UANA', do: 'command', line: 'x'.repeat(4_001) }, 'line'],
    ['act', { as: 'UANA', do: 'fill', modal: 'V1', values: { ticket: 7 } }, 'values.ticket'],
    ['try', { as: 'UANA', action: 'read', resource: '*' }, 'service:Action'],
    ['try', { as: 'UANA', action: 's3:*', resource: '*' }, 'service:Action'],
    ['try', { as: 'UANA', action: 's3:GetObject', resource: 'billing' }, 'ARN'],
    ['try', { as: 'UANA', action: 's3:GetObject', resource: '*', region: 'Europe' }, 'region'],
    ['try', { as: 'UANA', action: 's3:GetObject', resource: '*', sourceIp: 'home' }, 'IP address'],
    ['clock', { by: 0 }, 'at most 7 days'],
    ['clock', { by: -1 }, 'at most 7 days'],
    ['clock', { by: 7 * 86_400_000 + 1 }, 'at most 7 days'],
    ['clock', '{"by":1e999}', 'at most 7 days'],
    ['clock', { to: 'yesterday' }, '"next"'],
    ['clock', { rate: 2 }, '1 or 60'],
    ['clock', { by: 1, rate: 60 }, 'send one of'],
    ['bot', { running: 'yes' }, 'running'],
    ['trouble', { trouble: 'chaos' }, 'trouble'],
  ])('%s %j', async (path, body, said) => {
    const before = await here.look();
    const answer = await here.post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(said) as string } });
    expect(await here.look()).toEqual(before);
    expect(here.heard).toEqual([]);
  });

  test('more than 100 kB', async () => {
    const line = 'x'.repeat(100_000);
    expect(await here.act({ as: 'UANA', do: 'command', line })).toMatchObject({ status: 413 });
    expect(here.heard).toEqual([]);
  });

  test.each([
    '/nothing',
    '/page.ts',
    '/page.js/',
    '/../package.json',
    '/%2e%2e/package.json',
    '/api',
    '/api/',
    '/__proto__',
    '/constructor',
    '//evil.example/',
  ])('the unknown path %s', async (path) => {
    const answer = await raw(path, {});
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({ error: expect.stringContaining('nothing here') as string });
  });

  test('a known path by another method', async () => {
    expect(await raw('/api/act', {})).toMatchObject({ status: 404 });
    expect(await raw('/api/clock', { method: 'PUT', headers: json, body: faster })).toMatchObject({
      status: 404,
    });
    expect(await raw('/api/snapshot', { method: 'POST', headers: json, body: '{}' })).toMatchObject({
      status: 404,
    });
  });

  test('a person, a request that nobody knows', async () => {
    const unknown = {
      status: 404,
      body: { error: 'There is nobody with the id "UNOBODY" in this sandbox.' },
    };
    expect(await here.ask('GET', '/api/snapshot?as=UNOBODY')).toEqual(unknown);
    expect(await here.act({ as: 'UNOBODY', do: 'command', line: '/jit' })).toEqual(unknown);
    expect(await here.post('try', { as: 'UNOBODY', action: 's3:GetObject', resource: '*' })).toEqual(unknown);
    expect(await here.ask('GET', '/api/snapshot?as=')).toMatchObject({ status: 404 });
    for (const path of ['/api/record', '/api/record?id=x', '/api/record?id=__proto__'])
      expect(await here.ask('GET', path)).toMatchObject({
        status: 404,
        body: { error: expect.any(String) as string },
      });
  });

  test('a fault of our own is a sentence too, and the next answer is right again', async () => {
    jest.spyOn(here.playground.record, 'heads').mockRejectedValueOnce(new Error('the table is gone'));
    expect(await here.ask('GET', '/api/snapshot')).toEqual({
      status: 500,
      body: { error: 'Something went wrong within the sandbox: the table is gone' },
    });
    expect(await here.ask('GET', '/api/snapshot')).toMatchObject({ status: 200 });
  });
});

describe('the page', () => {
  test('may load nothing from elsewhere, and cannot be framed, kept or misread', async () => {
    const response = await fetch(`${here.url}/?as=UANA`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<title>jit sandbox</title>');
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(text).toContain('<div id="page"></div>');
    expect(text).not.toMatch(/https?:/);
    expect(text).not.toMatch(/\sstyle=|<style|\son\w+=/);
  });

  test('comes with its script and its style', async () => {
    const script = await fetch(`${here.url}/page.js`);
    expect([script.headers.get('content-type'), await script.text()]).toEqual([
      'text/javascript; charset=utf-8',
      'export {};\n',
    ]);
    const style = await fetch(`${here.url}/page.css`);
    expect([style.headers.get('content-type'), await style.text()]).toEqual([
      'text/css; charset=utf-8',
      'body {}\n',
    ]);
  });

  test('says what to do when it is not built', async () => {
    await rm(join(here.pageDir, 'page.js'));
    for (const path of ['/', '/page.js']) {
      const response = await fetch(`${here.url}${path}`);
      expect(response.status).toBe(500);
      expect(await response.text()).toContain('npm run sandbox');
    }
  });
});

test('a port that is taken is named, with what to do', async () => {
  const taken = Number(port());
  const again = serveSandbox(here.playground, { port: taken, pageDir: here.pageDir });
  await expect(again).rejects.toThrow(
    `Port ${taken} is taken by another program. Choose another with --port`,
  );
});

test.each([-1, 65_536, 1.5, Number.NaN])('the port %d is refused', async (port) => {
  const served = serveSandbox(here.playground, { port, pageDir: here.pageDir });
  await expect(served).rejects.toThrow(`${port} is not a port`);
});

test("on HTTP's own port, the name alone is ours too, and no other is", () => {
  const at = (host: string, port: number) => stranger({ method: 'GET', headers: { host } }, port)?.status;
  expect(['localhost', 'LOCALHOST:80', '[::1]', '127.0.0.1:80'].map((host) => at(host, 80))).toEqual(
    Array(4).fill(undefined),
  );
  expect(['evil.example', 'localhost:81', ''].map((host) => at(host, 80))).toEqual([403, 403, 403]);
  expect(stranger({ method: 'GET', headers: {} }, 80)?.status).toBe(403);
});

test('only this machine can reach it', () => {
  expect(here.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('invariant 9: no answer holds what the doubles are opened with', async () => {
  await here.act({ as: 'UANA', do: 'command', line: '/jit' });
  const answers = JSON.stringify([await here.look(), await here.look('UBOB')]);
  for (const secret of [SECRET, here.slack.botToken, here.slack.appToken, here.jit.keys.secretAccessKey])
    expect(answers).not.toContain(secret);
});

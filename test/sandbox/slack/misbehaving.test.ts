import { ErrorCode } from '@slack/web-api';
import { errorOf, slack } from './support.js';

type Slack = Awaited<ReturnType<typeof slack>>;
let here: Slack;
beforeEach(async () => {
  here = await slack();
});
afterEach(() => here.double.stop());
const post = () => here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'hello' });

test('a rate limit says how long to wait, and nothing is posted', async () => {
  here.double.misbehave('chat.postMessage', { kind: 'rate-limited', seconds: 30 });
  await expect(post()).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 30 });
  expect(here.double.messages('C0ACCESS')).toEqual([]);
  await post();
});

test('a server error goes on for as many calls as it was told', async () => {
  here.double.misbehave('*', { kind: 'status', status: 500 }, 2);
  await expect(post()).rejects.toThrow('500');
  await expect(here.client.users.info({ user: 'U0ANA' })).rejects.toThrow('500');
  await post();
});

test('a lost answer has had its effect, a lost request has not', async () => {
  here.double.misbehave('chat.postMessage', { kind: 'lost', effect: true });
  await expect(post()).rejects.toThrow('request error');
  expect(here.double.messages('C0ACCESS')).toHaveLength(1);
  here.double.misbehave('chat.postMessage', { kind: 'lost', effect: false });
  await expect(post()).rejects.toThrow('request error');
  expect(here.double.messages('C0ACCESS')).toHaveLength(1);
});

test('a named error, a slow answer, and good behaviour again', async () => {
  here.double.misbehave('chat.postMessage', { kind: 'error', error: 'fatal_error' });
  expect(await errorOf(post())).toBe('fatal_error');
  here.double.misbehave('chat.postMessage', { kind: 'slow', ms: 50 });
  const begun = performance.now();
  await post();
  expect(performance.now() - begun).toBeGreaterThan(45);
  here.double.misbehave('*', { kind: 'status', status: 503 }, 100);
  here.double.behave();
  await post();
});

test('the log keeps what was asked and answered, without the token', async () => {
  await post();
  here.double.misbehave('auth.test', { kind: 'status', status: 500 });
  await expect(here.client.auth.test()).rejects.toThrow('500');
  const [first, second] = here.double.calls();
  expect(first).toMatchObject({ method: 'chat.postMessage', args: { text: 'hello' }, answer: { ok: true } });
  expect(second).toMatchObject({ method: 'auth.test', fault: { kind: 'status' } });
  expect(JSON.stringify(here.double.calls())).not.toContain(here.double.botToken);
  expect(here.double.calls('auth.test')).toHaveLength(1);
});

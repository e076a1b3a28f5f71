import { ErrorCode } from '@slack/web-api';
import { errorOf, FORM, slack } from '../../support/sandbox-slack.js';

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

test.each([
  ['slow answers', { kind: 'slow', ms: 5 }, 'posted'],
  ['rate limits', { kind: 'rate-limited', seconds: 5 }, 'A rate-limit'],
  ['server errors', { kind: 'status', status: 500 }, '500'],
  ['lost answers', { kind: 'lost', effect: true }, 'request error'],
  ['lost requests', { kind: 'lost', effect: false }, 'request error'],
] as const)('%s can last until Slack is told to behave', async (_, fault, outcome) => {
  const tried = () =>
    post().then(
      () => 'posted',
      (error: Error) => error.message,
    );
  here.double.misbehave('*', fault, Infinity);
  for (let n = 0; n < 3; n++) expect(await tried()).toContain(outcome);
  here.double.behave();
  expect(await tried()).toBe('posted');
  const reached = fault.kind === 'slow' || (fault.kind === 'lost' && fault.effect);
  expect(here.double.messages('C0ACCESS')).toHaveLength(reached ? 4 : 1);
});

test('what Slack refuses for its content is listed as a mistake, and what was asked to go wrong is not', async () => {
  const { client, double } = here;
  const changes = jest.fn();
  double.onChange(changes);
  const blocks = [{ type: 'divider', block_id: 'x'.repeat(256) }] as never;
  await expect(client.chat.postMessage({ channel: 'C0ACCESS', text: 'hello', blocks })).rejects.toThrow(
    'invalid_blocks',
  );
  expect(changes).toHaveBeenCalled();
  await expect(client.views.update({ view_id: 'V0GONE', view: FORM })).rejects.toThrow('not_found');
  await expect(client.users.info({ user: 'U0NOBODY' })).rejects.toThrow('user_not_found');
  double.misbehave('*', { kind: 'error', error: 'invalid_blocks' });
  await expect(post()).rejects.toThrow('invalid_blocks');
  await post();
  expect(double.refusals(5)).toMatchObject([
    { method: 'chat.postMessage', answer: { error: 'invalid_blocks', errors: [expect.any(String)] } },
  ]);
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

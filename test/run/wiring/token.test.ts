import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartFault } from '../../../src/run/wiring/late-part.js';
import { whoWeAre } from '../../../src/run/wiring/slack-identity.js';

const TOKEN = 'xoxb-of-the-company';
type Answer = { status?: number; body?: string; headers?: Record<string, string> };

/** What `whoWeAre` makes of one answer to `auth.test`; of none where the connection is broken off. */
async function faultOf(answer: Answer | 'broken' | 'silent'): Promise<StartFault> {
  const server = createServer((request, response) => {
    if (answer === 'broken') return void request.socket.destroy();
    if (answer === 'silent') return undefined;
    const { status = 200, body = '{}', headers = {} } = answer;
    return void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  try {
    const timeout = answer === 'silent' ? 200 : 30_000;
    await whoWeAre({ slack: { apiUrl } }, TOKEN, { timeout, retries: 0 });
  } catch (error) {
    if (error instanceof StartFault) return error;
    throw error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
  throw new Error('there was no fault');
}
const saying = (error: string): Answer => ({ body: JSON.stringify({ ok: false, error }) });

describe('a token that Slack refuses is named, and never repeated', () => {
  test.each([
    'invalid_auth',
    'not_authed',
    'account_inactive',
    'token_revoked',
    'token_expired',
    'missing_scope',
    'org_login_required',
    'ekm_access_denied',
    'team_access_not_granted',
    'not_allowed_token_type',
    'something_that_slack_has_not_yet_said',
  ])('%s', async (error) => {
    const { problems, code } = await faultOf(saying(error));
    expect([problems, code]).toEqual([
      [`Slack does not accept SLACK_BOT_TOKEN (auth.test): ${error}`],
      'refused',
    ]);
  });
});

describe('where Slack cannot be reached, nobody blames the token', () => {
  test.each<[string, Answer | 'broken' | 'silent', string]>([
    ['503', { status: 503 }, 'http_503'],
    ['429', { status: 429, headers: { 'retry-after': '30' } }, 'ratelimited'],
    ['its own trouble', saying('internal_error'), 'internal_error'],
    ['a limit that it says with 200', saying('ratelimited'), 'ratelimited'],
    ['a page of somebody else’s', { body: `<html>${TOKEN}</html>` }, ''],
    ['an error that is a page', saying(`<html>${TOKEN}</html>`), 'no answer'],
    ['a connection that is broken off', 'broken', ''],
    ['silence', 'silent', ''],
  ])('%s', async (_, answer, why) => {
    const { problems, code } = await faultOf(answer);
    expect(code).toBe('unreachable');
    expect(problems).toEqual([expect.stringMatching(/^Slack cannot be reached \(auth\.test\): ./)]);
    expect(problems[0]).toContain(why);
    expect(problems[0]).not.toMatch(/xoxb|TOKEN/);
  });

  test('a name that does not resolve', async () => {
    const failed: unknown = await whoWeAre({ slack: { apiUrl: 'http://jit.invalid/api/' } }, TOKEN, {
      timeout: 5_000,
      retries: 0,
    }).catch((error: unknown) => error);
    expect((failed as StartFault).code).toBe('unreachable');
    expect((failed as StartFault).problems[0]).toMatch(/^Slack cannot be reached \(auth\.test\): ./);
  });
});

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { directMessages, judgeDirect } from '../../../src/cli/doctor/slack/direct.js';
import { addresses, judgeAddress, judgeUsergroup } from '../../../src/cli/doctor/slack/people.js';
import {
  BOT_SCOPES,
  judgeBot,
  judgeHome,
  judgeScopes,
  LATER_SCOPES,
} from '../../../src/cli/doctor/slack/token.js';
import type { DirectoryConfig } from '../../../src/domain/directory.js';
import type { SourceUser } from '../../../src/ports/people.js';
import { createLog } from '../../../src/log.js';
import type { SlackInspection } from '../../../src/cli/doctor/outside.js';
import { slackInspection } from '../../../src/slack/inspect.js';
import { engineClient } from '../../../src/slack/wire/clients.js';
import { DIRECTORY, installation } from '../../support/doctor.js';

let here: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  here = await installation();
});
afterEach(() => here.slack.behave());
afterAll(() => here.close());

test('the scopes that are looked for are those of the manifest', () => {
  const manifest = parse(readFileSync(join(__dirname, '../../../manifest.yml'), 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } };
  };
  expect([...BOT_SCOPES, ...LATER_SCOPES].sort()).toEqual(manifest.oauth_config.scopes.bot.sort());
});

describe('the Slack token', () => {
  test('a wrong one fails, and what needs it is skipped and says so', async () => {
    const steps = await here.examined({ SLACK_BOT_TOKEN: 'xoxb-wrong-one' });
    expect(steps.get('Slack token')).toMatchObject({
      outcome: 'failed',
      problems: [{ what: expect.stringContaining('invalid_auth'), fix: expect.stringContaining('xoxb-…') }],
    });
    expect(steps.get('Slack scopes')).toMatchObject({
      outcome: 'skipped',
      why: 'first fix Slack token',
    });
    expect(steps.get('channels')).toMatchObject({
      outcome: 'skipped',
      why: 'first fix Slack token and Slack scopes',
    });
    expect(steps.get('signing secret')).toMatchObject({ outcome: 'ok' });
  });

  test('one of another workspace fails', async () => {
    expect(await here.of('Slack token', { SLACK_TEAM_ID: 'T0ELSE' })).toEqual([
      expect.stringMatching(/SLACK_TEAM_ID is T0ELSE.*T0CORP → set SLACK_TEAM_ID/),
    ]);
  });

  test('a token that is no bot’s, and another bot’s id, fail', () => {
    const slack = {
      botToken: { value: '' },
      signingSecret: { value: '' },
      apiUrl: 'https://slack.com/api/',
      botId: 'B1',
    };
    expect(judgeBot({ team: 'T1' }, slack)).toMatchObject({
      problems: [{ what: expect.stringContaining('not the token of a bot') }],
    });
    expect(judgeBot({ team: 'T1', botId: 'B2' }, slack)).toMatchObject({
      problems: [{ fix: expect.stringContaining('SLACK_BOT_ID=B2') }],
    });
    expect(judgeBot({ error: 'not_allowed_token_type' }, slack)).toMatchObject({
      problems: [{ what: expect.stringContaining('is not a bot token') }],
    });
  });

  test('a secret that SSM does not give is named by its parameter', async () => {
    process.env['AWS_ENDPOINT_URL_SSM'] = 'http://127.0.0.1:9';
    expect(
      await here.of('Slack token', { SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_PARAMETER: '/jit/token' }),
    ).toEqual([
      expect.stringMatching(/\/jit\/token in eu-west-1 could not be read \(.*\) → check AWS_REGION/),
    ]);
    delete process.env['AWS_ENDPOINT_URL_SSM'];
  });

  test('when Slack is away, that is said', async () => {
    here.slack.misbehave('auth.test', { kind: 'status', status: 502 });
    expect(await here.of('Slack token')).toEqual([expect.stringMatching(/no answer \(http_502\) → check/)]);
  });
});

describe('App Home', () => {
  const bot = { team: 'T1', userId: 'U0BOT' };
  const slackOf = (said: Awaited<ReturnType<SlackInspection['homeTab']>>): SlackInspection => ({
    ...({} as SlackInspection),
    homeTab: async () => said,
  });

  test('an app of an older manifest is a warning that says what is missing, and that the rest works', async () => {
    expect(await judgeHome(slackOf('missing'), bot)).toMatchObject({
      warnings: [
        {
          what: expect.stringMatching(/no Home tab.*shortcuts.*app_home_opened/),
          fix: expect.stringMatching(/as before/),
        },
      ],
    });
    here.slack.misbehave('views.publish', { kind: 'error', error: 'not_enabled' });
    expect(await here.of('App Home')).toEqual(['ok', expect.stringMatching(/^the app has no Home tab/)]);
  });

  test('what Slack does not tell is said, and never taken for granted', async () => {
    expect(await judgeHome(slackOf('there'), bot)).toMatchObject({
      about: expect.stringMatching(/does not tell whether the app has the shortcuts/),
    });
    for (const [slack, whose] of [
      [slackOf({ error: 'http_502' }), bot],
      [slackOf('there'), { team: 'T1' }],
    ] as const)
      expect(await judgeHome(slack, whose)).toMatchObject({ skipped: expect.stringMatching(/does not say/) });
  });

  test('nobody’s Home tab is touched but the bot’s own', async () => {
    await here.of('App Home');
    expect(here.slack.calls('views.publish').map(({ args }) => args['user_id'])).toEqual(
      expect.arrayContaining([here.slack.botUserId]),
    );
    expect(new Set(here.slack.calls('views.publish').map(({ args }) => args['user_id'])).size).toBe(1);
  });
});

describe('scopes', () => {
  test('of an older manifest are a warning that says what is missing without them', () => {
    const lacking = (scopes: string[]) => {
      const judged = judgeScopes({ team: 'T1', scopes: [...BOT_SCOPES, ...scopes] });
      return 'warnings' in judged ? (judged.warnings ?? []).map(({ what }) => what) : judged;
    };
    const dnd =
      'the token lacks dnd:read, for which older manifests did not ask: people are reminded even while they have Do Not Disturb on';
    expect(lacking(['channels:read', 'groups:read'])).toEqual([dnd]);
    expect(lacking([])).toEqual([
      expect.stringMatching(/^the token lacks channels:read and groups:read, .* no direct message$/),
      dnd,
    ]);
    expect(judgeScopes({ team: 'T1', scopes: [...BOT_SCOPES, ...LATER_SCOPES] })).toEqual({
      value: true,
      about: 'all 12',
    });
  });

  test('missing ones are named', () => {
    const scopes = [...BOT_SCOPES, ...LATER_SCOPES].filter((scope) => !/usergroups|im:h/.test(scope));
    expect(judgeScopes({ team: 'T1', scopes })).toEqual({
      problems: [
        {
          what: 'the token lacks usergroups:read, im:history',
          fix: expect.stringContaining('reinstall the app'),
        },
      ],
    });
  });

  test('those of a later manifest are named with what fails, and alone are no failure', () => {
    expect(judgeScopes({ team: 'T1', scopes: ['commands', 'groups:read'] })).toMatchObject({
      problems: [
        { what: expect.stringMatching(/^the token lacks chat:write, im:write.*, channels:read, dnd:read$/) },
      ],
    });
  });

  test('scopes that Slack did not name are not taken for granted', () => {
    expect(judgeScopes({ team: 'T1' })).toMatchObject({
      problems: [{ what: expect.stringMatching(/did not say/) }],
    });
  });

  test('they are read from Slack’s own answer', async () => {
    expect(await here.of('Slack scopes')).toEqual(['ok']);
  });
});

describe('the signing secret', () => {
  test('another one than the endpoint’s fails', async () => {
    expect(await here.of('signing secret', { SLACK_SIGNING_SECRET: 'another' })).toEqual([
      expect.stringMatching(/refuses a request signed .* → give the running process the same signing secret/),
    ]);
  });

  test('an endpoint that does not check signatures fails', async () => {
    const naive = await answering((body) => [200, body]);
    expect(await here.of('signing secret', {}, { url: naive.url })).toEqual([
      expect.stringMatching(/accepts a wrong signature → take it off the network/),
    ]);
    await naive.close();
  });

  test('something else at the address fails, and so does nothing', async () => {
    const other = await answering(() => [404, '<html>']);
    expect(await here.of('signing secret', {}, { url: other.url })).toEqual([
      expect.stringMatching(/answers 404, which is not jit’s answer → check the address/),
    ]);
    await other.close();
    const gone = await answering(() => [200, '']);
    await gone.close();
    expect(await here.of('signing secret', {}, { url: gone.url })).toEqual([
      expect.stringMatching(/does not answer \(ECONNREFUSED\) → start jit/),
    ]);
  });

  test('what is signed follows no redirect', async () => {
    const asked: string[] = [];
    const target = await answering((body) => (asked.push(body), [200, body]));
    const hop = await answering(() => [307, '', { location: target.url }]);
    expect(await here.of('signing secret', {}, { url: hop.url })).toEqual([
      expect.stringMatching(/answers 307/),
    ]);
    expect(asked).toEqual([]);
    await Promise.all([hop.close(), target.close()]);
  });

  test('without an address it is skipped with how to name one; so it is in Socket Mode', async () => {
    expect(await here.of('signing secret', { PORT: '9' })).toEqual([
      expect.stringMatching(/^skipped: .*--url https:\/\/…\/slack\/events/),
    ]);
    expect(await here.of('signing secret', { SLACK_APP_TOKEN: 'xapp-1' })).toEqual([
      'skipped: in Socket Mode, Slack calls no address',
    ]);
  });

  test('right, at the address given and at the one on this machine', async () => {
    expect(await here.of('signing secret', { PORT: '9' }, { url: here.url })).toEqual(['ok']);
    expect(await here.of('signing secret')).toEqual(['ok']);
  });
});

describe('channels', () => {
  afterEach(() => {
    here.slack.changeChannel('C0SECURITY', { bot: true, archived: false, private: false });
  });

  test('one that the bot is not in is named, with who needs it', async () => {
    here.slack.changeChannel('C0SECURITY', { bot: false });
    expect(await here.of('channels')).toEqual([
      'the bot is not in C0SECURITY (stage security, fallback) → write /invite @jit in that channel',
    ]);
  });

  test('the same where the token may not read about channels, as with an older manifest', async () => {
    here.slack.changeChannel('C0SECURITY', { bot: false });
    here.slack.misbehave('conversations.info', { kind: 'error', error: 'missing_scope' }, Infinity);
    expect(await here.of('channels')).toEqual([
      'the bot is not in C0SECURITY (stage security, fallback) → write /invite @jit in that channel',
    ]);
    here.slack.changeChannel('C0SECURITY', { bot: true });
    expect(await here.of('channels')).toEqual(['ok']);
  });

  test('an archived one, and one that the bot cannot see', async () => {
    here.slack.changeChannel('C0SECURITY', { archived: true });
    expect(await here.of('channels')).toEqual([
      expect.stringMatching(/C0SECURITY .* is archived → unarchive/),
    ]);
    here.slack.changeChannel('C0SECURITY', { private: true, bot: false });
    expect(await here.of('channels')).toEqual([
      expect.stringMatching(/the bot cannot see the channel C0SECURITY .* → correct the id/),
    ]);
  });

  test('when Slack gives no answer, it is not taken for a yes', async () => {
    here.slack.misbehave('conversations.info', { kind: 'rate-limited', seconds: 1 });
    expect(await here.of('channels')).toEqual([expect.stringContaining('(ratelimited)')]);
  });
});

describe('direct messages', () => {
  test('can be written, and none is opened for finding out', async () => {
    expect(await here.of('direct messages')).toEqual(['ok']);
    const calls = here.slack.calls('conversations.open');
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.every(({ args }) => args['prevent_creation'])).toBe(true);
    const step = (await here.examined()).get('direct messages');
    expect(step).toMatchObject({ about: expect.stringMatching(/Messages tab is on, Slack does not tell/) });
  });

  test('that cannot be are a warning which names whom they do not reach', async () => {
    here.slack.misbehave('conversations.open', { kind: 'error', error: 'restricted_action' });
    expect(await here.of('direct messages')).toEqual([
      'ok',
      expect.stringMatching(/^jit cannot write direct messages to \S+@corp.example \(restricted_action\) → /),
    ]);
    expect(judgeDirect('bob@corp.example', { error: 'http_502' })).toMatchObject([
      { what: expect.stringMatching(/^bob@corp.example: Slack gave no answer/) },
    ]);
  });

  test('of nobody whom Slack knows nothing is said', async () => {
    const client = engineClient({
      token: here.slack.botToken,
      slackApiUrl: here.slack.apiUrl,
      log: createLog('silent'),
    });
    expect(await directMessages(slackInspection(client), 'T0CORP', DIRECTORY)).toMatchObject({
      skipped: expect.stringMatching(/names nobody/),
    });
  });
});

describe('user groups and people', () => {
  afterEach(() => {
    here.slack.changeUsergroup('S0DBA', { users: ['U0DAN'], disabled: false });
  });

  test('an empty, a disabled and an unknown group fail', async () => {
    here.slack.changeUsergroup('S0DBA', { users: [] });
    expect(await here.of('user groups')).toEqual([
      'nobody is in S0DBA (group dba) → put people into @dba, or name another group',
    ]);
    here.slack.changeUsergroup('S0DBA', { disabled: true });
    expect(await here.of('user groups')).toEqual([
      expect.stringMatching(/S0DBA .* is disabled → enable @dba/),
    ]);
    expect(judgeUsergroup('S0NONE (group none)', undefined)).toMatchObject([
      { what: 'Slack has no user group S0NONE (group none)', fix: expect.stringContaining('correct the id') },
    ]);
    here.slack.misbehave('usergroups.list', { kind: 'error', error: 'fatal_error' });
    expect(await here.of('user groups')).toEqual([expect.stringContaining('(fatal_error)')]);
  });

  test('an address that Slack does not know is a warning', async () => {
    here.slack.changeUser('U0KIM', { deleted: true });
    expect(await here.of('people')).toEqual(
      expect.arrayContaining([
        'ok',
        expect.stringMatching(/no active account for kim@corp.example → correct/),
      ]),
    );
    here.slack.changeUser('U0KIM', { deleted: false });
  });

  test('of many addresses only so many are looked up as Slack allows, and that is said', async () => {
    const { slack } = here;
    const members = Array.from({ length: 45 }, (_, n) => `nobody${n}@corp.example`);
    const log = createLog('silent');
    const client = engineClient({ token: slack.botToken, slackApiUrl: slack.apiUrl, log });
    const before = slack.calls('users.lookupByEmail').length;
    const found = await addresses(slackInspection(client), 'T0CORP', {
      ...DIRECTORY,
      groups: { all: { members } },
    });
    expect(slack.calls('users.lookupByEmail').length - before).toBe(40);
    expect(found).toMatchObject({
      warnings: expect.arrayContaining([
        { what: expect.stringContaining('only 40 of 45 addresses'), fix: 'check the others yourself' },
      ]),
    });
  });

  test('those who agree and have not confirmed their address are counted, of lists and of the stages’ groups', async () => {
    here.slack.changeUser('U0SAM', { unconfirmed: true });
    here.slack.changeUsergroup('S0DBA', { users: ['U0DAN', 'U0UMA'] });
    const members = ['sam@corp.example', 'kim@corp.example'];
    const directory: DirectoryConfig = {
      ...DIRECTORY,
      groups: {
        security: { members },
        dba: { source: 'slack', id: 'S0DBA' },
        engineers: { source: 'slack', id: 'S0ENG' },
      },
      stages: [
        { name: 'security', kind: 'group', group: 'security' },
        { name: 'dba', kind: 'group', group: 'dba' },
      ],
    };
    const log = createLog('silent');
    const client = engineClient({ token: here.slack.botToken, slackApiUrl: here.slack.apiUrl, log });
    const found = await addresses(slackInspection(client), 'T0CORP', directory);
    here.slack.changeUser('U0SAM', { unconfirmed: false });
    expect(found).toMatchObject({
      warnings: [
        {
          what: '2 people have not confirmed their e-mail address in Slack (sam@corp.example, uma@corp.example)',
          fix: expect.stringContaining('confirmation e-mail'),
        },
      ],
    });
    expect(await addresses(slackInspection(client), 'T0CORP', directory)).toMatchObject({
      warnings: [{ what: expect.stringMatching(/^1 person has not confirmed/) }],
    });
  });

  test('so is one of a guest, and one that cannot be looked up', () => {
    const user = { id: 'U1', tenants: ['T1'], email: 'gus@corp.example', deactivated: false };
    const of = (more: Partial<SourceUser>) => ({ user: { ...user, kind: 'member' as const, ...more } });
    expect(judgeAddress('gus@corp.example', of({ kind: 'guest' }), 'T1')).toMatchObject([
      { what: expect.stringMatching(/is a guest/) },
    ]);
    expect(judgeAddress('gus@corp.example', { error: 'ratelimited' }, 'T1')).toMatchObject([
      { what: expect.stringMatching(/ratelimited/) },
    ]);
    expect(judgeAddress('gus@corp.example', of({ tenants: ['T2'] }), 'T1')).toMatchObject([
      { what: expect.stringMatching(/does not belong to the Slack workspace T1/) },
    ]);
    expect(judgeAddress('gus@corp.example', of({ tenants: ['T2', 'T1'] }), 'T1')).toEqual([]);
  });
});

/** A server that answers every call in this way. */
async function answering(answer: (body: string) => [number, string, Record<string, string>?]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [status, body, headers] = answer(Buffer.concat(chunks).toString());
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    close: () =>
      new Promise<unknown>((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

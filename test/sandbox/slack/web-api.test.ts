import { errorOf, refusal, slack, START, web } from '../../support/sandbox-slack.js';

type Slack = Awaited<ReturnType<typeof slack>>;
let here: Slack;
beforeEach(async () => {
  here = await slack();
});
afterEach(() => here.double.stop());

const info = async (user: string) => (await here.client.users.info({ user })).user;
const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });

describe('tokens and scopes', () => {
  test('a call without a token, with a wrong one, or with the wrong kind of token is refused by name', async () => {
    const { double } = here;
    const bare = await fetch(`${double.apiUrl}auth.test`, { method: 'POST' });
    expect(await bare.json()).toEqual({ ok: false, error: 'not_authed' });
    expect(await errorOf(web(double, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
    expect(await errorOf(web(double, double.appToken).auth.test())).toBe('not_allowed_token_type');
    expect(await errorOf(web(double).apps.connections.open())).toBe('not_allowed_token_type');
  });

  test('a method that does not exist is unknown', async () => {
    expect(await errorOf(here.client.apiCall('jit.grant'))).toBe('unknown_method');
  });

  test('a method whose scope was not granted says which one is needed, and e-mails stay hidden', async () => {
    const { double, client } = await slack({ scopes: ['users:read'] });
    expect(await errorOf(client.chat.postMessage({ channel: 'C0ACCESS', text: 'x' }))).toBe('missing_scope');
    const { user } = await client.users.info({ user: 'U0ANA' });
    expect(user?.profile?.email).toBeUndefined();
    await double.stop();
  });
});

test('every answer to the bot’s token names its scopes, and no answer to another does', async () => {
  const granted = ['users:read', 'chat:write'];
  const few = await slack({ scopes: granted });
  expect((await few.client.auth.test()).response_metadata?.scopes).toEqual(granted);
  await few.double.stop();
  const all = (await here.client.auth.test()).response_metadata?.scopes;
  expect(all).toEqual(expect.arrayContaining(['commands', 'chat:write', 'im:history', 'usergroups:read']));
  const stranger = await fetch(`${here.double.apiUrl}auth.test`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-wrong' },
  });
  expect(stranger.headers.get('x-oauth-scopes')).toBeNull();
});

describe('people', () => {
  test('unknown people, addresses and groups are refused by name', async () => {
    const { client } = here;
    expect(await errorOf(client.users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
    for (const email of ['nobody@corp.example', 'gone@corp.example', 'olga@other.example'])
      expect(await errorOf(client.users.lookupByEmail({ email }))).toBe('users_not_found');
    expect(await errorOf(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
    expect(await errorOf(client.usergroups.users.list({ usergroup: 'S0OLD' }))).toBe('subteam_disabled');
  });

  test('each kind of person carries the flags that Slack gives them', async () => {
    expect(await info('U0ANA')).toMatchObject({
      team_id: 'T0CORP',
      deleted: false,
      is_bot: false,
      is_restricted: false,
      profile: { email: 'Ana@corp.example' },
    });
    expect(await info('U0GUEST')).toMatchObject({ is_restricted: true, is_ultra_restricted: false });
    expect(await info('U0SINGLE')).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await info('U0ROBOT')).toMatchObject({ is_bot: true });
    expect(await info('U0GONE')).toMatchObject({ deleted: true });
    const stranger = await info('U0OTHER');
    expect(stranger).toMatchObject({ team_id: 'T0OTHER', is_stranger: true });
    expect(stranger?.profile?.email).toBeUndefined();
  });

  test('user groups come with their members when asked, and disabled ones only when asked', async () => {
    const { client, double } = here;
    expect((await client.usergroups.list()).usergroups).toMatchObject([{ id: 'S0ENG', user_count: 2 }]);
    expect((await client.usergroups.list({ include_users: true })).usergroups?.[0]?.users).toEqual([
      'U0ANA',
      'U0BOB',
    ]);
    const all = await client.usergroups.list({ include_disabled: true });
    expect(all.usergroups?.map(({ id }) => id)).toEqual(['S0ENG', 'S0OLD']);
    double.changeUsergroup('S0ENG', { users: ['U0BOB'] });
    expect((await client.usergroups.users.list({ usergroup: 'S0ENG' })).users).toEqual(['U0BOB']);
  });

  test('people can be changed while it runs', async () => {
    const { client, double } = here;
    double.changeUser('U0ANA', { deleted: true });
    double.changeUser('U0BOB', { email: 'robert@corp.example' });
    expect((await client.users.info({ user: 'U0ANA' })).user?.deleted).toBe(true);
    expect((await client.users.lookupByEmail({ email: 'Robert@corp.example' })).user?.id).toBe('U0BOB');
    expect(() => double.changeUser('U0NOBODY', {})).toThrow('there is no U0NOBODY');
  });

  test('users.list gives pages', async () => {
    const first = await here.client.users.list({ limit: 3 });
    expect(first.members).toHaveLength(3);
    const rest = await here.client.users.list({
      limit: 50,
      cursor: first.response_metadata?.next_cursor ?? '',
    });
    expect(rest.members?.some(({ id }) => id === 'U0OTHER')).toBe(false);
    expect(rest.response_metadata?.next_cursor).toBe('');
  });
});

describe('posting', () => {
  test.each([
    ['C0NONE', 'channel_not_found'],
    ['C0SECRET', 'channel_not_found'],
    ['U0NOBODY', 'channel_not_found'],
    ['U0GONE', 'channel_not_found'],
    ['U0ROBOT', 'cannot_dm_bot'],
    ['C0OUT', 'not_in_channel'],
    ['C0OLD', 'is_archived'],
  ])('to %s it is refused: %s', async (channel, error) => {
    expect(await errorOf(here.client.chat.postMessage({ channel, text: 'x' }))).toBe(error);
    expect(here.double.messages(channel)).toEqual([]);
  });

  test('what is empty, too long or malformed is refused by name', async () => {
    const post = (more: object) =>
      errorOf(here.client.apiCall('chat.postMessage', { channel: 'C0ACCESS', ...more }));
    expect(await post({})).toBe('no_text');
    expect(await post({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await post({ text: 'x', blocks: '[{' })).toBe('invalid_blocks_format');
    expect(await post({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2900))) })).toBe(
      'msg_blocks_too_long',
    );
    expect(await post({ text: 'x', metadata: 'y' })).toBe('invalid_metadata_format');
    expect(await post({ text: 'x', metadata: { event_type: 'a' } })).toBe('invalid_metadata_schema');
    expect(await post({ text: 'x', thread_ts: '1.2' })).toBe('cannot_reply_to_message');
    const { error, messages } = await refusal(
      here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'x', blocks: [section('x'.repeat(3001))] }),
    );
    expect(error).toBe('invalid_blocks');
    expect(messages).toEqual([
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ]);
  });

  test('each message has its own ts, from the clock', async () => {
    const { client } = here;
    const one = await client.chat.postMessage({ channel: 'C0ACCESS', text: 'one' });
    const two = await client.chat.postMessage({ channel: 'C0ACCESS', text: 'two' });
    expect(one.ts).toBe(`${START / 1000}.000000`);
    expect(two.ts).toBe(`${START / 1000}.000001`);
  });

  test('a message to a person lands in their direct channel, which conversations.open gives too', async () => {
    const { client, double } = here;
    const { channel } = await client.chat.postMessage({ channel: 'U0ANA', text: 'hello' });
    expect((await client.conversations.open({ users: 'U0ANA' })).channel?.id).toBe(channel);
    await client.chat.postMessage({ channel: channel ?? '', text: 'again' });
    expect(double.dms('U0ANA').map(({ text }) => text)).toEqual(['hello', 'again']);
    expect(double.dms('U0BOB')).toEqual([]);
    expect(await errorOf(client.conversations.open({ users: 'U0NOBODY' }))).toBe('user_not_found');
    expect(await errorOf(client.conversations.open({ users: 'U0GONE' }))).toBe('user_disabled');
  });

  test('threads, broadcasts and metadata come back by history and replies', async () => {
    const { client } = here;
    const metadata = { event_type: 'jherecard', event_payload: { request: 'r1' } };
    const { ts = '' } = await client.chat.postMessage({ channel: 'C0ACCESS', text: 'card', metadata });
    const at = { channel: 'C0ACCESS', thread_ts: ts };
    await client.chat.postMessage({ ...at, text: 'reply' });
    await client.chat.postMessage({ ...at, text: 'loud', reply_broadcast: true });
    const plain = await client.conversations.history({ channel: 'C0ACCESS' });
    expect(plain.messages?.map(({ text }) => text)).toEqual(['loud', 'card']);
    expect(plain.messages?.[1]).toMatchObject({ thread_ts: ts, reply_count: 2 });
    expect(plain.messages?.[1]?.metadata).toBeUndefined();
    const full = await client.conversations.history({
      channel: 'C0ACCESS',
      include_all_metadata: true,
      limit: 1,
    });
    expect(full.has_more).toBe(true);
    const cursor = full.response_metadata?.next_cursor ?? '';
    const next = await client.conversations.history({
      channel: 'C0ACCESS',
      include_all_metadata: true,
      cursor,
    });
    expect(next.messages?.[0]?.metadata).toEqual(metadata);
    const replies = await client.conversations.replies({ channel: 'C0ACCESS', ts });
    expect(replies.messages?.map(({ text }) => text)).toEqual(['card', 'reply', 'loud']);
    const later = await client.conversations.history({ channel: 'C0ACCESS', oldest: ts });
    expect(later.messages?.map(({ text }) => text)).toEqual(['loud']);
    expect(await errorOf(client.conversations.replies({ channel: 'C0ACCESS', ts: '1.1' }))).toBe(
      'thread_not_found',
    );
    expect(await errorOf(client.conversations.history({ channel: 'C0OUT' }))).toBe('not_in_channel');
    expect(await errorOf(client.conversations.info({ channel: 'C0SECRET' }))).toBe('channel_not_found');
    expect((await client.conversations.info({ channel: 'C0OUT' })).channel).toMatchObject({
      is_member: false,
    });
  });

  test('an update keeps what it does not name, and only the bot’s own messages can be changed', async () => {
    const { client, double } = here;
    const metadata = { event_type: 'jherecard', event_payload: {} };
    const { ts = '' } = await client.chat.postMessage({
      channel: 'C0ACCESS',
      text: 'card',
      blocks: [section('waiting')],
      metadata,
    });
    await client.chat.update({ channel: 'C0ACCESS', ts, text: 'new' });
    expect(double.messages('C0ACCESS')).toMatchObject([
      { text: 'new', metadata, blocks: [section('waiting')] },
    ]);
    await client.chat.update({ channel: 'C0ACCESS', ts, text: 'bare', blocks: [] });
    expect(double.messages('C0ACCESS')[0]?.blocks).toEqual([]);
    expect(await errorOf(client.chat.update({ channel: 'C0ACCESS', ts: '1.1', text: 'x' }))).toBe(
      'message_not_found',
    );
    expect(await errorOf(client.chat.update({ channel: 'U0ANA', ts, text: 'x' }))).toBe('channel_not_found');
    await client.chat.delete({ channel: 'C0ACCESS', ts });
    expect(await errorOf(client.chat.delete({ channel: 'C0ACCESS', ts }))).toBe('message_not_found');
  });

  test('an ephemeral message is seen by one person, who must be in the channel, and cannot be updated', async () => {
    const { client, double } = here;
    const { message_ts: ts = '' } = await client.chat.postEphemeral({
      channel: 'C0FEW',
      user: 'U0ANA',
      text: 'psst',
    });
    expect(double.ephemerals('U0ANA').map(({ text }) => text)).toEqual(['psst']);
    expect(double.messages('C0FEW')).toEqual([]);
    expect(await errorOf(client.chat.postEphemeral({ channel: 'C0FEW', user: 'U0BOB', text: 'x' }))).toBe(
      'user_not_in_channel',
    );
    expect(await errorOf(client.chat.update({ channel: 'C0FEW', ts, text: 'x' }))).toBe('message_not_found');
  });

  test('JSON bodies are read like forms', async () => {
    const { double } = here;
    const answer = await fetch(`${double.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        authorization: `Bearer ${double.botToken}`,
      },
      body: JSON.stringify({ channel: '#access', text: 'hello', blocks: [section('hello')] }),
    });
    expect(await answer.json()).toMatchObject({ ok: true, channel: 'C0ACCESS' });
  });
});

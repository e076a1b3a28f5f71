import { recognise } from '../../src/slack/wire/recognise-body.js';

const user = { id: 'U1', team_id: 'T1', name: 'ana' };
const click = (more: object = {}) => ({
  type: 'block_actions',
  user,
  team: { id: 'T1' },
  actions: [{ action_id: 'approve', value: 'v' }],
  ...more,
});
const submission = (more: object = {}) => ({
  type: 'view_submission',
  user,
  team: { id: 'T1' },
  view: { id: 'V1', callback_id: 'request', state: { values: {} } },
  ...more,
});
const suggestion = (more: object = {}) => ({
  type: 'block_suggestion',
  user,
  team: { id: 'T1' },
  action_id: 'entitlement',
  block_id: 'entitlement',
  value: 'ord',
  ...more,
});
const own = (json: string) => JSON.parse(json) as Record<string, unknown>;

describe('what we answer to', () => {
  test('a command, a click and a form come through with what we read, and nothing else', () => {
    expect(recognise({ command: '/jit', text: 'x', user_id: 'U1', team_id: 'T1', token: 'old' })).toEqual({
      kind: 'command',
      body: { command: '/jit', text: 'x', user_id: 'U1', team_id: 'T1' },
    });
    expect(
      recognise(click({ bot_access_token: 'xoxb', function_data: {}, enterprise: { id: 'E1' } })),
    ).toEqual({
      kind: 'block_actions',
      body: {
        type: 'block_actions',
        user: { id: 'U1', team_id: 'T1' },
        team: { id: 'T1' },
        container: { is_ephemeral: false },
        actions: [{ action_id: 'approve', value: 'v' }],
        view: undefined,
      },
    });
    expect(recognise(submission({ response_urls: null }))?.body).toEqual({
      type: 'view_submission',
      user: { id: 'U1', team_id: 'T1' },
      team: { id: 'T1' },
      view: { id: 'V1', callback_id: 'request', state: { values: {} } },
    });
  });

  test('of what is being typed its text comes through, empty where there is none', () => {
    const more = { name: 'not-a-dialog', bot_access_token: 'xoxb', channel: { id: 7 }, view: { id: 'V1' } };
    const body = {
      type: 'block_suggestion',
      user: { id: 'U1', team_id: 'T1' },
      team: { id: 'T1' },
      action_id: 'entitlement',
      block_id: 'entitlement',
    };
    expect(recognise(suggestion(more))).toEqual({
      kind: 'block_suggestion',
      body: { ...body, value: 'ord' },
    });
    for (const value of ['', undefined, null, 7, ['ord'], { value: 'ord' }])
      expect(recognise(suggestion({ value }))?.body).toEqual({ ...body, value: '' });
  });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['a suggestion for nothing', suggestion({ action_id: undefined })],
    ['a suggestion for something that is no text', suggestion({ action_id: ['entitlement'] })],
    ['an event', { type: 'event_callback', event: { type: 'message' } }],
    ['a closed modal', submission({ type: 'view_closed' })],
    ['a shortcut', { type: 'shortcut', user }],
    ['a command that is no text', { command: 5 }],
    ['a command that calls itself a click', { command: '/jit', type: 'block_actions' }],
    ['a click without actions', click({ actions: undefined })],
    ['a click on nothing', click({ actions: [] })],
    ['a click on null', click({ actions: [null] })],
    ['a click on something without a name', click({ actions: [{ value: 'v' }] })],
    ['actions that are an object', click({ actions: { 0: { action_id: 'approve' } } })],
    ['a form without a view', submission({ view: null })],
    ['a form without a name', submission({ view: { callback_id: 7 } })],
  ])('%s is not answered', (_, body) => {
    expect(recognise(body)).toBeUndefined();
  });
});

describe('invariant 8: whoever is not wholly named is nobody', () => {
  test.each([
    ['no user', { user: undefined }],
    ['a user that is a text', { user: 'U1' }],
    ['a user without an id', { user: { team_id: 'T1' } }],
    ['an id that is none of Slack’s', { user: { id: 'U1 ', team_id: 'T1' } }],
    ['an id with a prototype’s name', { user: { id: '__proto__', team_id: 'T1' } }],
    ['a list of ids', { user: { id: ['U1'], team_id: 'T1' } }],
    [
      'a workspace that is a number, which must not give way to the channel’s',
      { user: { id: 'U1', team_id: 7 } },
    ],
    ['a channel’s workspace that is none', { team: { id: 'constructor' } }],
  ])('%s', (_, more) => {
    expect(recognise(click(more))!.body).toMatchObject({ user: {} });
    expect(recognise(click(more))!.body).not.toHaveProperty('user.id');
    expect(recognise(submission(more))!.body).not.toHaveProperty('user.id');
    expect(recognise(suggestion(more))!.body).not.toHaveProperty('user.id');
  });

  test('of a command neither half stands alone', () => {
    for (const who of [{ user_id: 'U1' }, { team_id: 'T1' }, { user_id: 'U1', team_id: '__proto__' }]) {
      const { body } = recognise({ command: '/jit', ...who })!;
      expect(body).not.toHaveProperty('user_id');
      expect(body).not.toHaveProperty('team_id');
    }
  });

  test('what is only inherited is not there', () => {
    expect(recognise(own('{"__proto__":{"command":"/jit"}}'))).toBeUndefined();
    const polluted = own(
      '{"type":"block_actions","actions":[{"action_id":"a"}],"__proto__":{"user":{"id":"U1"}}}',
    );
    expect(recognise(polluted)!.body).toMatchObject({ user: {} });
  });
});

import { grantKinds } from '../../src/grants/kinds.js';
import type { Front } from '../../src/ports/front.js';
import { checkHome } from '../../src/sandbox/slack/block-kit/blocks.js';
import { boltApp } from '../../src/slack/app.js';
import { requestClient } from '../../src/slack/wire/clients.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import { outOfService } from '../../src/slack/wire/out-of-service.js';
import { HOUR, MINUTE, pending, T0 } from '../support/requests.js';
import {
  bundleOf,
  checkModal,
  entitlement,
  fakeFront,
  form,
  ID,
  logTo,
  SECRET,
  signed,
  slackStandIn,
  stateAfter,
  TEAM,
  wordsIn,
  type StandIn,
} from '../support/slack.js';

const waits = stateAfter(pending('manager, 2 of security'));
const offers: Front['offers'] = async () => ({
  ok: [{ entitlement: entitlement('orders-db-admin'), durations: [15 * MINUTE, HOUR] }],
});
const home = {
  open: [],
  closed: [],
  closedCount: 0,
  more: false,
  waiting: [waits],
  unseen: false,
  delegated: {},
  delegations: { forMe: [] },
  at: T0,
};

let slack: StandIn;
let lines: string[];
beforeEach(async () => {
  slack = await slackStandIn();
  slack.reply('views.open', ({ args }) => ({ ok: true, view: { ...(args['view'] as object), id: 'V1' } }));
  lines = [];
});
afterEach(() => slack.close());

function start(answers: Partial<Front> = {}, inService = true) {
  const { front, calls } = fakeFront(answers);
  const log = logTo(lines);
  const door = frontDoor({ signingSecret: SECRET, mode: 'when-done', now: () => T0, log });
  const client = requestClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log });
  const desk = { front, slack: client, bundle: bundleOf(), kinds: grantKinds, log, now: () => T0 };
  if (inService) boltApp(desk, { receiver: door, botToken: 'xoxb-secret', botId: 'B1', botUserId: 'UBOT' });
  else outOfService({ receiver: door, slackApiUrl: slack.apiUrl, log });
  const who = { user: { id: 'UANA', team_id: TEAM }, team: { id: TEAM, domain: 'corp' }, trigger_id: 'T.1' };
  return {
    calls,
    event: (event: object, more: object = {}) =>
      door.answer(
        signed(JSON.stringify({ type: 'event_callback', team_id: TEAM, event_id: 'Ev1', event, ...more }), {
          type: 'application/json',
        }),
      ),
    interact: (payload: object) =>
      door.answer(signed(form({ payload: JSON.stringify({ ...who, ...payload }) }))),
  };
}
const opened = (more: object = {}) => ({
  type: 'app_home_opened',
  user: 'UANA',
  tab: 'home',
  channel: 'D1',
  ...more,
});

describe('App Home', () => {
  test('invariant 8: a guest reads that jit is for members, and nothing else', async () => {
    const { event } = start({ openHome: async () => ({ refusal: { code: 'guest' } }) });
    expect((await event(opened())).status).toBe(200);
    const [{ user_id: who, view }] = slack.of('views.publish') as [
      { user_id: string; view: { blocks: unknown } },
    ];
    expect(who).toBe('UANA');
    expect(wordsIn(view.blocks)).toBe(
      'jit is for full members of this workspace, who can ask here for temporary AWS access.',
    );
  });

  test('is drawn for who opens it, by the account that the signed event names', async () => {
    const { event, calls } = start({ openHome: async () => ({ ok: home }) });
    await event(opened({ view: { team_id: TEAM } }));
    expect(calls.openHome).toEqual([[{ provider: 'slack', id: 'UANA', tenant: TEAM }]]);
    expect(checkHome(slack.of('views.publish')[0]!['view'])).toEqual([]);
  });

  test('is not drawn where it was a moment ago, nor for the tab of messages', async () => {
    const { event, calls } = start({ openHome: async () => ({ ok: undefined }) });
    await event(opened());
    await event(opened({ tab: 'messages' }));
    expect(calls.openHome).toHaveLength(1);
    expect(slack.calls).toEqual([]);
  });

  test('invariant 16: an app without a Home tab, or a Slack that fails, is a warning and no alarm', async () => {
    slack.reply('views.publish', () => ({ ok: false, error: 'not_enabled' }));
    const { event } = start({ openHome: async () => ({ ok: home }) });
    expect((await event(opened())).status).toBe(200);
    expect(lines.join()).toContain('an App Home could not be drawn');
    expect(lines.filter((line) => /"level":(?:50|60|"error")/.test(line))).toEqual([]);
  });

  test.each([
    ['an event that nothing listens to', { type: 'message', user: 'UANA', text: 'hi' }],
    ['one without a type', {}],
    ['one of another shape', { type: ['app_home_opened'], user: 'UANA' }],
  ])('%s is acknowledged and left alone', async (_, event) => {
    const app = start({});
    expect((await app.event(event)).status).toBe(200);
    expect(slack.calls).toEqual([]);
  });

  test.each([{ user: '__proto__' }, { user: 7 }, { user: undefined }, { view: { team_id: '__proto__' } }])(
    'invariant 8: of nobody in particular nothing is drawn: %j',
    async (more) => {
      const { event, calls } = start({});
      expect((await event(opened(more))).status).toBe(200);
      expect([calls.openHome, slack.of('views.publish')]).toEqual([[], []]);
    },
  );

  test('while jit is out of service its events are acknowledged', async () => {
    expect((await start({}, false).event(opened())).status).toBe(200);
  });
});

describe('a menu of App Home', () => {
  const choose = (value: unknown, view: object = { type: 'home', id: 'V9' }) => ({
    type: 'block_actions',
    actions: [{ type: 'overflow', action_id: 'menu', block_id: 'b', selected_option: { value } }],
    view,
  });

  test('is the press on the button that the option stands for', async () => {
    const { interact, calls } = start({ approve: async () => ({ ok: waits }) });
    expect((await interact(choose(`approve ${ID}.2.manager`))).status).toBe(200);
    expect(calls.approve.map(([, pressed]) => pressed)).toEqual([{ id: ID, stage: 'manager', revision: 2 }]);
  });

  test('what it comes to is told in a window, since there is no conversation', async () => {
    const { interact } = start({ approve: async () => ({ refusal: { code: 'already-voted' } }) });
    await interact(choose(`approve ${ID}.2.manager`));
    const [args] = slack.of('views.open');
    expect(args!['trigger_id']).toBe('T.1');
    expect(checkModal(args!['view'])).toEqual([]);
    expect(slack.of('chat.postMessage')).toEqual([]);
  });

  test('over a page of a list, it is told in a window on top of that', async () => {
    const { interact } = start({ approve: async () => ({ refusal: { code: 'already-voted' } }) });
    await interact(choose(`approve ${ID}.2.manager`, { type: 'modal', id: 'V9', callback_id: 'page' }));
    expect(slack.of('views.push')).toHaveLength(1);
  });

  test('where the window cannot be opened, it is told by a direct message', async () => {
    slack.reply('views.open', () => ({ ok: false, error: 'expired_trigger_id' }));
    const { interact } = start({ approve: async () => ({ refusal: { code: 'already-voted' } }) });
    await interact(choose(`approve ${ID}.2.manager`));
    expect(slack.of('chat.postMessage')).toHaveLength(1);
  });

  test.each([`approve ${ID}`, 'nothing at-all', 'constructor x', 7, undefined, { value: 'x' }])(
    'a value of another kind does nothing: %j',
    async (value) => {
      const { interact, calls } = start({});
      await interact(choose(value));
      expect(calls.approve).toEqual([]);
    },
  );

  test('its button opens the form; its pages show the rest, and the next one takes their place', async () => {
    const closed = Array.from({ length: 25 }, () => waits);
    const read: (number | undefined)[] = [];
    const { interact } = start({
      offers,
      home: async (_, past) => {
        read.push(past);
        return { ok: { ...home, closed: closed.slice(0, past), closedCount: 25 } };
      },
    });
    const press = (id: string, value: string, view: object) => ({
      type: 'block_actions',
      actions: [{ type: 'button', action_id: id, block_id: 'b', value }],
      view,
    });
    await interact(press('request', 'request', { type: 'home' }));
    await interact(press('page', 'past.1', { type: 'home' }));
    await interact(press('page', 'past.2', { type: 'modal', id: 'V1', hash: 'h', callback_id: 'page' }));
    await interact(press('page', 'nothing.2', { type: 'home' }));
    expect(slack.of('views.open').map(({ view }) => (view as { callback_id?: string }).callback_id)).toEqual([
      'request',
      'page',
      undefined,
    ]);
    expect(slack.of('views.update')).toMatchObject([{ view_id: 'V1', hash: 'h' }]);
    expect(read).toEqual([20, 40]);
  });
});

describe('a shortcut', () => {
  const anywhere = { type: 'shortcut', callback_id: 'request' };
  const onMessage = (more: object = {}) => ({
    type: 'message_action',
    callback_id: 'request-from-message',
    channel: { id: 'C1' },
    message: { ts: '1700000000.000100', text: 'the orders are stuck' },
    message_ts: '1700000000.000100',
    response_url: slack.hook,
    ...more,
  });
  const told = () =>
    slack.calls.filter(({ method }) => method === 'hook').map(({ args }) => String(args['text']));

  test('invariant 8: is refused to a guest: in a window, or where the message is', async () => {
    const { interact } = start({ offers: async () => ({ refusal: { code: 'guest' } }) });
    await interact(anywhere);
    expect(JSON.stringify(slack.of('views.open')[0])).toContain('Guests cannot use jit');
    slack.reply('chat.getPermalink', () => ({
      ok: true,
      permalink: 'https://corp.slack.com/archives/C1/p1',
    }));
    await interact(onMessage());
    expect(told()).toEqual([expect.stringContaining('Guests cannot use jit')]);
  });

  test('opens the form that /jit opens', async () => {
    const { interact } = start({ offers });
    expect((await interact(anywhere)).status).toBe(200);
    const [args] = slack.of('views.open');
    expect(args).toMatchObject({ trigger_id: 'T.1', view: { callback_id: 'request' } });
    expect(checkModal(args!['view'])).toEqual([]);
  });

  test('on a message puts its link into the reason, and nothing of what it says', async () => {
    const permalink = 'https://corp.slack.com/archives/C1/p1700000000000100?thread_ts=1.1&cid=C1';
    slack.reply('chat.getPermalink', () => ({ ok: true, permalink }));
    await start({ offers }).interact(onMessage());
    expect(slack.of('chat.getPermalink')).toEqual([{ channel: 'C1', message_ts: '1700000000.000100' }]);
    const view = JSON.stringify(slack.of('views.open')[0]!['view']);
    expect(view).toContain(`"initial_value":"${permalink}"`);
    expect(view).not.toContain('stuck');
    expect(told()).toEqual([]);
  });

  test.each([
    ['channel_not_found', 'jit cannot see the conversation'],
    ['message_not_found', 'The message is no longer there'],
    ['internal_error', 'Slack gave no link'],
  ])(
    'on one whose link Slack does not give (%s) opens the form without, and says so',
    async (error, sentence) => {
      slack.reply('chat.getPermalink', () => ({ ok: false, error }));
      await start({ offers }).interact(onMessage());
      expect(slack.of('views.open')).toHaveLength(1);
      expect(told()).toEqual([expect.stringContaining(sentence)]);
    },
  );

  test.each([
    { channel: undefined },
    { channel: { id: '__proto__' } },
    { message: undefined },
    { message: { ts: 7 } },
  ])('on a message that it does not name asks Slack for nothing: %j', async (more) => {
    await start({ offers }).interact(onMessage(more));
    expect(slack.of('chat.getPermalink')).toEqual([]);
    expect(slack.of('views.open')).toHaveLength(1);
  });

  test('of another name is nothing that is answered here', async () => {
    expect((await start({}).interact({ type: 'shortcut', callback_id: 'other' })).status).toBe(404);
    expect((await start({}).interact({ type: 'shortcut' })).status).toBe(404);
  });

  test('while jit is out of service, is answered with that where there is a way to', async () => {
    const { interact } = start({}, false);
    expect((await interact(anywhere)).status).toBe(200);
    expect((await interact(onMessage())).status).toBe(200);
    expect(told()).toEqual([expect.stringContaining('out of service')]);
  });
});

import type { Delegation } from '../../../src/domain/delegation.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import type { Front, Home } from '../../../src/ports/front.js';
import { boltApp } from '../../../src/slack/app.js';
import { requestClient } from '../../../src/slack/wire/clients.js';
import { frontDoor } from '../../../src/slack/wire/front-door.js';
import { checkBlocks } from '../../../src/sandbox/slack/block-kit/blocks.js';
import { ana, HOUR, kim, pending, T0 } from '../../support/requests.js';
import {
  bundleOf,
  checkModal,
  directory,
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
} from '../../support/slack.js';

const DAY = 24 * HOUR;
const ANA = { provider: 'slack', id: 'UANA', tenant: TEAM };
const delegation: Delegation = { from: ana, to: kim, since: T0, until: T0 + 3 * DAY };
const accountOf = (id: string) => ({ ...ana.account, id });
const waits = stateAfter(pending('manager, 2 of security'));
const HOME: Home = {
  open: [],
  closed: [],
  closedCount: 0,
  more: false,
  waiting: [],
  unseen: false,
  delegated: {},
  delegations: { forMe: [] },
  at: T0,
};
const home: Front['home'] = async () => ({ ok: HOME });
const mayBeAway: Front['mayBeAway'] = async () => ({ ok: { stages: ['dba', 'security'] } });

let slack: StandIn;
let lines: string[];
beforeEach(async () => {
  slack = await slackStandIn();
  lines = [];
});
afterEach(() => slack.close());

function start(answers: Partial<Front>) {
  const { front, calls } = fakeFront(answers);
  const log = logTo(lines);
  const door = frontDoor({ signingSecret: SECRET, mode: 'when-done', now: () => T0, log });
  const client = requestClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log });
  const stages = directory.stages.map((stage) =>
    stage.name === 'dba' ? { ...stage, delegates: 'seniors' } : stage,
  );
  boltApp(
    { front, slack: client, bundle: bundleOf({ stages }), kinds: grantKinds, log, now: () => T0 },
    { receiver: door, botToken: 'xoxb-secret', botId: 'B1', botUserId: 'UBOT' },
  );
  const send = async (body: string) => {
    const { body: text } = await door.answer(signed(body));
    return (text.startsWith('{') ? JSON.parse(text) : {}) as {
      blocks?: unknown[];
      errors?: Record<string, string>;
      response_action?: string;
      view?: { blocks: unknown[] };
    };
  };
  const about = { trigger_id: 'T.1', response_url: slack.hook };
  const command = { command: '/jit', user_id: 'UANA', team_id: TEAM, channel_id: 'C1', ...about };
  const person = { user: { id: 'UANA', team_id: TEAM }, team: { id: TEAM } };
  return {
    calls,
    type: (text: string) => send(form({ ...command, text })),
    interact: (payload: object) =>
      send(form({ payload: JSON.stringify({ ...person, ...about, ...payload }) })),
  };
}
const opened = () =>
  slack.of('views.open')[0]!['view'] as { blocks: { element?: Record<string, unknown> }[] };
const sent = (until: unknown, user: unknown) => ({
  type: 'view_submission',
  view: {
    id: 'V1',
    callback_id: 'away',
    state: {
      values: {
        until: { until: { type: 'datetimepicker', selected_date_time: until } },
        'stand-in': { 'stand-in': { type: 'users_select', selected_user: user } },
      },
    },
  },
});
const press = (value?: unknown, more: object = {}) => ({
  type: 'block_actions',
  actions: [{ type: 'button', action_id: 'back', block_id: 'b', ...(value !== undefined && { value }) }],
  container: { type: 'message', channel_id: 'C1', message_ts: '1.1' },
  channel: { id: 'C1' },
  ...more,
});
const told = () =>
  slack.calls.filter(({ method }) => method === 'hook').map(({ args }) => wordsIn(args['blocks']));

describe('/jit away', () => {
  test('opens a window that asks until when and who, and says for which stages it holds', async () => {
    const { type, calls } = start({ mayBeAway });
    expect(await type('away')).toEqual({});
    expect(calls.mayBeAway).toEqual([[ANA]]);
    const view = opened();
    expect(checkModal(view)).toEqual([]);
    expect(view).toMatchObject({ callback_id: 'away' });
    expect(wordsIn(view.blocks)).toContain('what waits for you as *dba* and *security*');
    expect(wordsIn(view.blocks)).toContain('Choose somebody of seniors. They are told within a minute.');
    const elements = view.blocks.flatMap(({ element }) => (element ? [element] : []));
    expect(elements.map((one) => one['type'])).toEqual(['datetimepicker', 'users_select']);
    expect(elements.some((one) => 'initial_date_time' in one || 'initial_user' in one)).toBe(false);
  });

  test('says who stands in now', async () => {
    await start({ mayBeAway: async () => ({ ok: { stages: ['dba'], now: delegation } }) }).type('away');
    expect(checkModal(opened())).toEqual([]);
    expect(wordsIn(opened().blocks)).toMatch(
      /<@UKIM> stands in for you until <!date[^>]*>\. This takes the place/,
    );
  });

  test('opens no window for who is away and approves nothing any more for which somebody could stand in', async () => {
    const { type } = start({ mayBeAway: async () => ({ ok: { stages: [], now: delegation } }) });
    expect(wordsIn((await type('away')).blocks)).toMatch(
      /^<@UKIM> stands in for you until <!date.*\/jit back ends it\.$/,
    );
    expect(slack.of('views.open')).toEqual([]);
  });

  test('the words behind it fill in the time; a person is never guessed from them', async () => {
    await start({ mayBeAway }).type('away 3d &lt;@UBOB|bob&gt;');
    await start({ mayBeAway }).type('away 3d <@UBOB|bob>');
    for (const { view } of slack.of('views.open') as { view: { blocks: { element?: object }[] } }[]) {
      const elements = view.blocks.flatMap(({ element }) => element ?? []);
      expect(elements[0]).toMatchObject({ initial_date_time: (T0 + 3 * DAY) / 1000 });
      expect(elements[1]).not.toHaveProperty('initial_user');
      expect(wordsIn(view.blocks)).toMatch(/Ignored: ".*@.*"\. Please choose below who stands in/);
      expect(checkModal(view)).toEqual([]);
    }
  });

  test('a date is read in the time zone that Slack gives, else in that of directory.yml', async () => {
    slack.reply('users.info', () => ({ ok: true, user: { id: 'UANA', tz: 'America/New_York' } }));
    await start({ mayBeAway }).type('away until 2026-12-05 12:00');
    slack.reply('users.info', () => ({ ok: true, user: { id: 'UANA', tz: 'Mars/Olympus' } }));
    await start({ mayBeAway }).type('away until 2026-12-05 12:00');
    slack.reply('users.info', () => ({ ok: false, error: 'user_not_found' }));
    await start({ mayBeAway }).type('away until 2026-12-05 12:00');
    const filled = slack
      .of('views.open')
      .map(({ view }) => JSON.stringify(view).match(/_date_time":(\d+)/)?.[1]);
    const utc = (hour: number) => String(Date.UTC(2026, 11, 5, hour) / 1000);
    expect(filled).toEqual([utc(17), utc(12), utc(12)]);
  });

  test.each([
    ['until 2026-11-01', 'The time that you typed is over'],
    ['5 weeks', '30 days are the most'],
    ['<!channel> soon', 'Ignored: "@!channel soon"'],
  ])('"%s" fills in nothing, and says why', async (text, note) => {
    await start({ mayBeAway }).type(`away ${text}`);
    expect(JSON.stringify(opened())).not.toContain('initial_date_time');
    expect(wordsIn(opened().blocks).replace('@channel', '@!channel')).toContain(note);
    expect(checkModal(opened())).toEqual([]);
  });

  test('where nothing lets anybody stand in, says so and opens nothing', async () => {
    const { type } = start({ mayBeAway: async () => ({ refusal: { code: 'guest' } }) });
    expect(wordsIn((await type('away 3d')).blocks)).toContain('Guests cannot use jit');
    expect(slack.of('views.open')).toEqual([]);
  });
});

describe('the window', () => {
  test('begins it with what was chosen, says so, and draws App Home anew', async () => {
    const { interact, calls } = start({ home, away: async () => ({ ok: delegation }) });
    const answer = await interact(sent((T0 + 3 * DAY) / 1000, 'UKIM'));
    expect(calls.away).toEqual([[ANA, { to: 'UKIM', until: T0 + 3 * DAY }, expect.any(String)]]);
    expect(answer.response_action).toBe('update');
    expect(wordsIn(answer.view?.blocks)).toMatch(
      /^<@UKIM> stands in for you until <!date.*and is told within a minute/,
    );
    expect(slack.of('views.publish')).toMatchObject([{ user_id: 'UANA' }]);
  });

  test('says what is wrong beside the input that is', async () => {
    const away: Front['away'] = async () => ({ refusal: { code: 'deactivated' } });
    const { interact } = start({ away });
    const past = await interact(sent((T0 - HOUR) / 1000, 'UKIM'));
    const late = await interact(sent((T0 + 31 * DAY) / 1000, 'UKIM'));
    const person = await interact(sent((T0 + DAY) / 1000, 'UKIM'));
    expect([past, late, person].map(({ errors = {} }) => Object.keys(errors))).toEqual([
      ['until'],
      ['until'],
      ['stand-in'],
    ]);
    expect(person.errors!['stand-in']).toContain('deactivated');
    expect(slack.of('views.publish')).toEqual([]);
  });

  test.each([
    [undefined, undefined],
    [null, null],
    ['soon', 'bob'],
    [1.5, { id: 'UKIM' }],
    [Infinity, '__proto__'],
  ])('invariant 8: of another shape names nobody, and a time that is over: %j, %j', async (until, user) => {
    const { interact, calls } = start({ away: async () => ({ refusal: { code: 'unknown-person' } }) });
    await interact(sent(until, user));
    expect(calls.away).toEqual([[ANA, { to: '', until: 0 }, expect.any(String)]]);
  });

  test('an App Home that cannot be drawn changes nothing', async () => {
    slack.reply('views.publish', () => ({ ok: false, error: 'not_enabled' }));
    const { interact } = start({ home, away: async () => ({ ok: delegation }) });
    expect((await interact(sent((T0 + DAY) / 1000, 'UKIM'))).response_action).toBe('update');
    expect(lines.filter((line) => /"level":(?:50|60)/.test(line))).toEqual([]);
  });
});

describe('being back', () => {
  const back: Front['back'] = async () => ({ ok: delegation });

  test('/jit back ends one’s own', async () => {
    const { type, calls } = start({ home, back });
    expect(wordsIn((await type('back')).blocks)).toBe('Welcome back. <@UKIM> no longer stands in for you.');
    expect(calls.back).toEqual([[ANA, undefined, expect.any(String)]]);
    expect(slack.of('views.publish')).toHaveLength(1);
  });

  test('/jit back @somebody ends theirs, by the account in the mention; a name alone is nobody', async () => {
    const { type, calls } = start({ home, back });
    expect(wordsIn((await type('back <@UBOB|bob>')).blocks)).toBe(
      '<@UKIM> no longer stands in for <@UANA>. Both are told.',
    );
    expect(calls.back).toEqual([[ANA, 'UBOB', expect.any(String)]]);
    expect(wordsIn((await type('back bob')).blocks)).toContain('"bob" names nobody');
    expect(wordsIn((await type('back <@__proto__|bob>')).blocks)).toContain('names nobody');
    expect(calls.back).toHaveLength(1);
  });

  test('a mention of oneself is oneself', async () => {
    const { type, calls } = start({ home, back });
    await type('back <@UANA|ana>');
    expect(calls.back).toEqual([[ANA, undefined, expect.any(String)]]);
  });

  test('the button in App Home ends one’s own, and App Home is drawn anew', async () => {
    const { interact, calls } = start({ home, back });
    await interact(press(undefined, { view: { type: 'home' }, channel: undefined }));
    await interact(press(''));
    expect(calls.back.map(([, whose]) => whose)).toEqual([undefined, undefined]);
    expect(slack.of('views.publish')).toHaveLength(2);
    expect(wordsIn((slack.of('views.open')[0]!['view'] as { blocks: unknown }).blocks)).toContain(
      'Welcome back',
    );
  });

  test('with the account of somebody else in it, ends theirs', async () => {
    const { interact, calls } = start({ back });
    await interact(press('UBOB'));
    expect(calls.back).toEqual([[ANA, 'UBOB', expect.any(String)]]);
    expect(told()).toEqual(['<@UKIM> no longer stands in for <@UANA>. Both are told.']);
    expect(slack.of('views.publish')).toEqual([]);
  });

  test.each(['bob', 'U', 'ubob', `${ID}.1.dba`, '__proto__'])(
    'invariant 8: "%s" ends nothing',
    async (value) => {
      const { interact, calls } = start({ back });
      await interact(press(value));
      expect(calls.back).toEqual([]);
      expect(told()).toEqual([expect.stringContaining('no longer works')]);
    },
  );

  test('a refusal is told, and App Home stays as it is', async () => {
    const { type } = start({ back: async () => ({ refusal: { code: 'busy' } }) });
    expect(wordsIn((await type('back')).blocks)).toContain('Please try again');
    expect(slack.of('views.publish')).toEqual([]);
  });
});

describe('/jit pending', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ ...waits, id: ID.slice(0, -4) + String(n).padStart(4, '0') }));

  test('shows what waits with the menus that it has in App Home, and for whom', async () => {
    const { type } = start({
      home: async () => ({ ok: { ...HOME, waiting: [waits], delegated: { [waits.id]: kim } } }),
    });
    const { blocks = [] } = await type('pending');
    expect(wordsIn(blocks)).toContain('*Waiting for you to decide* (1)');
    expect(wordsIn(blocks)).toContain('For <@UKIM>, who is away');
    const options = JSON.stringify(blocks).match(/"value":"(\w+) /g);
    expect(options).toEqual(['"value":"approve ', '"value":"deny ', '"value":"explain ', '"value":"status ']);
  });

  test('of more than fits shows twenty, and a way to all', async () => {
    const { type } = start({ home: async () => ({ ok: { ...HOME, waiting: many(25) } }) });
    const { blocks = [] } = await type('pending');
    expect(blocks).toHaveLength(21);
    expect(JSON.stringify(blocks[0])).toContain(
      '"action_id":"page","text":{"type":"plain_text","text":"Show all"',
    );
    expect(JSON.stringify(blocks[0])).toContain('"value":"waiting.1"');
  });

  test('invariant 15: nothing waits is said only where all was looked at', async () => {
    expect(wordsIn((await start({ home }).type('pending')).blocks)).toContain('Nothing is waiting for you.');
    const { blocks } = await start({ home: async () => ({ ok: { ...HOME, unseen: true } }) }).type('pending');
    expect(wordsIn(blocks)).toContain('More requests are open than jit can look through');
  });

  const away = (count: number): Delegation[] =>
    Array.from({ length: count }, (_, n) => ({
      ...delegation,
      from: { ...ana, account: accountOf(`UP${n}`) },
    }));
  const others =
    (count: number): Front['othersAway'] =>
    async () => ({ ok: away(count) });
  const buttons = (blocks: unknown[]) =>
    [...JSON.stringify(blocks).matchAll(/"action_id":"back".*?"value":"(\w+)"/g)].map(([, value]) => value);

  test('shows who is away to those who may end it, each with a button that names the account', async () => {
    const { type, calls } = start({ home, othersAway: others(2) });
    const { blocks = [] } = await type('pending');
    expect(calls.othersAway).toEqual([[ANA]]);
    expect(checkBlocks(blocks)).toEqual([]);
    expect(wordsIn(blocks)).toMatch(
      /\*Away now\*, and you may end it\.\n<@UP0> is away until <!date[^>]*>\. <@UKIM> stands in for them\.\nEnd it/,
    );
    expect(buttons(blocks)).toEqual(['UP0', 'UP1']);
    expect(wordsIn((await start({ home, othersAway: others(0) }).type('pending')).blocks)).not.toContain(
      'Away',
    );
  });

  test('of more than fits, twenty can be ended there, and the others are counted', async () => {
    const all = start({
      home: async () => ({ ok: { ...HOME, waiting: many(25) } }),
      othersAway: others(27),
    });
    const { blocks = [] } = await all.type('pending');
    expect(checkBlocks(blocks)).toEqual([]);
    expect(blocks.length).toBeLessThan(50);
    expect(buttons(blocks)).toHaveLength(20);
    expect(wordsIn(blocks)).toContain('7 more: /jit back @name ends theirs.');
  });

  test('invariant 16: what waits is shown though who is away cannot be found out', async () => {
    const refused: Front['othersAway'] = async () => ({ refusal: { code: 'directory-unavailable' } });
    const broken: Front['othersAway'] = () => Promise.reject(new Error('the table does not answer'));
    for (const othersAway of [refused, broken])
      expect(wordsIn((await start({ home, othersAway }).type('pending')).blocks)).toBe(
        '*Waiting for you to decide*\nNothing is waiting for you.',
      );
  });

  test('a press there ends it, and the rest of the list stands under the answer; a refusal is told', async () => {
    const inList = press('UBOB', { container: { type: 'message', is_ephemeral: true } });
    const back: Front['back'] = async () => ({ ok: delegation });
    const { interact, calls } = start({ home, back, othersAway: others(1) });
    await interact(inList);
    expect(calls.back).toEqual([[ANA, 'UBOB', expect.any(String)]]);
    const [args] = slack.calls.filter(({ method }) => method === 'hook').map(({ args }) => args);
    expect(args).toMatchObject({ replace_original: true });
    expect(told()[0]).toMatch(
      /^<@UKIM> no longer stands in for <@UANA>\. Both are told\.\n.*\n.*\*Away now\*/s,
    );
    const denied: Front['back'] = async () => ({
      refusal: { code: 'denied-by-policy', policies: [], advice: [], errors: [] },
    });
    await start({ back: denied }).interact(inList);
    expect(told()[1]).toContain('No policy permits');
  });

  test('a vote in it takes the request out of it; a refusal is told', async () => {
    const approve: Front['approve'] = async () => ({ ok: waits });
    const inList = {
      type: 'block_actions',
      actions: [
        {
          type: 'overflow',
          action_id: 'menu',
          block_id: 'b',
          selected_option: { value: `approve ${ID}.0.manager` },
        },
      ],
      container: { type: 'message', is_ephemeral: true },
      channel: { id: 'C1' },
    };
    await start({ approve, home }).interact(inList);
    const [args] = slack.calls.filter(({ method }) => method === 'hook').map(({ args }) => args);
    expect(args).toMatchObject({ replace_original: true });
    expect(told()).toEqual([expect.stringContaining('Nothing is waiting for you.')]);
    await start({ approve: async () => ({ refusal: { code: 'own-request' } }) }).interact(inList);
    expect(told()[1]).toContain('your own request');
  });
});

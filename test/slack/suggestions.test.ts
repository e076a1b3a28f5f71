import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../../src/ports/people.js';
import type { Front } from '../../src/ports/front.js';
import { grantKinds } from '../../src/grants/kinds.js';
import { boltApp } from '../../src/slack/app.js';
import { requestClient } from '../../src/slack/wire/clients.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import { HOUR, T0 } from '../support/requests.js';
import {
  bundleOf,
  checkModal,
  entitlement,
  fakeFront,
  form,
  logTo,
  SECRET,
  signed,
  slackStandIn,
  TEAM,
  wordsIn,
  type StandIn,
} from '../support/slack.js';

const ANA: Actor = { provider: 'slack', id: 'UANA', tenant: TEAM };
const MANY = 101;
const orders = { entitlement: entitlement('orders-db-admin'), durations: [HOUR] };

let slack: StandIn;
let lines: string[];
beforeEach(async () => {
  slack = await slackStandIn();
  lines = [];
});
afterEach(() => slack.close());

/** The real Bolt App behind the real front door, over a catalog of this many entitlements. */
function start(answers: Partial<Front>, { size = MANY, mode = 'when-done', patience = 2_900 } = {}) {
  const { front, calls } = fakeFront(answers);
  const log = logTo(lines);
  const door = frontDoor({
    signingSecret: SECRET,
    mode: mode as 'when-done' | 'at-once',
    now: () => T0,
    log,
    patience,
  });
  const client = requestClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log });
  boltApp(
    { front, slack: client, bundle: bundleOf({}, size), kinds: grantKinds, log, now: () => T0 },
    { receiver: door, botToken: 'xoxb-secret', botId: 'B1', botUserId: 'UBOT' },
  );
  const send = async (fields: Record<string, string>) => {
    const { status, body } = await door.answer(signed(form(fields)));
    return { status, answer: body.startsWith('{') ? (JSON.parse(body) as Record<string, never>) : {} };
  };
  const who = { user: { id: 'UANA', team_id: TEAM }, team: { id: TEAM } };
  return {
    calls,
    command: (text: string) =>
      send({ command: '/jit', text, user_id: 'UANA', team_id: TEAM, trigger_id: 'T.1' }),
    interact: (payload: object) => send({ payload: JSON.stringify({ ...who, ...payload }) }),
    suggest: (value: unknown, more: object = {}) =>
      send({
        payload: JSON.stringify({
          type: 'block_suggestion',
          ...who,
          action_id: 'entitlement',
          block_id: 'entitlement',
          value,
          ...more,
        }),
      }),
  };
}
const none = { status: 200, answer: { options: [] } };

describe('what is suggested while somebody types', () => {
  test.each(['unknown-person', 'guest', 'other-workspace', 'deactivated', 'bot', 'no-email'] as const)(
    'invariant 8: nothing, to somebody who is %s',
    async (code) => {
      const { suggest } = start({ suggest: async () => ({ refusal: { code } }) });
      expect(await suggest('ord')).toEqual(none);
    },
  );

  test('invariant 4: nothing, where the directory does not answer, and nothing in a fault, which is logged', async () => {
    const away = start({ suggest: async () => ({ refusal: { code: 'directory-unavailable' } }) });
    expect(await away.suggest('ord')).toEqual(none);
    const broken = start({
      suggest: async () => {
        throw new Error('table jit is gone');
      },
    });
    expect(await broken.suggest('ord')).toEqual(none);
    expect(lines.join()).toContain('table jit is gone');
  });

  test('nothing, to whoever cannot be told from the payload: front is not even asked', async () => {
    const { suggest, calls } = start({});
    for (const user of [undefined, 'UANA', { id: '__proto__', team_id: TEAM }, { id: 'UANA', team_id: 7 }])
      expect(await suggest('ord', { user })).toEqual(none);
    expect(calls.suggest).toEqual([]);
  });

  test('nothing, rather than an error, when it takes too long', async () => {
    const never = new Promise<never>(() => undefined);
    const { suggest } = start({ suggest: () => never }, { mode: 'at-once', patience: 20 });
    expect(await suggest('ord')).toEqual(none);
  });

  test('no other field is answered', async () => {
    const { suggest, calls } = start({});
    expect((await suggest('ord', { action_id: 'duration' })).status).toBe(404);
    expect(calls.suggest).toEqual([]);
  });

  test('what fits, as options whose values are ids, in the order in which front has it', async () => {
    const found = [
      entitlement('orders-db-admin'),
      entitlement('billing', { name: '😀'.repeat(90), description: 'é\n'.repeat(900) }),
    ];
    const { suggest, calls } = start({ suggest: async () => ({ ok: found }) });
    const { answer } = await suggest('Ord');
    const options = answer['options']! as { value: string; text: { text: string }; description: object }[];
    expect(calls.suggest).toEqual([[ANA, 'Ord', 100]]);
    expect(options[0]).toEqual({
      value: 'orders-db-admin',
      text: { type: 'plain_text', text: 'The orders-db-admin', emoji: false },
      description: {
        type: 'plain_text',
        text: 'production: What orders-db-admin is for.',
        emoji: false,
      },
    });
    const select = { type: 'static_select', action_id: 'entitlement', options };
    const blocks = [
      { type: 'input', block_id: 'b', label: { type: 'plain_text', text: 'l' }, element: select },
    ];
    const title = { type: 'plain_text', text: 't' };
    expect(checkModal({ type: 'modal', title, submit: title, blocks })).toEqual([]);
  });

  test('a hundred at most', async () => {
    const many = Array.from({ length: 300 }, (_, n) => entitlement(`thing-${n}`));
    const { suggest } = start({ suggest: async () => ({ ok: many }) });
    expect((await suggest('')).answer['options']).toHaveLength(100);
  });

  test('one person’s flood is cut short, and what they send meanwhile is not', async () => {
    let go = () => undefined as void;
    const held = new Promise<void>((resolve) => (go = resolve));
    const { suggest, command, calls } = start({
      suggest: async () => {
        await held;
        return { ok: [orders.entitlement] };
      },
      mine: async () => ({ ok: { open: [], closed: [], more: false } }),
    });
    const flood = Array.from({ length: 20 }, () => suggest('o'));
    await pause(50);
    expect((await command('list')).status).toBe(200);
    go();
    const lengths = (await Promise.all(flood)).map(({ answer }) => (answer['options']! as never[]).length);
    expect(lengths.filter((length) => length === 1)).toHaveLength(8);
    expect(lengths.filter((length) => length === 0)).toHaveLength(12);
    expect(calls.suggest).toHaveLength(8);
    expect((await suggest('o')).answer['options']).toHaveLength(1);
  });
});

describe('the form over more than a hundred entitlements', () => {
  const view = () => slack.of('views.open')[0]!['view'] as { blocks: { element: object }[] };

  test('invariant 8: a guest is told why not, and no form opens', async () => {
    const { command } = start({
      mayAsk: async () => ({ refusal: { code: 'guest' } }),
      offer: async () => ({ refusal: { code: 'guest' } }),
      whyNot: async () => ({ code: 'guest' }),
    });
    for (const text of ['', 'orders-db-admin 1h'])
      expect(wordsIn((await command(text)).answer)).toContain('Guests cannot use jit');
    expect(slack.calls).toEqual([]);
  });

  test('whoever may ask for nothing is told so', async () => {
    const { command } = start({ mayAsk: async () => ({ ok: false }) });
    expect(wordsIn((await command('')).answer)).toContain('There is nothing that you may ask for');
  });

  test('opens without asking about each of them', async () => {
    const { command, calls } = start({ mayAsk: async () => ({ ok: true }) });
    await command('');
    expect(calls.offers).toEqual([]);
    expect(view().blocks[0]!.element).toMatchObject({ type: 'external_select', action_id: 'entitlement' });
    expect(checkModal(view())).toEqual([]);
  });

  test('opens filled in with what was typed, which alone is asked about', async () => {
    const { command, calls } = start({ offer: async () => ({ ok: orders }) });
    await command('orders-db-admin 1h fixing OPS-12');
    expect(calls.offer).toEqual([[ANA, 'orders-db-admin']]);
    expect(view().blocks[0]!.element).toMatchObject({ initial_option: { value: 'orders-db-admin' } });
    expect(checkModal(view())).toEqual([]);
  });

  test('an unknown word is answered with what is near, of what this person may ask for', async () => {
    const { command, calls } = start({
      offer: async () => ({ ok: undefined }),
      whyNot: async (_, id) => ({ code: 'unknown-entitlement', entitlement: id }),
      suggest: async () => ({ ok: [orders.entitlement] }),
    });
    expect(wordsIn((await command('order-db-admin 1h')).answer)).toContain(
      'Did you mean /jit orders-db-admin 1h?',
    );
    expect(calls.suggest[0]!.slice(0, 2)).toEqual([ANA, 'order-db-admin']);
  });

  test('a choice narrows the durations to those of what was chosen', async () => {
    const { interact, calls } = start({ offer: async () => ({ ok: orders }) });
    const values = {
      entitlement: { entitlement: { selected_option: { value: 'orders-db-admin' } } },
      justification: { justification: { value: 'fixing it' } },
    };
    await interact({
      type: 'block_actions',
      actions: [{ type: 'external_select', action_id: 'entitlement', block_id: 'entitlement' }],
      view: { id: 'V1', hash: 'h1', state: { values } },
    });
    expect(calls.offer).toEqual([[ANA, 'orders-db-admin']]);
    const text = JSON.stringify(slack.of('views.update')[0]!['view']);
    expect(text).toContain('"value":"1h"');
    expect(text).not.toContain('"value":"15m"');
    expect(text).toContain('"initial_value":"fixing it"');
  });

  const unsaid = { offers: async () => ({ ok: undefined }) };

  test('invariant 15: a short catalog about which policy takes too long is searched', async () => {
    const { command } = start({ ...unsaid, mayAsk: async () => ({ ok: true }) }, { size: 100 });
    await command('');
    expect(view().blocks[0]!.element).toMatchObject({ type: 'external_select', action_id: 'entitlement' });
    expect(checkModal(view())).toEqual([]);
  });

  test('invariant 15: and nothing is said to be missing before all of it was asked about', async () => {
    const { command } = start({ ...unsaid, mayAsk: async () => ({ ok: false }) }, { size: 100 });
    expect(wordsIn((await command('')).answer)).toContain('There is nothing that you may ask for');
  });

  test('a short catalog about which policy takes too long is asked about what was typed', async () => {
    const { command, calls } = start(
      { offers: async () => ({ ok: undefined }), offer: async () => ({ ok: orders }) },
      { size: 100 },
    );
    await command('orders-db-admin 1h');
    expect(calls.offer).toEqual([[ANA, 'orders-db-admin']]);
    expect(view().blocks[0]!.element).toMatchObject({ initial_option: { value: 'orders-db-admin' } });
  });

  test('a hundred are still listed', async () => {
    const { command } = start({ offers: async () => ({ ok: [orders] }) }, { size: 100 });
    await command('');
    expect(view().blocks[0]!.element).toMatchObject({ type: 'static_select' });
  });
});

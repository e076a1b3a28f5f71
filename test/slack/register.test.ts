import { grantKinds } from '../../src/grants/kinds.js';
import { boltApp } from '../../src/slack/app.js';
import { requestClient } from '../../src/slack/wire/clients.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import type { Actor } from '../../src/ports/people.js';
import type { Front } from '../../src/ports/front.js';
import { SUBCOMMANDS } from '../../src/policy/read/catalog.js';
import { sha256 } from '../../src/domain/entitlement.js';
import { active, bob, HOUR, MINUTE, pending, T0 } from '../support/requests.js';
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

const ANA: Actor = { provider: 'slack', id: 'UANA', tenant: TEAM };
const SECURITY = { id: ID, stage: 'security', revision: 0 };
const open = stateAfter(pending('manager, 2 of security'));
const NOTHING = { open: [], closed: [], more: false };
const offers = [
  { entitlement: entitlement('orders-db-admin'), durations: [15 * MINUTE, HOUR] },
  { entitlement: entitlement('billing'), durations: [4 * HOUR] },
];

let slack: StandIn;
let lines: string[];
beforeEach(async () => {
  slack = await slackStandIn();
  slack.reply('views.open', ({ args }) => ({ ok: true, view: { ...(args['view'] as object), id: 'V1' } }));
  lines = [];
});
afterEach(() => slack.close());

/** The real Bolt App behind the real front door; only Slack's API and our own front are stood in for. */
function start(answers: Partial<Front> = {}) {
  const { front, calls } = fakeFront(answers);
  const log = logTo(lines);
  const door = frontDoor({ signingSecret: SECRET, mode: 'when-done', now: () => T0, log });
  const client = requestClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log });
  const app = boltApp(
    { front, slack: client, bundle: bundleOf(), kinds: grantKinds, log, now: () => T0 },
    { receiver: door, botToken: 'xoxb-secret', botId: 'B1', botUserId: 'UBOT' },
  );
  const send = async (body: string) => {
    const request = signed(body);
    const { status, body: text } = await door.answer(request);
    const answer = (text.startsWith('{') ? JSON.parse(text) : {}) as {
      text?: string;
      blocks?: unknown;
      response_action?: string;
      errors?: Record<string, string>;
      view?: never;
    };
    return { status, text, answer, seen: sha256(request.headers['x-slack-signature']) };
  };
  return {
    app,
    calls,
    type: (text: string, fields: Record<string, string> = {}) =>
      send(
        form({
          command: '/jit',
          text,
          user_id: 'UANA',
          team_id: TEAM,
          channel_id: 'C1',
          trigger_id: 'T.1',
          response_url: slack.hook,
          ...fields,
        }),
      ),
    interact: (payload: object) =>
      send(
        form({
          payload: JSON.stringify({
            user: { id: 'UANA', team_id: TEAM },
            team: { id: TEAM },
            trigger_id: 'T.1',
            ...payload,
          }),
        }),
      ),
  };
}
const click = (action: string, value: unknown, more: object = {}) => ({
  type: 'block_actions',
  actions: [{ type: 'button', action_id: action, block_id: 'b', value }],
  channel: { id: 'C1' },
  response_url: slack.hook,
  container: { type: 'message', channel_id: 'C1', message_ts: '1.1' },
  ...more,
});
const submission = (callback: string, values: object, more: object = {}) => ({
  type: 'view_submission',
  view: { id: 'V1', callback_id: callback, state: { values }, ...more },
});
const refused = async () => ({ refusal: { code: 'not-yours' as const } });

describe('/jit', () => {
  test('opens the form, within the request', async () => {
    const { type, calls } = start({ offers: async () => ({ ok: offers }) });
    expect(await type('')).toMatchObject({ status: 200, text: '' });
    expect(calls.offers).toEqual([[ANA]]);
    const [args] = slack.of('views.open');
    expect(args!['trigger_id']).toBe('T.1');
    expect(checkModal(args!['view'])).toEqual([]);
  });

  test('opens it filled in', async () => {
    const { type } = start({ offers: async () => ({ ok: offers }) });
    await type('orders-db-admin 1h fixing &lt;orders&gt; with <@UBOB|bob>, see OPS-12');
    const text = JSON.stringify(slack.of('views.open')[0]!['view']);
    expect(text).toContain('"initial_value":"fixing <orders> with @bob, see OPS-12"');
    expect(text).toContain('"initial_value":"OPS-12"');
    expect(text).toMatch(/"initial_option":\{[^}]*\},"value":"orders-db-admin"/);
    expect(text).toMatch(/"initial_option":\{[^}]*\},"value":"1h"/);
  });

  test.each([
    ['see OPS-12, please', 'OPS-12'],
    ['(OPS-12)', 'OPS-12'],
    ['https://tickets.example/browse/OPS-12?x=1', 'OPS-12'],
    ['first OPS-12/OPS-13', 'OPS-12'],
    ['OPS-12b', undefined],
    [`${'A'.repeat(63)}-1`, undefined],
  ])('of "%s" the ticket is %s', async (text, ticket) => {
    await start({ offers: async () => ({ ok: offers }) }).type(`orders-db-admin 1h ${text}`);
    const view = slack.of('views.open')[0]!['view'] as { blocks: { element: Record<string, unknown> }[] };
    const input = view.blocks.find(({ element }) => element?.['action_id'] === 'ticket')!;
    expect(input.element['initial_value']).toBe(ticket);
  });

  test('says so when there is nothing to ask for', async () => {
    const { type } = start({ offers: async () => ({ ok: [] }) });
    const { answer } = await type('');
    expect(answer).toMatchObject({ response_type: 'ephemeral' });
    expect(answer.text).toContain('There is nothing that you may ask for');
    expect(slack.calls).toEqual([]);
  });

  test('invariant 8: a guest is told why not', async () => {
    const { type } = start({ offers: async () => ({ refusal: { code: 'guest' } }) });
    expect((await type('')).answer.text).toContain('Guests cannot use jit');
  });

  test('an unknown word is answered with what is near', async () => {
    const { type } = start({
      offers: async () => ({ ok: offers }),
      whyNot: async (_, entitlement) => ({ code: 'unknown-entitlement', entitlement }),
    });
    // What was typed can be sent again.
    expect((await type('order-db-admin 1h stuck order')).answer.text).toContain(
      'Did you mean /jit orders-db-admin 1h stuck order?',
    );
    expect((await type('stauts')).answer.text).toContain('Did you mean /jit status?');
    const { answer } = await type('&lt;!channel&gt;');
    expect(answer.text).toContain('"&lt;!channel&gt;"');
    expect(slack.calls).toEqual([]);
  });

  test('what policy keeps from this person is answered with its advice, even where nothing is offered', async () => {
    const { type } = start({
      offers: async () => ({ ok: [] }),
      whyNot: async () => ({
        code: 'denied-by-policy',
        policies: ['working-hours'],
        advice: ['Production opens at 8.'],
        errors: [],
      }),
    });
    expect((await type('orders-db-admin 1h')).answer.text).toContain('Production opens at 8.');
    expect(slack.calls).toEqual([]);
  });

  test('help lists what works, and only that', async () => {
    const { answer } = await start().type('HELP');
    const words = wordsIn(answer.blocks);
    for (const name of [
      '/jit list',
      '/jit status',
      '/jit cancel',
      '/jit explain',
      '/jit revoke',
      '/jit help',
    ])
      expect(words).toContain(name);
    expect(words).toContain('/jit extend');
    expect(words).not.toMatch(/release/);
  });

  test('an entitlement may be called like any of them, and policies warn of it; the subcommand wins', async () => {
    const named = [...wordsIn((await start().type('help')).answer.blocks).matchAll(/`\/jit ([a-z]+)/g)];
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set(SUBCOMMANDS));
    const called = [{ entitlement: entitlement('list'), durations: [HOUR] }];
    const { type, calls } = start({
      offers: async () => ({ ok: called }),
      mine: async () => ({ ok: NOTHING }),
    });
    expect((await type('*List* 1h')).answer.text).toContain('You have not asked for anything yet');
    expect(calls.offers).toEqual([]);
  });

  test('again: what can no longer be asked for is said, with what policy advises, and no form opens', async () => {
    const mine = async () => ({ ok: { open: [open], closed: [], more: false } });
    const gone = start({
      mine,
      offers: async () => ({ ok: [{ entitlement: entitlement('billing'), durations: [HOUR] }] }),
      whyNot: async (_, id) => ({ code: 'unknown-entitlement', entitlement: id }),
    });
    expect((await gone.type('again')).answer.text).toContain('orders-db-admin can no longer be asked for');
    const denied = start({
      mine,
      offers: async () => ({ ok: [] }),
      whyNot: async () => ({ code: 'denied-by-policy', policies: ['freeze'], advice: ['Wait.'], errors: [] }),
    });
    expect((await denied.type('again')).answer.text).toContain('Wait.');
    expect(slack.calls).toEqual([]);
  });

  test('again with a forged button does nothing', async () => {
    const { interact, calls } = start();
    await interact(click('again', `${ID} `));
    expect(slack.of('hook')[0]!['text']).toContain('This button no longer works');
    expect(calls.status).toEqual([]);
  });

  test('list shows one’s own requests', async () => {
    const { answer } = await start({
      mine: async () => ({ ok: { open: [open], closed: [], more: false } }),
    }).type('list');
    expect(wordsIn(answer.blocks)).toContain(ID);
  });

  test('status with an id shows that one, in whatever case it was typed', async () => {
    const { type, calls } = start({
      status: async () => ({ ok: { state: open, posts: {}, records: [], asked: { manager: [bob] } } }),
    });
    expect(wordsIn((await type(`status ${ID.toLowerCase()}`)).answer.blocks)).toContain(
      'Waiting for manager',
    );
    expect(calls.status).toEqual([[ANA, ID]]);
  });

  test('reads the id as its own list writes it, whatever a phone puts around it', async () => {
    const { type, calls } = start({
      mine: async () => ({ ok: { open: [open], closed: [], more: false } }),
      status: async () => ({ ok: { state: open, records: [], asked: {}, posts: {} } }),
    });
    const written = /\S*`[0-9A-Z]{26}`\S*/.exec(wordsIn((await type('list')).answer.blocks))![0];
    for (const text of [`status ${written}`, `*Status* “${ID}”.`, `“status ${ID}”`]) await type(text);
    expect(calls.status).toEqual([
      [ANA, ID],
      [ANA, ID],
      [ANA, ID],
    ]);
  });

  test.each([
    '`orders-db-admin` 1H',
    '*orders-db-admin* *1h*',
    '“orders-db-admin” &lt;1h&gt;',
    '“Orders-DB-Admin 1h”',
  ])('reads an entitlement and a duration as they are written: %s', async (written) => {
    const { type } = start({ offers: async () => ({ ok: offers }) });
    await type(written);
    const text = JSON.stringify(slack.of('views.open')[0]!['view']);
    expect(text).toMatch(/"initial_option":\{[^}]*\},"value":"orders-db-admin"/);
    expect(text).toMatch(/"initial_option":\{[^}]*\},"value":"1h"/);
  });

  test.each(['status', 'cancel', 'revoke'])('%s with something else than an id says so', async (name) => {
    const { answer } = await start().type(`${name} orders-db-admin`);
    expect(answer.text).toContain('is not a request');
  });

  test.each([
    ['status', 'status'],
    ['cancel', 'cancel'],
    ['revoke', 'revoke'],
  ])('%s without an id is a choice', async (name, action) => {
    const { answer } = await start({
      mine: async () => ({ ok: { open: [open, stateAfter(active)], closed: [], more: false } }),
    }).type(name);
    expect(JSON.stringify(answer.blocks)).toContain(`"action_id":"${action}"`);
  });

  test('invariant 15: what is over is no access that could be ended, and what is not stays to choose', async () => {
    const over = { ...stateAfter(active), status: 'closed', outcome: 'expired', closedAt: 1 } as never;
    const closed = Array.from({ length: 20 }, () => over);
    const own = (live: (typeof open)[]) => ({
      mine: async () => ({ ok: { open: live, closed, more: true } }),
    });
    const { answer } = await start(own([stateAfter(active)])).type('revoke');
    expect(JSON.stringify(answer.blocks).match(/"action_id":"revoke"/g)).toHaveLength(1);
    expect(wordsIn(answer.blocks)).not.toContain('older ones');
    expect((await start(own([])).type('revoke')).answer.text).toMatch(/^You have no access to end/);
    for (const name of ['list', 'status'])
      expect(wordsIn((await start(own([open])).type(name)).answer.blocks)).toContain(
        'and older ones; /jit status with an id shows one',
      );
  });

  test('a choice of nothing is a sentence', async () => {
    const none: Partial<Front> = { mine: async () => ({ ok: NOTHING }) };
    for (const name of ['list', 'status', 'cancel', 'revoke'])
      expect((await start(none).type(name)).answer.text).toMatch(/^You have /);
  });

  test('cancel and revoke with an id do it, once for each signed request (invariant 14)', async () => {
    const { type, calls } = start({ cancel: async () => ({ ok: open }), revoke: async () => ({ ok: open }) });
    const cancelled = await type(`cancel ${ID}`);
    expect(cancelled.answer.text).toContain('is cancelled');
    expect(calls.cancel).toEqual([[ANA, ID, cancelled.seen]]);
    const revoked = await type(`revoke ${ID} laptop stolen`);
    expect(calls.revoke).toEqual([[ANA, ID, 'laptop stolen', revoked.seen]]);
    // Whose access it is, is said of somebody else's.
    expect(revoked.answer.text).toMatch(/^Thank you\. Your access Orders database admin ends within seconds/);
    const other = {
      ...open,
      requester: { ...open.requester, account: { ...open.requester.account, id: 'UEVA' } },
    };
    const taken = await start({ revoke: async () => ({ ok: other }) }).type(`revoke ${ID} laptop stolen`);
    expect(taken.answer.text).toMatch(/^The access Orders database admin of ana@corp.example ends/);
  });

  test('a fault is logged and answered kindly, with nothing of it shown', async () => {
    const { type } = start({
      offers: async () => {
        throw new Error('table jit is gone');
      },
    });
    const { status, answer } = await type('');
    expect(status).toBe(200);
    expect(answer.text).toContain('Something went wrong on our side');
    expect(JSON.stringify(answer)).not.toContain('table jit');
    expect(lines.join()).toContain('table jit is gone');
  });

  test('who cannot be told from the payload gets nothing done', async () => {
    const { type, calls } = start();
    expect((await type('', { user_id: '' })).answer.text).toContain('Slack does not say who you are');
    expect(calls.offers).toEqual([]);
  });

  test('the workspace is the person’s own, not the channel’s', async () => {
    const { interact, calls } = start({ approve: refused });
    await interact({
      ...click('approve', `${ID}.0.security`),
      user: { id: 'UX', team_id: 'TOTHER' },
      team: { id: TEAM },
    });
    expect(calls.approve[0]![0]).toEqual({ provider: 'slack', id: 'UX', tenant: 'TOTHER' });
  });
});

describe('the request form', () => {
  const filled = {
    entitlement: { entitlement: { selected_option: { value: 'orders-db-admin' } } },
    duration: { duration: { selected_option: { value: '1h' } } },
    justification: { justification: { value: 'fixing <!channel>' } },
    ticket: { ticket: { value: null } },
  };

  test('sent: front has it as it was written, and the view says who is asked', async () => {
    const { interact, calls } = start({
      submit: async () => ({ ok: { state: open, asked: { manager: [bob] } } }),
    });
    const { answer, seen } = await interact(submission('request', filled));
    expect(calls.submit).toEqual([
      [ANA, { entitlement: 'orders-db-admin', duration: '1h', justification: 'fixing <!channel>' }, seen],
    ]);
    expect(answer.response_action).toBe('update');
    expect(checkModal(answer.view)).toEqual([]);
    expect(wordsIn(answer.view)).toContain('<@UBOB>');
  });

  test('refused: the reason stands at the input', async () => {
    const { interact } = start({
      submit: async () => ({ refusal: { code: 'duration-not-offered', offered: [HOUR] } }),
    });
    const { answer } = await interact(submission('request', filled));
    expect(answer).toMatchObject({
      response_action: 'errors',
      errors: { duration: expect.stringContaining('1 hour') },
    });
  });

  test('a hostile form reaches front as an empty one, and is refused there', async () => {
    const { interact, calls } = start({
      submit: async () => ({ refusal: { code: 'unknown-entitlement', entitlement: '' } }),
    });
    for (const values of [{}, { entitlement: [] }, { entitlement: { entitlement: { selected_option: 7 } } }])
      expect((await interact(submission('request', values))).answer.response_action).toBe('errors');
    expect(calls.submit.map(([, given]) => given)).toEqual(
      Array.from({ length: 3 }, () => ({ entitlement: '', duration: '', justification: '' })),
    );
  });

  test('a fault keeps the form open with what was typed', async () => {
    const { interact } = start({});
    expect((await interact(submission('request', filled))).answer).toMatchObject({
      response_action: 'errors',
    });
  });

  test('choosing an entitlement narrows the durations and keeps what was typed', async () => {
    const { interact } = start({ offers: async () => ({ ok: offers }) });
    const values = { ...filled, entitlement: { entitlement: { selected_option: { value: 'billing' } } } };
    await interact({
      type: 'block_actions',
      actions: [{ type: 'static_select', action_id: 'entitlement', block_id: 'entitlement' }],
      view: { id: 'V1', hash: 'h1', state: { values } },
    });
    const [args] = slack.of('views.update');
    expect(args).toMatchObject({ view_id: 'V1', hash: 'h1' });
    const text = JSON.stringify(args!['view']);
    expect(text).toContain('"value":"4h"');
    expect(text).not.toContain('"value":"15m"');
    expect(text).toContain('"initial_value":"fixing <!channel>"');
  });
});

describe('votes', () => {
  const value = `${ID}.0.security`;

  test('Approve is a vote for what the button says; the card is not touched from here', async () => {
    const { interact, calls } = start({ approve: async () => ({ ok: open }) });
    const { status, text, seen } = await interact(click('approve', value));
    expect([status, text]).toEqual([200, '']);
    expect(calls.approve).toEqual([[ANA, SECURITY, seen]]);
    expect(slack.calls).toEqual([]);
  });

  test('a refusal is for the eyes of the one who clicked', async () => {
    const { interact } = start({ approve: async () => ({ refusal: { code: 'own-request' } }) });
    await interact(click('approve', value));
    expect(slack.of('hook')).toEqual([
      expect.objectContaining({
        response_type: 'ephemeral',
        replace_original: false,
        text: expect.stringContaining('your own request'),
      }),
    ]);
  });

  test('where the response URL fails, the channel is tried, for their eyes only', async () => {
    const { interact } = start({ approve: refused });
    slack.reply('hook', () => ({ status: 500, body: 'no' }));
    await interact(click('approve', value));
    expect(slack.of('chat.postEphemeral')).toEqual([
      expect.objectContaining({ channel: 'C1', user: 'UANA', parse: 'none' }),
    ]);
  });

  test('where nothing can be said, the click is still answered', async () => {
    const { interact } = start({ approve: refused });
    slack.reply('hook', () => ({ status: 500, body: 'no' }));
    slack.reply('chat.postEphemeral', () => ({ ok: false, error: 'channel_not_found' }));
    expect((await interact(click('approve', value))).status).toBe(200);
  });

  test.each([undefined, null, 7, '', ID, `${ID}.0.security; drop`, `${ID}.-1.security`, { id: ID }])(
    'invariant 8: a button with the value %p asks nobody anything',
    async (bad) => {
      const { interact, calls } = start();
      for (const action of ['approve', 'deny']) await interact(click(action, bad));
      expect([calls.approve, calls.mayDeny]).toEqual([[], []]);
      expect(slack.of('hook')).toHaveLength(2);
    },
  );

  test('invariant 8: what the message around the button says counts for nothing', async () => {
    const { interact, calls } = start({ approve: async () => ({ ok: open }) });
    const message = {
      text: `${ID}.9.manager`,
      metadata: { event_payload: { request: 'other', stage: 'manager' } },
    };
    await interact(click('approve', value, { message }));
    expect(calls.approve[0]![1]).toEqual(SECURITY);
  });

  test('Deny asks for the reason, but only those who may deny', async () => {
    const allowed = start({ mayDeny: async () => ({ ok: open }) });
    await allowed.interact(click('deny', value));
    const view = slack.of('views.open')[0]!['view'] as { private_metadata: string; callback_id: string };
    expect(checkModal(view)).toEqual([]);
    expect([view.callback_id, view.private_metadata]).toEqual(['deny', value]);
    await start({ mayDeny: async () => ({ refusal: { code: 'not-in-stage', stage: 'security' } }) }).interact(
      click('deny', value),
    );
    expect(slack.of('views.open')).toHaveLength(1);
    expect(slack.of('hook')).toHaveLength(1);
  });

  test('the denial that is sent names stage and reason, and a refusal stands in the form', async () => {
    const reason = { reason: { reason: { value: ' use the read-only one ' } } };
    const { interact, calls } = start({ deny: async () => ({ ok: open }) });
    const { text, seen } = await interact(submission('deny', reason, { private_metadata: value }));
    expect(text).toBe('');
    expect(calls.deny).toEqual([[ANA, SECURITY, 'use the read-only one', seen]]);
    const stale = start({ deny: async () => ({ refusal: { code: 'stale-card' } }) });
    expect(
      (await stale.interact(submission('deny', reason, { private_metadata: value }))).answer,
    ).toMatchObject({
      response_action: 'errors',
      errors: { reason: expect.stringContaining('have changed') },
    });
  });

  test.each([
    ['without a reason', { reason: { reason: { value: '  ' } } }, { private_metadata: `${ID}.0.security` }],
    [
      'with a reason of another type',
      { reason: { reason: { value: 7 } } },
      { private_metadata: `${ID}.0.security` },
    ],
    ['with changed metadata', { reason: { reason: { value: 'no' } } }, { private_metadata: 'x' }],
    ['with nothing', {}, {}],
  ])('a denial %s is not passed on', async (_, values, more) => {
    const { interact, calls } = start();
    expect((await interact(submission('deny', values, more))).answer.response_action).toBe('errors');
    expect(calls.deny).toEqual([]);
  });
});

describe('less, a question, an answer', () => {
  const stage = `${ID}.0.security`;
  const text = (input: string, value: unknown) => ({ [input]: { [input]: { value } } });
  const less = { duration: { duration: { selected_option: { value: '15m' } } } };

  test('what is sent is passed on as it stands in the window, with who sent it', async () => {
    const { interact, calls } = start({
      shorten: async () => ({ ok: open }),
      question: async () => ({ ok: open }),
      answer: async () => ({ ok: open }),
    });
    for (const [view, values, metadata] of [
      ['shorten', less, stage],
      ['question', text('question', ' Which table? '), stage],
      ['answer', text('answer', 'orders'), `${ID}.2`],
    ] as const)
      expect((await interact(submission(view, values, { private_metadata: metadata }))).text).toBe('');
    expect(calls.shorten[0]!.slice(0, 3)).toEqual([ANA, SECURITY, '15m']);
    expect(calls.question[0]!.slice(0, 3)).toEqual([ANA, SECURITY, 'Which table?']);
    expect(calls.answer[0]!.slice(0, 3)).toEqual([ANA, { id: ID, question: 2 }, 'orders']);
  });

  test.each([
    ['shorten', 'duration', less, 'x'],
    ['question', 'question', text('question', 'Why?'), `${ID}.2`],
    ['question', 'question', text('question', '\u200b'), stage],
    ['question', 'question', text('question', 7), stage],
    ['question', 'question', {}, stage],
    ['answer', 'answer', text('answer', 'so'), stage],
    ['answer', 'answer', text('answer', ' '), `${ID}.2`],
    ['answer', 'answer', {}, undefined],
  ])(
    'a window %s that was changed or is empty says so at its input %s',
    async (view, input, values, metadata) => {
      const { interact } = start();
      const { answer } = await interact(submission(view, values, { private_metadata: metadata }));
      expect(answer.errors).toEqual({ [input]: expect.stringMatching(/^(Please write|This button)/) });
    },
  );

  test('no window opens for those who may not', async () => {
    const refusal = { refusal: { code: 'not-in-stage', stage: 'security' } } as const;
    const { interact } = start({
      mayShorten: async () => refusal,
      mayQuestion: async () => refusal,
      mayAnswer: async () => refusal,
    });
    await interact(click('shorten', stage));
    await interact(click('question', stage));
    await interact(click('answer', `${ID}.1`));
    expect(slack.of('views.open')).toEqual([]);
    expect(slack.of('hook')).toHaveLength(3);
  });
});

describe('one’s own buttons', () => {
  test('a choice that only they see gives way to its result, a message stays', async () => {
    const { interact, calls } = start({
      cancel: async () => ({ ok: open }),
      revoke: async () => ({ ok: open }),
    });
    await interact(click('cancel', ID, { container: { type: 'message', is_ephemeral: true } }));
    await interact(click('revoke', ID));
    expect(slack.of('hook').map((args) => args['replace_original'])).toEqual([true, false]);
    expect(calls.revoke[0]!.slice(0, 3)).toEqual([ANA, ID, '']);
  });

  test.each(['cancel', 'revoke', 'status', 'credentials', 'shorten', 'question', 'answer'])(
    '%s with a forged value does nothing',
    async (action) => {
      const { interact } = start();
      await interact(click(action, `${ID} `));
      expect(slack.of('hook')[0]!['text']).toContain('This button no longer works');
    },
  );
});

describe('credentials', () => {
  test('a modal opens empty, and then front is told which one waits', async () => {
    const { interact, calls } = start({
      mayMint: async () => ({ ok: stateAfter(active) }),
      mint: async () => ({ ok: stateAfter(active) }),
    });
    const { seen } = await interact(click('credentials', ID));
    const [args] = slack.of('views.open');
    expect(JSON.stringify(args!['view'])).toContain('Opening your session');
    expect(args!['view']).not.toHaveProperty('submit');
    expect(args!['view']).not.toHaveProperty('notify_on_close');
    expect(calls.mint).toEqual([[ANA, ID, 'V1', seen]]);
    expect(slack.of('views.update')).toEqual([]);
  });

  test('who may not have them gets no modal', async () => {
    const { interact } = start({ mayMint: async () => ({ refusal: { code: 'not-yours' } }) });
    await interact(click('credentials', ID));
    expect(slack.of('views.open')).toEqual([]);
    expect(slack.of('hook')).toHaveLength(1);
  });

  test('a modal that will not be filled says why', async () => {
    const { interact } = start({
      mayMint: async () => ({ ok: stateAfter(active) }),
      mint: async () => ({ refusal: { code: 'not-active', status: 'ending' } }),
    });
    await interact(click('credentials', ID));
    expect(JSON.stringify(slack.of('views.update'))).toContain('Its access is ending');
  });

  test('nor is it left waiting when front fails', async () => {
    const { interact } = start({ mayMint: async () => ({ ok: stateAfter(active) }) });
    await interact(click('credentials', ID));
    expect(JSON.stringify(slack.of('views.update'))).toContain('Something went wrong');
  });
});

describe('what does not belong to us', () => {
  test.each([
    [
      'an unknown button',
      { type: 'block_actions', actions: [{ type: 'button', action_id: 'x', block_id: 'b' }] },
      404,
    ],
    ['an unknown form', submission('other', {}), 404],
    ['a closed view', { type: 'view_closed', view: { callback_id: 'request' } }, 404],
    ['another type', { type: 'something' }, 404],
    ['no type at all', {}, 404],
  ])('%s is not found', async (_, payload, status) => {
    expect((await start().interact(payload)).status).toBe(status);
  });

  test('invariant 9: no log line has a token or what people wrote', async () => {
    const { interact, type } = start({ offers: async () => ({ ok: offers }) });
    slack.reply('views.open', () => ({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] no [json-pointer:/view]'] },
    }));
    await type('orders-db-admin 1h private-words');
    await interact(submission('request', { justification: { justification: { value: 'private-words' } } }));
    await interact({ type: 'private-words', actions: [{}] });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join()).not.toMatch(/xoxb|private-words/);
  });
});

describe('one person’s flood', () => {
  const ENDS: Partial<Front> = {
    revoke: async () => ({ refusal: { code: 'unknown-request' } }),
    cancel: async () => ({ refusal: { code: 'unknown-request' } }),
  };
  const AT_ONCE = 8;
  const never = () => new Promise<never>(() => undefined);
  const bobs = { user_id: 'UBOB' };

  test('of commands: eight are at work, more are answered at once, and nobody else waits', async () => {
    const mine = (actor: Actor) => (actor.id === 'UANA' ? never() : Promise.resolve({ ok: NOTHING }));
    const { type, calls } = start({ mine });
    for (let n = 0; n < AT_ONCE; n++) void type('list', { trigger_id: `${n}` });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => type('list', { trigger_id: `x${n}` })),
    );
    for (const { status, answer } of answers) {
      expect(status).toBe(200);
      expect(answer.text).toContain('too many things at once');
    }
    // Those eight never end: whoever waited for one of them would get no answer.
    expect((await type('list', bobs)).answer.text).toContain('You have not asked for anything yet');
    expect(calls.mine).toHaveLength(AT_ONCE + 1);
  });

  test('of forms: the form says so and stays open', async () => {
    const { interact, calls } = start({ submit: never });
    const sent = (n: number) => interact(submission('request', { entitlement: {} }, { id: `V${n}` }));
    for (let n = 0; n < AT_ONCE; n++) void sent(n);
    expect((await sent(AT_ONCE)).answer).toEqual({
      response_action: 'errors',
      errors: { entitlement: expect.stringContaining('wait a second') },
    });
    expect(calls.submit).toHaveLength(AT_ONCE);
  });

  test('of clicks: they are told, and the flood of answers has its limit too', async () => {
    const { interact, calls } = start({ approve: never });
    const value = `${ID}.0.security`;
    for (let n = 0; n < AT_ONCE; n++) void interact(click('approve', value, { trigger_id: `${n}` }));
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => interact(click('approve', value, { trigger_id: `x${n}` }))),
    );
    expect(calls.approve).toHaveLength(AT_ONCE);
    const told = slack.of('hook');
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(20);
    expect(told[0]!['text']).toContain('too many things at once');
  });

  test('invariant 16: whichever workspace a payload names, one account is one person', async () => {
    const { type } = start({ mine: never });
    for (let n = 0; n < AT_ONCE; n++) void type('list', { trigger_id: `${n}` });
    expect((await type('list', { team_id: 'T2' })).answer.text).toContain('too many things at once');
  });

  test('invariant 16: after twenty in a burst a person is told to wait; it is marked, and nobody else waits', async () => {
    const { type, calls } = start({ mine: async () => ({ ok: NOTHING }) });
    const heard: string[] = [];
    for (let n = 0; n < 25; n++) heard.push((await type('list', { trigger_id: `${n}` })).answer.text!);
    expect(heard.filter((text) => text.includes('not asked for anything yet'))).toHaveLength(20);
    expect(heard.filter((text) => text.includes('more than jit allows one person'))).toHaveLength(5);
    expect(calls.mine).toHaveLength(20);
    expect(calls.refuse).toHaveLength(5);
    expect((await type('list', bobs)).answer.text).toContain('not asked for anything yet');
  });

  test('invariant 16: of all their access together a person opens ten sessions a minute, and hands back as ever', async () => {
    const { interact, calls } = start({
      mayMint: async () => ({ refusal: { code: 'unknown-request' } }),
      ...ENDS,
    });
    for (let n = 0; n < 12; n++) await interact(click('credentials', ID, { trigger_id: `${n}` }));
    expect(calls.mayMint).toHaveLength(10);
    expect(calls.refuse).toHaveLength(2);
    await interact(click('revoke', ID));
    expect(calls.revoke).toHaveLength(1);
  });

  test('invariant 16: whatever somebody has at work, and however much they have done, they can take it back', async () => {
    const { type, interact, calls } = start({ mine: never, ...ENDS });
    for (let n = 0; n < 30; n++) void type('list', { trigger_id: `${n}` });
    expect((await type(`revoke ${ID}`)).answer.text).toContain('There is no such request');
    expect((await type(`cancel ${ID}`)).answer.text).toContain('There is no such request');
    await interact(click('revoke', ID));
    await interact(click('cancel', ID));
    expect([calls.revoke.length, calls.cancel.length]).toEqual([2, 2]);
  });
});

describe('what is far too large is answered as usual', () => {
  const huge = 'x'.repeat(200_000);

  test('a command', async () => {
    const { type } = start({
      offers: async () => ({ ok: offers }),
      whyNot: async (_, entitlement) => ({ code: 'unknown-entitlement', entitlement }),
    });
    const { answer } = await type(huge);
    expect(answer.text).toContain('There is nothing called "xxx');
    expect(answer.text!.length).toBeLessThan(500);
    await type(`orders-db-admin 1h ${huge}`);
    expect(checkModal(slack.of('views.open')[0]!['view'])).toEqual([]);
  });

  test('metadata of a form, and a button’s value', async () => {
    const { interact, calls } = start();
    const reason = { reason: { reason: { value: 'no' } } };
    const { answer } = await interact(submission('deny', reason, { private_metadata: `${ID}.0.${huge}` }));
    expect(answer.errors!['reason']).toContain('This button no longer works');
    await interact(click('approve', `${ID}.0.${huge}`));
    expect(slack.of('hook')[0]!['text']).toContain('This button no longer works');
    expect(calls.deny).toEqual([]);
    expect(calls.approve).toEqual([]);
  });

  test('ten thousand options and blocks, and a text of 200,000 characters: front gets 3,000 of them', async () => {
    const { interact, calls } = start({
      submit: async () => ({ refusal: { code: 'justification-too-long', maxLength: 1000 } }),
    });
    const options = Array.from({ length: 10_000 }, (_, n) => n);
    const values = {
      entitlement: { entitlement: { selected_option: options } },
      justification: { justification: { value: huge } },
    };
    const { answer } = await interact(submission('request', values, { blocks: options.slice(0, 1000) }));
    expect(answer.errors).toEqual({ justification: expect.stringContaining('at most 1000') });
    expect(calls.submit[0]![1]).toEqual({
      entitlement: '',
      duration: '',
      justification: huge.slice(0, 3000),
    });
  });

  test('nesting ten thousand deep', async () => {
    const { interact } = start({
      submit: async () => ({ refusal: { code: 'unknown-entitlement', entitlement: '' } }),
    });
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`) as object;
    expect((await interact(submission('request', deep))).answer.response_action).toBe('errors');
  });
});

describe('where answers go', () => {
  const refusing = { cancel: refused };

  test.each([
    'http://127.0.0.1:1/x',
    'https://hooks.slack.com.evil.example/x',
    'https://hooks.slack.com:8443/x',
    'http://hooks.slack.com/x',
    'https://evil.example/hooks.slack.com',
    'file:///etc/passwd',
    'private-words',
  ])('%s is not called, whoever signed it: the person is told in the channel', async (response_url) => {
    const { interact } = start(refusing);
    expect((await interact(click('cancel', ID, { response_url }))).status).toBe(200);
    expect(slack.of('hook')).toEqual([]);
    expect(slack.of('chat.postEphemeral')).toMatchObject([{ channel: 'C1', user: 'UANA' }]);
    expect(lines.join()).toContain('not Slack’s');
    expect(lines.join()).not.toMatch(/evil|private-words|passwd/);
  });
});

describe('a window that cannot be opened', () => {
  test.each([
    ['expired_trigger_id', 'took too long'],
    ['exchanged_trigger_id', 'already opened'],
  ])('%s is said in a sentence that helps', async (error, sentence) => {
    const { type } = start({ offers: async () => ({ ok: offers }) });
    slack.reply('views.open', () => ({ ok: false, error }));
    expect((await type('')).answer.text).toContain(sentence);
    expect(levels()).toEqual(['warn']);
  });

  test('one that Slack refuses for what is in it is our fault, and an alarm', async () => {
    const { type } = start({ offers: async () => ({ ok: offers }) });
    slack.reply('views.open', () => ({ ok: false, error: 'invalid_arguments' }));
    expect((await type('')).answer.text).toContain('Something went wrong');
    expect(levels()).toEqual(['error']);
  });

  test.each(['hash_conflict', 'not_found'])(
    'whoever chose again, or closed the form, meanwhile is not told of a fault, and nobody is alarmed (%s)',
    async (error) => {
      const { interact } = start({ offers: async () => ({ ok: offers }) });
      slack.reply('views.update', () => ({ ok: false, error }));
      const values = { entitlement: { entitlement: { selected_option: { value: 'billing' } } } };
      await interact({
        type: 'block_actions',
        actions: [{ type: 'static_select', action_id: 'entitlement', block_id: 'entitlement' }],
        view: { id: 'V1', hash: 'h1', state: { values } },
      });
      expect(slack.of('views.update')).toHaveLength(1);
      expect(levels().filter((level) => level !== 'info')).toEqual([]);
      expect(slack.of('chat.postEphemeral')).toEqual([]);
    },
  );

  test('nor who closed the window in which credentials would have been refused', async () => {
    const { interact } = start({
      mayMint: async () => ({ ok: stateAfter(active) }),
      mint: async () => ({ refusal: { code: 'not-active', status: 'ending' } }),
    });
    slack.reply('views.update', () => ({ ok: false, error: 'not_found' }));
    await interact(click('credentials', ID));
    expect(levels().filter((level) => level !== 'info')).toEqual([]);
    expect(slack.of('hook')).toEqual([]);
  });
});

describe('invariant 15: an answer that Slack does not pass on where the click was', () => {
  test('goes to the person as a direct message', async () => {
    const { interact } = start({ approve: refused });
    slack.reply('hook', () => ({ status: 404, body: 'expired_url' }));
    slack.reply('chat.postEphemeral', () => ({ ok: false, error: 'not_in_channel' }));
    slack.reply('conversations.open', () => ({ ok: true, channel: { id: 'D0ANA' } }));
    await interact(click('approve', `${ID}.0.security`));
    expect(slack.of('conversations.open')).toEqual([{ users: 'UANA' }]);
    expect(slack.of('chat.postMessage')).toMatchObject([{ channel: 'D0ANA', parse: 'none' }]);
    expect(levels()).not.toContain('error');
  });
});

/** The levels of what was logged, our own sentences only. */
function levels(): string[] {
  const names: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error' };
  return lines
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ msg }) => msg.includes('a request from Slack') || msg.includes('Bolt could not'))
    .map(({ level }) => names[level]!);
}

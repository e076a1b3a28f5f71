import type { Refusal } from '../../src/domain/refusal.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { MINUTE, serveCompany, SIGNING_SECRET, textOf } from '../support/company.js';
import { form, signed } from '../support/slack.js';
import { corp } from '../support/people.js';

/** Every way in: each button, each form, each command, each shortcut. */
const BUTTONS = [
  ...(['approve', 'deny', 'shorten', 'question', 'answer', 'credentials', 'cancel', 'revoke'] as const),
  ...(['status', 'explain', 'again', 'request', 'page'] as const),
];
const HOME = 'T0CORP';

interface Persona {
  user?: { id: string; team_id?: string };
  team?: { id: string };
  hears: Refusal['code'];
}
const PERSONAS: Record<string, Persona> = {
  'a guest': { user: { id: 'U0GUEST', team_id: HOME }, hears: 'guest' },
  'somebody of another workspace, in a shared channel': {
    user: { id: 'U0STRANGER', team_id: 'T0OTHER' },
    hears: 'other-workspace',
  },
  'somebody of another workspace whom only the channel’s team is named for': {
    user: { id: 'U0STRANGER' },
    hears: 'other-workspace',
  },
  'somebody whose account is deactivated': { user: { id: 'U0GONE', team_id: HOME }, hears: 'deactivated' },
  'a bot': { user: { id: 'U0ROBOT', team_id: HOME }, hears: 'bot' },
  'somebody of another workspace whom Slack does not call a stranger': {
    user: { id: 'U0OUTSIDER', team_id: HOME },
    hears: 'other-workspace',
  },
  'somebody of whom Slack names no workspace': {
    user: { id: 'U0NOWHERE', team_id: HOME },
    hears: 'unknown-workspace',
  },
  'somebody who has not confirmed their address': {
    user: { id: 'U0UMA', team_id: HOME },
    hears: 'unconfirmed-email',
  },
  'an id that Slack does not know': { user: { id: 'U0NOBODY', team_id: HOME }, hears: 'unknown-person' },
  'nobody at all': { hears: 'unknown-person' },
};

let it: Awaited<ReturnType<typeof serveCompany>>;
let pending: string;
let active: string;
beforeAll(async () => {
  it = await serveCompany();
  await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  await it.ask('U0ANA', {
    entitlement: 'sandbox-power-user',
    duration: '4h',
    justification: 'building a prototype',
  });
  const heads = await it.app.store.byRequester(corp('ana@corp.example'), 9);
  pending = heads.find(({ state }) => state.status === 'pending')!.id;
  active = heads.find(({ state }) => state.status === 'active')!.id;
});
afterAll(() => it.close());

async function answer(body: Record<string, string>) {
  const { status, body: text } = await it.app.door!.answer(
    signed(form(body), { at: it.now(), secret: SIGNING_SECRET }),
  );
  await it.quiet();
  return { status, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> };
}

/** What Slack makes for each thing that is done. Somebody who is real lends the way back, and hears the answer. */
async function fresh() {
  const { delivery } = await it.slack.as('U0LEE').command('/jit help');
  const sent = new URLSearchParams(delivery!.body);
  return { trigger_id: sent.get('trigger_id')!, response_url: sent.get('response_url')! };
}

async function interact({ user, team = { id: HOME } }: Persona, payload: object) {
  const all = { ...(await fresh()), team, ...(user && { user }), channel: { id: 'C0ACCESS' }, ...payload };
  const before = it.slack.ephemerals('U0LEE').length;
  const { status, text, json } = await answer({ payload: JSON.stringify(all) });
  return { status, text, json, told: it.slack.ephemerals('U0LEE').slice(before).map(textOf) };
}

async function everything() {
  const emails = it.slack.users().flatMap(({ email }) => email ?? []);
  const heads = (await Promise.all(emails.map((email) => it.app.store.byRequester(corp(email), 50)))).flat();
  const records = await Promise.all(heads.map(({ id }) => it.app.store.records(id)));
  const grants = await Promise.all(heads.map(({ id }) => it.app.store.grant(id)));
  return { heads, records, grants, windows: it.slack.calls('views.open').length };
}

const valueFor = (button: (typeof BUTTONS)[number]): string => {
  switch (button) {
    case 'approve':
    case 'deny':
    case 'shorten':
    case 'question':
      return `${pending}.0.manager`;
    case 'answer':
      return `${pending}.1`;
    case 'credentials':
    case 'revoke':
      return active;
    case 'page':
      return 'past.1';
    case 'cancel':
    case 'status':
    case 'explain':
    case 'again':
    case 'request':
      return pending;
    default:
      return button satisfies never;
  }
};

describe.each(Object.entries(PERSONAS))('invariant 8: %s', (_, persona) => {
  const sentence = sentenceFor({ code: persona.hears } as Refusal);

  // Two personas may be one account, and each does more than twenty things.
  beforeAll(() => it.pass(MINUTE));

  test('is told why not at each button, each form and each command, and nothing changes', async () => {
    const before = await everything();

    for (const button of BUTTONS) {
      const actions = [{ type: 'button', action_id: button, block_id: 'b', value: valueFor(button) }];
      const { status, text, told } = await interact(persona, { type: 'block_actions', actions });
      expect([button, status, text, told]).toEqual([button, 200, '', [sentence]]);
    }

    // A choice in a form that is open: nothing to say it in, so it stays as it is.
    const state = {
      values: { entitlement: { entitlement: { selected_option: { value: 'orders-db-admin' } } } },
    };
    const actions = [{ type: 'static_select', action_id: 'entitlement', block_id: 'entitlement' }];
    const updates = it.slack.calls('views.update').length;
    const choice = await interact(persona, { type: 'block_actions', actions, view: { id: 'V1', state } });
    expect(choice).toMatchObject({ status: 200, text: '' });
    expect(it.slack.calls('views.update')).toHaveLength(updates);

    const values = {
      entitlement: { entitlement: { selected_option: { value: 'sandbox-bucket-reader' } } },
      duration: { duration: { selected_option: { value: '1h' } } },
      justification: { justification: { value: 'looking at the samples' } },
    };
    const request = {
      type: 'view_submission',
      view: { id: 'V1', callback_id: 'request', state: { values } },
    };
    const sent = await interact(persona, request);
    expect(sent.json).toEqual({ response_action: 'errors', errors: { entitlement: sentence } });

    const text = (input: string) => ({ [input]: { [input]: { value: 'no' } } });
    const less = { duration: { duration: { selected_option: { value: '15m' } } } };
    const forms: [callback: string, data: string, input: string, values: object][] = [
      ['deny', `${pending}.0.manager`, 'reason', text('reason')],
      ['shorten', `${pending}.0.manager`, 'duration', less],
      ['question', `${pending}.0.manager`, 'question', text('question')],
      ['answer', `${pending}.1`, 'answer', text('answer')],
    ];
    for (const [callback_id, private_metadata, input, values] of forms) {
      const view = { id: 'V1', callback_id, private_metadata, state: { values } };
      const sent = await interact(persona, { type: 'view_submission', view });
      expect(sent.json).toEqual({ response_action: 'errors', errors: { [input]: sentence } });
    }

    // What one person may do in a burst is used up by then.
    await it.pass(MINUTE);
    const { user, team = { id: HOME } } = persona;
    for (const text of [
      '',
      'sandbox-bucket-reader 1h looking at the samples',
      'list',
      'status',
      `status ${pending}`,
      'cancel',
      `cancel ${pending}`,
      'revoke',
      `revoke ${active} because`,
      'explain',
      `explain ${pending}`,
      'again',
      `again ${pending}`,
    ]) {
      const who: Record<string, string> = user
        ? { user_id: user.id, team_id: user.team_id ?? team.id }
        : { team_id: HOME };
      const { status, json } = await answer({ ...(await fresh()), ...who, command: '/jit', text });
      expect([text, status, json['text']]).toEqual([text, 200, sentence]);
      expect(json['response_type']).toBe('ephemeral');
    }

    const onMessage = {
      type: 'message_action',
      callback_id: 'request-from-message',
      channel: { id: 'C0ACCESS' },
      message: { ts: '1700000000.000100', text: 'the orders are stuck' },
    };
    expect(await interact(persona, onMessage)).toMatchObject({ status: 200, told: [sentence] });
    expect(await everything()).toEqual(before);

    // There is no conversation to answer a shortcut in, so they read it in a window: it is not the form.
    const anywhere = { type: 'shortcut', callback_id: 'request', channel: undefined };
    expect(await interact(persona, anywhere)).toMatchObject({ status: 200 });
    const opened = it.slack.calls('views.open').slice(before.windows);
    expect(opened.length).toBeLessThanOrEqual(1);
    for (const { args } of opened) {
      expect(JSON.stringify(args['view'])).toContain(JSON.stringify(sentence).slice(1, -1));
      expect(args['view']).not.toMatchObject({ callback_id: 'request' });
    }
    expect({ ...(await everything()), windows: before.windows }).toEqual(before);
  });
});

test('the same, by those who may: the table above would notice if nothing worked', async () => {
  const actions = [{ type: 'button', action_id: 'approve', block_id: 'b', value: `${pending}.0.manager` }];
  // Clicking in a sister workspace of the Grid: the payload's team says nothing.
  const bob = { user: { id: 'U0BOB', team_id: 'T0SALES' }, team: { id: 'T0SALES' }, hears: 'guest' as const };
  expect(await interact(bob, { type: 'block_actions', actions })).toMatchObject({ status: 200, told: [] });
  expect((await it.app.store.head(pending))!.state.votes).toMatchObject([
    { by: { email: 'bob@corp.example' } },
  ]);
});

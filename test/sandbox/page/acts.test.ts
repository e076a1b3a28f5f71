import { FORM } from '../../support/sandbox-slack.js';
import { place, type Place } from '../../support/sandbox-page.js';

let here: Place;
beforeEach(async () => {
  here = await place();
});
afterEach(() => here.close());

const button = (action: string, value: string) => ({
  type: 'actions' as const,
  elements: [
    {
      type: 'button' as const,
      action_id: action,
      value,
      text: { type: 'plain_text' as const, text: action },
    },
  ],
});
const posted = async (channel: string) => {
  const blocks = [button('approve', 'r1'), button('approve', 'r2')];
  const { ts } = await here.client.chat.postMessage({ channel, text: 'a card', blocks });
  return ts!;
};
/** A command that the bot answers with a modal. */
async function opened(view: object = FORM, as = 'UANA'): Promise<string> {
  here.says.answer = async ({ form }) => {
    if (form['trigger_id'] !== undefined)
      await here.client.apiCall('views.open', { trigger_id: form['trigger_id'], view });
    return '';
  };
  expect(await here.act({ as, do: 'command', line: '/jit' })).toMatchObject({ status: 200 });
  here.says.answer = () => '';
  return here.slack.views(as)[0]!.id;
}
const heard = () => here.heard.length;
const refused = (error: string) => ({
  status: 409,
  body: { error: expect.stringContaining(error) as string },
});

describe("what Slack's client does not offer is refused, and the bot hears nothing", () => {
  test('an act of somebody who cannot be acted as', async () => {
    expect(await here.act({ as: 'UZOE', do: 'command', line: '/jit' })).toEqual(
      refused('Zoe cannot be acted as'),
    );
    expect(heard()).toBe(0);
  });

  test.each(['hello', '', 'jit', '/jitter', '/remind me', ' /jit'])('the line "%s"', async (line) => {
    expect(await here.act({ as: 'UANA', do: 'command', line })).toEqual(refused('only /jit is answered'));
    expect(heard()).toBe(0);
  });

  test('a command in a channel that this person is not in', async () => {
    for (const [as, channel] of [
      ['UANA', 'C0BOSS'],
      ['UANA', 'C0NONE'],
      ['UANA', here.slack.dmOf('UBOB')],
      ['UANA', 'C0OLD'],
      ['UOLGA', 'C0ACCESS'],
    ])
      expect(await here.act({ as, do: 'command', line: '/jit', channel })).toEqual(refused('no channel'));
    expect(heard()).toBe(0);
  });

  test('a click on a message that this person does not see', async () => {
    const [open, boss, dm] = [await posted('C0ACCESS'), await posted('C0BOSS'), await posted('UBOB')];
    await here.client.chat.postEphemeral({
      channel: 'C0ACCESS',
      user: 'UBOB',
      text: 'psst',
      blocks: [button('go', '1')],
    });
    const whispered = here.slack.ephemerals('UBOB')[0]!.ts;
    const click = (as: string, channel: string, ts: string, action = 'approve') =>
      here.act({ as, do: 'click', channel, ts, action, value: 'r1' });
    const bobs = here.slack.dmOf('UBOB');
    expect(await click('UANA', 'C0BOSS', boss)).toEqual(refused('does not see it'));
    expect(await click('UANA', bobs, dm)).toEqual(refused('does not see it'));
    expect(await click('UOLGA', 'C0ACCESS', open)).toEqual(refused('does not see it'));
    expect(await click('UANA', 'C0ACCESS', whispered, 'go')).toEqual(refused('does not see it'));
    expect(await click('UANA', 'C0ACCESS', boss)).toEqual(refused('does not see it'));
    expect(await click('UANA', 'C0ACCESS', '1.2')).toEqual(refused('does not see it'));
    expect(heard()).toBe(0);
    expect(await click('UBOB', 'C0BOSS', boss)).toMatchObject({ status: 200 });
    expect(await click('UBOB', bobs, dm)).toMatchObject({ status: 200 });
    expect(heard()).toBe(2);
  });

  test('a button that is not there, or that could be one of two', async () => {
    const ts = await posted('C0ACCESS');
    const click = (more: object) => here.act({ as: 'UANA', do: 'click', channel: 'C0ACCESS', ts, ...more });
    expect(await click({ action: 'deny' })).toEqual(refused('There is no button "deny"'));
    expect(await click({ action: 'approve' })).toEqual(refused('There are 2 buttons'));
    expect(await click({ action: 'approve', value: 'r3' })).toEqual(
      refused('no button "approve" with that value'),
    );
    expect(heard()).toBe(0);
  });

  test("anything in another person's modal, or in one that was closed", async () => {
    const modal = await opened();
    const before = heard();
    for (const [as, id] of [
      ['UBOB', modal],
      ['UANA', 'V0GONE'],
    ])
      for (const act of [
        { do: 'click-modal', action: 'x' },
        { do: 'choose', block: 'entitlement', value: 'db' },
        { do: 'fill', values: {} },
        { do: 'submit', values: {} },
        { do: 'suggest', block: 'entitlement', query: '' },
        { do: 'close' },
      ])
        expect(await here.act({ as, modal: id, ...act })).toMatchObject({ status: 409 });
    expect(heard()).toBe(before);
  });

  test('an option that was not offered, a field that is not there', async () => {
    const modal = await opened();
    const before = heard();
    const act = (more: object) => here.act({ as: 'UANA', modal, ...more });
    expect(await act({ do: 'choose', block: 'entitlement', value: 'root' })).toEqual(
      refused('no option "root"'),
    );
    expect(await act({ do: 'submit', values: { secret: 'x' } })).toEqual(refused('no field "secret"'));
    expect(await act({ do: 'fill', values: { constructor: 'x' } })).toEqual(
      refused('no field "constructor"'),
    );
    expect(heard()).toBe(before);
  });
});

describe('what it does offer', () => {
  test("is a command, with what the bot answers shown to that person; by default where the bot's messages are", async () => {
    here.says.answer = () => JSON.stringify({ text: 'help' });
    expect(await here.act({ as: 'UANA', do: 'command', line: '/jit help', channel: 'C0ACCESS' })).toEqual({
      status: 200,
      body: { ms: expect.any(Number) as number },
    });
    await here.act({ as: 'UANA', do: 'command', line: '/jit help' });
    expect(here.heard.map(({ form }) => [form['text'], form['channel_id']])).toEqual([
      ['help', 'C0ACCESS'],
      ['help', here.slack.dmOf('UANA')],
    ]);
    expect((await here.look()).ephemerals).toMatchObject([
      { channel: 'C0ACCESS', text: 'help' },
      { channel: here.slack.dmOf('UANA'), text: 'help' },
    ]);
    expect((await here.look('UBOB')).ephemerals).toEqual([]);
  });

  test('is a button, of an ephemeral message too', async () => {
    await here.client.chat.postEphemeral({
      channel: 'C0SHARED',
      user: 'UOLGA',
      text: 'psst',
      blocks: [button('go', '1')],
    });
    const { channel, ts } = here.slack.ephemerals('UOLGA')[0]!;
    expect(await here.act({ as: 'UOLGA', do: 'click', channel, ts, action: 'go' })).toMatchObject({
      status: 200,
    });
    expect(here.heard[0]!.payload).toMatchObject({ user: { id: 'UOLGA' }, actions: [{ value: '1' }] });
  });

  test('is a modal: what was filled in stays, wrong fields are marked, and the answer closes it', async () => {
    const modal = await opened();
    const act = (more: object) => here.act({ as: 'UANA', modal, ...more });
    await act({ do: 'fill', values: { justification: 'fixing OPS-12' } });
    expect((await here.look()).modals[0]!.values['justification']).toMatchObject({
      justification: { value: 'fixing OPS-12' },
    });
    expect(await act({ do: 'submit', values: {} })).toMatchObject({
      status: 200,
      body: { failure: 'Some fields are not filled in.' },
    });
    expect((await here.look()).modals[0]!.errors).toHaveProperty('entitlement');
    await act({ do: 'choose', block: 'entitlement', value: 'db' });
    expect(here.heard.at(-1)!.payload).toMatchObject({ type: 'block_actions' });
    expect(await act({ do: 'submit', values: { ticket: null } })).toEqual({
      status: 200,
      body: { ms: expect.any(Number) as number },
    });
    expect((await here.look()).modals).toEqual([]);
  });

  test('is type-ahead, with the options that the bot gives', async () => {
    const element = { type: 'external_select', action_id: 'what', min_query_length: 0 };
    const modal = await opened({ ...FORM, blocks: [{ ...FORM.blocks[0]!, block_id: 'what', element }] });
    const suggest = () => here.act({ as: 'UANA', do: 'suggest', modal, block: 'what', query: 'or' });
    const option = { text: { type: 'plain_text', text: 'Orders' }, value: 'orders' };
    here.says.answer = () => JSON.stringify({ options: [option] });
    expect(await suggest()).toEqual({
      status: 200,
      body: { ms: expect.any(Number) as number, options: [{ text: 'Orders', value: 'orders' }] },
    });
    here.says.answer = () => 500;
    expect(await suggest()).toMatchObject({
      status: 200,
      body: { options: [], failure: 'The app could not be reached, or answered with an error.' },
    });
  });

  test('is a button in a modal, and closing it', async () => {
    const modal = await opened({
      ...FORM,
      submit: undefined,
      notify_on_close: true,
      blocks: [button('more', '1')],
    });
    expect(await here.act({ as: 'UANA', do: 'click-modal', modal, action: 'more' })).toMatchObject({
      status: 200,
    });
    expect(here.heard.at(-1)!.payload).toMatchObject({
      view: { id: modal },
      actions: [{ action_id: 'more' }],
    });
    expect(await here.act({ as: 'UANA', do: 'close', modal })).toMatchObject({ status: 200 });
    expect(here.heard.at(-1)!.payload).toMatchObject({ type: 'view_closed' });
    expect((await here.look()).modals).toEqual([]);
  });
});

test('a bot that is late, broken or gone is shown as Slack shows it', async () => {
  here.says.answer = () => 500;
  const command = () => here.act({ as: 'UANA', do: 'command', line: '/jit' });
  expect(await command()).toMatchObject({
    status: 200,
    body: { failure: 'The command failed with the error "dispatch_failed".' },
  });
  here.says.answer = () => new Promise((resolve) => setTimeout(() => resolve(''), 500));
  expect(await command()).toMatchObject({
    body: { failure: 'The command failed with the error "operation_timeout".' },
  });
  expect((await here.look()).failures.map(({ error }) => error)).toEqual([
    'dispatch_failed',
    'operation_timeout',
  ]);
  expect((await here.look('UBOB')).failures).toEqual([]);
});

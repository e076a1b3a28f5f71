import { buttonsOf, cardWith, HOUR, livingIn, MINUTE, serveCompany, textOf } from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};

let it: Company;
beforeEach(async () => {
  it = await serveCompany();
});
afterEach(() => it.close());

const archive = (archived: boolean, ...channels: string[]) =>
  channels.forEach((id) => it.slack.changeChannel(id, { archived }));
const refuse = (takesNoDms: string | undefined, ...people: string[]) =>
  people.forEach((id) => it.slack.changeUser(id, { takesNoDms }));
const living = () => textOf(livingIn(it.slack.dms('U0ANA')));
const bobs = () => cardWith(it.slack.dms('U0BOB'), 'approve');
const alarms = () =>
  it.logged
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ level }) => level === 'error')
    .map(({ msg }) => msg);
const ailing = async () => {
  const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
  const { ailing: all } = (await answer.json()) as { ailing: { what: string; code: string }[] };
  return all.map(({ what, code }) => `${what}: ${code}`);
};

describe('invariant 15: a request of which people cannot hear by the usual way', () => {
  test('a manager whose direct messages are switched off is asked in the channel; that is told, and alarms', async () => {
    refuse('messages_tab_disabled', 'U0BOB');
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', cardWith(it.slack.messages('C0PRODACCESS'), 'approve'), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
    expect(alarms()).toEqual(['people were asked by another way']);
    expect(await ailing()).toContain('person U0BOB: messages_tab_disabled');
  });

  test('the requester reads by which way, and why, while it is open', async () => {
    refuse('user_disabled', 'U0BOB');
    await it.ask('U0ANA', ORDERS);
    expect(living()).toContain(
      '*manager*: asked <@U0BOB>, though not in the usual place: <@U0BOB> cannot get direct messages',
    );
  });

  test('an archived channel: each of its people gets a direct message', async () => {
    archive(true, 'C0SECURITY');
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', bobs(), 'approve');
    expect(living()).toContain('the channel <#C0SECURITY> is archived');
    for (const id of ['U0SAM', 'U0KIM']) {
      await it.click(id, cardWith(it.slack.dms(id), 'approve'), 'approve');
      expect(it.slack.dms(id).flatMap((message) => buttonsOf(message))).toEqual([]);
    }
    expect(living()).toContain('You have *Orders database admin*');
    expect(await ailing()).toContain('channel C0SECURITY: is_archived');
  });

  test('nowhere: the requester reads it, and when somebody has been asked; those who run jit hear it', async () => {
    refuse('cannot_dm_bot', 'U0BOB');
    archive(true, 'C0PRODACCESS', 'C0ACCESS');
    await it.ask('U0ANA', ORDERS);
    for (let passed = 0; passed < 7 * HOUR; passed += 5 * MINUTE) await it.pass(5 * MINUTE);
    expect(it.slack.dms('U0ANA')).toHaveLength(1);
    expect(living()).toContain('cannot reach its approvers');
    expect(living()).toContain('<@U0BOB> cannot get direct messages from jit (`cannot_dm_bot`)');
    expect(living()).toContain('the channel <#C0PRODACCESS> is archived');
    expect(living()).toContain('the channel <#C0ACCESS> is archived');
    expect(living()).not.toContain(': asked ');
    expect(new Set(alarms())).toEqual(new Set(['nobody could be asked']));
    // At once, and then ever more seldom: not with each of the ninety tries.
    expect(alarms().length).toBeGreaterThan(2);
    expect(alarms().length).toBeLessThan(8);

    archive(false, 'C0ACCESS');
    await it.pass(5 * MINUTE);
    expect(living()).toContain('*manager*: asked <@U0BOB>');
    await it.click('U0BOB', cardWith(it.slack.messages('C0ACCESS'), 'approve'), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
  });

  test('at a later stage: she who read that others were asked reads that now nobody can be', async () => {
    await it.ask('U0ANA', ORDERS);
    archive(true, 'C0SECURITY', 'C0PRODACCESS', 'C0ACCESS');
    refuse('user_disabled', 'U0SAM', 'U0KIM', 'U0LEE');
    await it.click('U0BOB', bobs(), 'approve');
    expect(living()).toContain('*manager*: approved by <@U0BOB>');
    expect(living()).toContain('*security*: nobody can be asked: the channel <#C0SECURITY> is archived');
    expect(alarms()).toEqual(['nobody could be asked']);
  });

  test('a channel in which none of them is, and who take no direct message: nobody has seen it', async () => {
    it.slack.changeChannel('C0SECURITY', { members: ['U0ANA'] });
    it.slack.changeChannel('C0PRODACCESS', { members: [] });
    it.slack.changeChannel('C0ACCESS', { members: [] });
    refuse('user_disabled', 'U0SAM', 'U0KIM', 'U0LEE');
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', bobs(), 'approve');
    expect(living()).toContain('none of the approvers is in the channel <#C0SECURITY>');
    expect(it.slack.messages('C0SECURITY')).toEqual([]);
  });

  test('is cancelled like any other', async () => {
    refuse('user_disabled', 'U0BOB');
    archive(true, 'C0PRODACCESS', 'C0ACCESS');
    await it.ask('U0ANA', ORDERS);
    const told = livingIn(it.slack.dms('U0ANA'));
    expect(buttonsOf(told).map(({ actionId }) => actionId)).toEqual(['cancel']);
    await it.click('U0ANA', told, 'cancel');
    expect(living()).toContain('is cancelled');
    expect(buttonsOf(livingIn(it.slack.dms('U0ANA'))).map(({ actionId }) => actionId)).toEqual(['again']);
    await it.pass(5 * MINUTE);
    const { looked } = await it.app.engine.sweep({ until: it.now() + 10_000 * HOUR });
    expect(looked.filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
  });
});

describe('whoever is asked hears it', () => {
  test('those of a channel’s stage who are not in it get a direct message, and nobody else', async () => {
    it.slack.changeChannel('C0SECURITY', { members: ['U0SAM'] });
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', bobs(), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
    const copies = ['U0SAM', 'U0KIM', 'U0LEE'].filter((id) => it.slack.dms(id).length > 0);
    expect(copies).not.toContain('U0SAM');
    expect(copies).toContain('U0KIM');
    // Kim votes by her copy: it is hers alone that is drawn again, until the stage is decided.
    await it.click('U0KIM', cardWith(it.slack.dms('U0KIM'), 'approve'), 'approve');
    expect(it.slack.dms('U0KIM').flatMap((message) => buttonsOf(message))).toEqual([]);
    await it.click('U0SAM', cardWith(it.slack.messages('C0SECURITY'), 'approve'), 'approve');
    for (const id of copies) expect(it.slack.dms(id).flatMap((message) => buttonsOf(message))).toEqual([]);
  });

  test('where Slack does not let the bot read who is in a channel, the mention is all there is', async () => {
    it.slack.misbehave('conversations.members', { kind: 'error', error: 'missing_scope' }, Infinity);
    it.slack.changeChannel('C0SECURITY', { members: ['U0SAM'] });
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', bobs(), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
    expect(it.slack.dms('U0KIM')).toEqual([]);
    expect(alarms()).toEqual([]);
  });
});

import { buttonsOf, cardWith, HOUR, MINUTE, serveCompany, textOf } from '../support/company.js';

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
const dms = () => it.slack.dms('U0ANA').map((message) => textOf(message));
const alarms = () =>
  it.logged
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ level }) => level === 'error');

describe('invariant 15: a request that nobody can be asked about', () => {
  test('in an archived channel: the default channel is asked, and that counts', async () => {
    archive(true, 'C0PRODACCESS');
    const { modal } = await it.ask('U0ANA', ORDERS);
    expect(textOf(modal!)).toContain('*manager*: next to ask: <@U0BOB>');
    expect(dms()).toEqual([expect.stringContaining('*manager*: asked <@U0BOB>')]);
    await it.click('U0BOB', cardWith(it.slack.messages('C0ACCESS'), 'approve'), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
    expect(alarms()).toEqual([]);
  });

  test('nowhere: the requester is told once, and again when somebody has been asked; those who run jit hear it', async () => {
    archive(true, 'C0PRODACCESS', 'C0ACCESS');
    await it.ask('U0ANA', ORDERS);
    for (let passed = 0; passed < 7 * HOUR; passed += 5 * MINUTE) await it.pass(5 * MINUTE);
    const told = dms();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('cannot reach its approvers');
    expect(told[0]).toContain(
      'the channel <#C0PRODACCESS> is archived and the channel <#C0ACCESS> is archived',
    );
    expect(told[0]).not.toContain(': asked ');
    const heard = alarms().map(({ msg }) => msg);
    expect(new Set(heard)).toEqual(new Set(['nobody could be asked']));
    // At once, and then ever more seldom: not with each of the ninety tries.
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.length).toBeLessThan(8);

    archive(false, 'C0ACCESS');
    await it.pass(5 * MINUTE);
    expect(dms()).toHaveLength(2);
    expect(dms()[1]).toContain('*manager*: asked <@U0BOB>');
    await it.click('U0BOB', cardWith(it.slack.messages('C0ACCESS'), 'approve'), 'approve');
    expect(cardWith(it.slack.messages('C0SECURITY'), 'approve')).toBeDefined();
  });

  test('at a later stage: she who was told that others were asked hears that now nobody can be', async () => {
    await it.ask('U0ANA', ORDERS);
    archive(true, 'C0SECURITY', 'C0ACCESS');
    await it.click('U0BOB', cardWith(it.slack.messages('C0PRODACCESS'), 'approve'), 'approve');
    expect(dms()).toHaveLength(2);
    expect(dms()[1]).toContain('*manager*: approved by <@U0BOB>');
    expect(dms()[1]).toContain('*security*: nobody can be asked: the channel <#C0SECURITY> is archived');
    expect(alarms()).toHaveLength(1);
  });

  test('is cancelled like any other', async () => {
    archive(true, 'C0PRODACCESS', 'C0ACCESS');
    await it.ask('U0ANA', ORDERS);
    const [told] = it.slack.dms('U0ANA');
    expect(buttonsOf(told!).map(({ actionId }) => actionId)).toEqual(['cancel']);
    await it.slack.as('U0ANA').click(told!, 'cancel');
    // The next try for a card is put off, and shows then that there is none to post.
    await it.pass(5 * MINUTE);
    expect(dms().at(-1)).toContain('is cancelled');
    const { looked } = await it.app.engine.sweep({ until: it.now() + 10_000 * HOUR });
    expect(looked.filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
  });
});

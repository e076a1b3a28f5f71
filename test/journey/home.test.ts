import { buttonsOf, serveCompany, textOf } from '../support/company.js';

describe.each(['http', 'socket'] as const)('App Home and shortcuts, over %s', (by) => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeAll(async () => {
    it = await serveCompany({}, by);
  });
  afterAll(() => it.close());
  const homeOf = (who: string, text: string | RegExp) =>
    it.slack.until(() => {
      const home = it.slack.home(who);
      return home && textOf(home).match(text) ? home : undefined;
    }, 8_000);
  const option = (home: Awaited<ReturnType<typeof homeOf>>, starts: string) => {
    const value = JSON.stringify(home.view.blocks).match(new RegExp(`"value":"(${starts} [^"]+)"`))?.[1];
    if (value === undefined) throw new Error(`no option ${starts}`);
    return value;
  };

  test('from the Home tab: asking, being asked, deciding, and what became of it', async () => {
    await it.slack.as('U0BOB').openHome();
    await homeOf('U0BOB', /Nothing is waiting for you/);
    await it.slack.as('U0ANA').openHome();
    const home = await homeOf('U0ANA', /You have no access now/);

    // She asks from there.
    await it.pass(2_000);
    await it.slack.as('U0ANA').click(home, 'request');
    const modal = await it.slack.until(() => it.slack.views('U0ANA').at(-1));
    await it.slack.as('U0ANA').choose(modal, 'entitlement', 'orders-db-admin');
    const form = {
      entitlement: 'orders-db-admin',
      duration: '1h',
      justification: 'adding an index',
      ticket: 'OPS-12',
    };
    await it.slack.as('U0ANA').submit(it.slack.views('U0ANA').at(-1)!.id, form);
    await it.quiet();
    await homeOf('U0ANA', /Your pending requests\* \(1\)/);

    // Her manager sees it without opening anything, and approves it there.
    const asked = await homeOf('U0BOB', /Waiting for you to decide\* \(1\)/);
    expect(textOf(asked)).toContain('adding an index');
    await it.pass(2_000);
    await it.slack.as('U0BOB').click(asked, 'menu', option(asked, 'approve'));
    await it.quiet();
    await homeOf('U0BOB', /Nothing is waiting for you/);
    const waiting = await homeOf('U0ANA', /Waiting for security/);

    // She sees where it stands, in a window, and cancels it.
    await it.slack.as('U0ANA').click(waiting, 'menu', option(waiting, 'status'));
    const window = await it.slack.until(() => it.slack.views('U0ANA').at(-1));
    expect(buttonsOf(window)).toEqual([]);
    await it.pass(2_000);
    await it.slack.as('U0ANA').click(waiting, 'menu', option(waiting, 'cancel'));
    await it.quiet();
    await homeOf('U0ANA', /Past requests\* \(1\)/);
    expect(it.slack.refusals(10)).toEqual([]);
  });

  test('the shortcut on a message opens the form with the message’s link', async () => {
    const [card] = it.slack.messages('C0SECURITY');
    await it.slack.as('U0ANA').messageShortcut(card!, 'request-from-message');
    const form = () => it.slack.views('U0ANA').find(({ view }) => view['callback_id'] === 'request');
    const modal = await it.slack.until(form);
    expect(JSON.stringify(modal.values)).toContain(`/archives/C0SECURITY/p${card!.ts.replace('.', '')}`);
    await it.slack.as('U0ANA').shortcut('request');
    const empty = await it.slack.until(() => form()?.id !== modal.id && form());
    expect(JSON.stringify(empty.values)).not.toContain('/archives/');
  });
});

/** @project outside */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { FRIDAY, inSandbox, tooWide } from './in-sandbox.js';

inSandbox('the sandbox in a browser', (visit) => {
  const { open, sandbox, policyDir, tab, onPhone, type, go, expectNoFaults } = visit;

  /** Presses the newest card's button, and says that one is sure, which the bot asks where the risk is high. */
  async function approve(page: Page, place: RegExp): Promise<void> {
    await go(page, place);
    await page.getByRole('log').getByRole('button', { name: 'Approve', exact: true }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  }

  async function askForOrders(page: Page): Promise<void> {
    await type(page, '/jit orders-db-admin 1h Fixing a stuck order OPS-12');
    const form = page.getByRole('dialog', { name: 'Request access' });
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.waitFor({ state: 'hidden' });
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  }

  /** Writes into the window that this button of a message opens, and sends it. */
  async function say(page: Page, button: string, text: string): Promise<void> {
    await page.getByRole('log').getByRole('button', { name: button }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(text);
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  async function tryIt(page: Page, action: string): Promise<void> {
    await page.getByRole('tab', { name: 'AWS' }).click();
    await page.getByLabel('Action').fill(action);
    await page.getByRole('button', { name: 'Try', exact: true }).click();
  }

  test('one asks, three agree, the access works, and with the hour it is gone though the bot has stopped', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    await askForOrders(ana);
    await approve(await tab('U0BOB'), /jit/);
    await approve(await tab('U0SAM'), /security/);
    await approve(await tab('U0KIM'), /security/);

    await go(ana, /jit/);
    await ana.getByRole('button', { name: 'Open a session' }).last().click();
    const credentials = ana.getByRole('dialog');
    await credentials.getByText('export AWS_SESSION_TOKEN').waitFor();
    await credentials.getByRole('button', { name: 'Close' }).last().click();
    await ana.getByRole('tab', { name: /Controls/ }).click();
    await ana.getByRole('switch').click();
    await ana.getByText('The bot is stopped', { exact: true }).waitFor();
    await tryIt(ana, 'rds:DescribeDBInstances');
    await ana.getByText('✓ Allowed').waitFor();
    await ana.getByRole('button', { name: '+1 h' }).click();
    await ana.getByText('✗ Denied').waitFor();

    await ana.getByRole('tab', { name: /Controls/ }).click();
    await ana.getByRole('switch').click();
    await ana.getByText(/Gone, checked/).waitFor();
    await ana.getByRole('tab', { name: 'Record' }).click();
    await ana.getByText(/chain (is )?intact/i).waitFor();
    expectNoFaults();
  });

  test('whom policy stops is told in the form what would help, and nothing typed is lost, not by a reload either', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    await type(ana, '/jit orders-db-admin 1h');
    const why = ana.getByRole('dialog').getByRole('textbox', { name: /What for/ });
    await why.fill('Looking for a lost order');
    await why.blur();
    await ana.getByRole('dialog').getByRole('button', { name: 'Send request' }).click();
    await ana
      .getByRole('dialog')
      .getByText(/Give the ticket that this work belongs to/)
      .waitFor();
    await ana.reload();
    expect(await why.inputValue()).toBe('Looking for a lost order');
    expect(sandbox().slack.dms('U0BOB')).toEqual([]);
    expectNoFaults();
  });

  test('the form says who decides while it is filled in, fills in the ticket that the reason names, and comes again', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    await type(ana, '/jit');
    const form = ana.getByRole('dialog', { name: 'Request access' });
    const what = form.getByLabel('What do you need?');
    await what.selectOption('sandbox-power-user');
    await form.getByText('Granted at once.').waitFor();
    await what.selectOption('orders-db-admin');
    await form.getByText(/Needs a ticket such as OPS-12, then .*Bob/).waitFor();
    await form.getByText(/3 people; all of them in working hours/).waitFor();
    const why = form.getByRole('textbox', { name: /What for/ });
    await why.fill('Fixing a stuck order, see OPS-12');
    await why.blur();
    await form.getByLabel('For how long?').selectOption('1h');
    await form.getByText(/Found in your reason/).waitFor();
    const ticket = form.getByRole('textbox', { name: /Ticket/ });
    expect(await ticket.inputValue()).toBe('OPS-12');
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.waitFor({ state: 'hidden' });
    await ana.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

    await type(ana, '/jit again');
    await form.waitFor();
    expect([await why.inputValue(), await ticket.inputValue()]).toEqual([
      'Fixing a stuck order, see OPS-12',
      'OPS-12',
    ]);
    await form.getByText(/Needs .*Bob.*, then 2 of security/).waitFor();
    expectNoFaults();
  });

  test('what begins later is asked for with a date and a time, says so in the form, and begins then', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    await type(ana, '/jit sandbox-power-user 1h Trying something out');
    const form = ana.getByRole('dialog', { name: 'Request access' });
    const start = form.getByLabel('When does it begin?');
    const local = (at: number) =>
      ana.evaluate((ms) => {
        const ahead = new Date(ms).getTimezoneOffset() * 60_000;
        return new Date(ms - ahead).toISOString().slice(0, 16);
      }, at);
    await start.fill(await local(FRIDAY - 3_600_000));
    await start.blur();
    await form.getByText(/This time is over/).waitFor();
    await start.fill(await local(FRIDAY + 3_600_000));
    await start.blur();
    await form.getByText(/Granted at once/).waitFor();
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.waitFor({ state: 'hidden' });
    await ana
      .getByRole('dialog')
      .getByText(/It begins on Friday 20 November 2026/)
      .waitFor();
    await ana.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await go(ana, /jit/);
    await ana.getByText(/is approved, and begins then/).waitFor();
    expect(await ana.getByRole('button', { name: 'Open a session' }).count()).toBe(0);
    await ana.getByRole('button', { name: '+1 h' }).click();
    await ana.getByRole('button', { name: 'Open a session' }).waitFor();
    expectNoFaults();
  });

  test('on phones: one asks, is asked back and answers, gets less, and in the end can do nothing but ask again', async () => {
    await open('empty');
    const ana = await onPhone('U0ANA');
    await type(ana, '/jit');
    const form = ana.getByRole('dialog', { name: 'Request access' });
    await form.getByLabel('What do you need?').selectOption('staging-secrets-reader');
    await form.getByText(/Needs .*Bob Okafor/).waitFor();
    await form.getByLabel('For how long?').selectOption({ label: '1 hour' });
    await form.getByRole('textbox', { name: /What for/ }).fill('Comparing the keys of two services');
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.waitFor({ state: 'hidden' });
    await ana.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

    const bob = await onPhone('U0BOB');
    await go(bob, /jit/);
    await say(bob, 'Ask…', 'Which two services?');
    await go(ana, /jit/);
    await say(ana, 'Answer…', 'Orders and billing.');
    const card = bob.getByRole('log');
    await card.getByText('Orders and billing.').waitFor();
    await card.getByRole('button', { name: 'Approve for less…' }).click();
    const less = bob.getByRole('dialog', { name: 'Approve for less' });
    // There is one choice, so it is made.
    expect(await less.getByLabel('For how long?').inputValue()).toBe('30m');
    await less.getByRole('button', { name: 'Approve' }).click();
    const messages = ana.getByRole('log');
    await messages
      .getByText(/approved it for 30 minutes instead of 1 hour/)
      .first()
      .waitFor();
    await messages.getByRole('button', { name: 'Open a session' }).waitFor();
    const home = ana.getByRole('region', { name: 'Home of jit' });
    const homeTab = ana.getByRole('button', { name: 'Home', exact: true });
    await homeTab.click();
    await home.getByText(/until .*in (?:29|30) minutes/).waitFor();
    for (const page of [ana, bob]) expect(await tooWide(page)).toBe(0);

    await ana.getByRole('button', { name: '+1 h' }).click();
    await home.getByText(/Ended on time/).waitFor();
    await ana.getByRole('button', { name: 'Messages', exact: true }).click();
    await messages.getByText(/Gone, checked/).waitFor();
    await card.getByText(/Staging secrets reader/).waitFor();
    const ours = { name: /^(?!Ask for AWS access$)/ };
    expect(await messages.getByRole('button', ours).allTextContents()).toEqual(['Ask again']);
    expect(await card.getByRole('button', ours).count()).toBe(0);
    await homeTab.click();
    await home.getByRole('combobox', { name: 'More actions' }).selectOption({ label: 'Ask again' });
    expect(await form.getByRole('textbox', { name: /What for/ }).inputValue()).toBe(
      'Comparing the keys of two services',
    );
    expectNoFaults();
  });

  test('an approver on a phone reads the whole card and approves, without scrolling sideways', async () => {
    await open('pending');
    const sam = await onPhone('U0SAM');
    await approve(sam, /security/);
    await sam
      .getByText(/1 of 2 approved by/)
      .last()
      .waitFor();
    expect(await tooWide(sam)).toBe(0);
    expectNoFaults();
  });

  test('on the Home tab an approver decides, and a shortcut on a message opens the form with its link', async () => {
    await open('pending');
    const sam = await tab('U0SAM');
    await go(sam, /jit/);
    await sam.getByRole('button', { name: 'Home', exact: true }).click();
    const home = sam.getByRole('region', { name: 'Home of jit' });
    await home.getByText(/Waiting for you to decide/).waitFor();
    await home
      .getByRole('combobox', { name: 'More actions' })
      .filter({ hasText: 'Approve' })
      .first()
      .selectOption({ label: 'Approve' });
    await sam.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
    await go(sam, /security/);
    await sam
      .getByText(/1 of 2 approved by/)
      .last()
      .waitFor();

    const ana = await tab('U0ANA');
    await go(ana, /security/);
    await ana.getByRole('log').getByRole('button', { name: 'Ask for AWS access' }).last().click();
    const form = ana.getByRole('dialog', { name: 'Request access' });
    expect(await form.getByRole('textbox', { name: /What for/ }).inputValue()).toContain(
      '/archives/C0SECURITY/',
    );
    expectNoFaults();
  });

  test('while Slack cannot be reached the form says so and keeps what was typed; then it goes through', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    await type(ana, '/jit orders-db-admin 1h Fixing a stuck order OPS-12');
    const form = ana.getByRole('dialog', { name: 'Request access' });
    await form.waitFor();
    const bob = await tab('U0BOB');
    await bob.getByRole('tab', { name: /Controls/ }).click();
    const slack = bob.getByLabel('How Slack answers the bot');
    await slack.selectOption('unreachable');
    // By then nobody knows any more who she was when she opened the form.
    await bob.getByRole('button', { name: '+10 min' }).click();
    await bob.getByRole('button', { name: '+10 min', disabled: false }).waitFor();
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.getByText(/It cannot be checked at the moment/).waitFor();
    await slack.selectOption('none');
    await form.getByRole('button', { name: 'Send request' }).click();
    await go(bob, /jit/);
    await bob.getByRole('log').getByText('Fixing a stuck order OPS-12').waitFor();
    expectNoFaults();
  });

  test('a broken policy file is said at once and changes nothing; mended, it is in force', async () => {
    await open('empty');
    const ana = await tab('U0ANA');
    const file = join(policyDir(), 'catalog.yml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('risk: low', 'risk: none'));
    await ana
      .getByRole('alert')
      .getByText(/catalog.yml:\d+/)
      .waitFor();
    await type(ana, '/jit orders-db-admin 1h Fixing a stuck order OPS-12');
    await ana.getByRole('dialog', { name: 'Request access' }).waitFor();
    writeFileSync(file, good.replace('Orders database admin', 'Orders database, all of it'));
    await ana
      .getByRole('alert')
      .getByText(/catalog.yml/)
      .waitFor({ state: 'hidden' });
    await ana.keyboard.press('Escape');
    await type(ana, '/jit orders-db-admin');
    await ana
      .getByRole('dialog')
      .getByText('Orders database, all of it')
      .first()
      .waitFor({ state: 'attached' });
    expectNoFaults();
  });
});

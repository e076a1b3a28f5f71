/** @project outside */
import type { Page } from 'playwright-core';
import { inSandbox, tooWide } from './in-sandbox.js';

const TEN_MINUTES = '+10 min';

inSandbox('waiting, on phones in the sandbox', (visit) => {
  const { open, onPhone, type, go, expectNoFaults } = visit;

  /** Everything that a person reads in the place where they are. */
  const log = (page: Page) => page.getByRole('log');

  async function pass(page: Page, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await page.getByRole('button', { name: TEN_MINUTES }).click();
      await page.getByRole('button', { name: TEN_MINUTES, disabled: false }).waitFor();
    }
  }

  async function askForStaging(page: Page): Promise<void> {
    await type(page, '/jit staging-deployer 1h Rolling out the invoice page');
    const form = page.getByRole('dialog', { name: 'Request access' });
    await form.getByRole('button', { name: 'Send request' }).click();
    await form.waitFor({ state: 'hidden' });
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await go(page, /jit/);
  }

  async function goHome(page: Page) {
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    return page.getByRole('region', { name: 'Home of jit' });
  }

  const goToMessages = (page: Page) => page.getByRole('button', { name: 'Messages', exact: true }).click();
  const approve = (page: Page) =>
    log(page).getByRole('button', { name: 'Approve', exact: true }).last().click();

  async function expectToFit(...pages: Page[]): Promise<void> {
    for (const page of pages) expect(await tooWide(page)).toBe(0);
  }

  test('a manager is reminded, and goes away; who stands in reads for whom, and approves; then the manager is back', async () => {
    await open('empty');
    const ana = await onPhone('U0ANA');
    await askForStaging(ana);
    await ana.getByText(/a reminder of staging-deployer of ana/).waitFor();
    const bob = await onPhone('U0BOB');
    await go(bob, /jit/);
    await pass(ana, 3);
    await log(bob)
      .getByText(/Still waiting for you: .*Ana López.* asks for Staging deployer for 1 hour/)
      .waitFor();
    await log(bob)
      .getByText(/If nobody decides by .*, it lapses/)
      .last()
      .waitFor();

    // The words fill in the time; a person they do not choose.
    await type(bob, '/jit away 3d Sam');
    const away = bob.getByRole('dialog', { name: 'You are away' });
    await away.getByText('Ignored: "Sam". Please choose below who stands in for you.').waitFor();
    expect(await away.getByLabel('Until when?').inputValue()).toBe('2026-11-23T10:30');
    const who = away.getByLabel('Who stands in for you?');
    expect(await who.inputValue()).toBe('');
    await who.selectOption({ label: 'Eva Novák' });
    await away.getByRole('button', { name: 'Save' }).click();
    await away.getByText(/Only members of security can stand in for you/).waitFor();
    await who.selectOption({ label: 'Sam Haddad' });
    await away.getByRole('button', { name: 'Save' }).click();
    await away.getByText(/Sam Haddad.* stands in for you until/).waitFor();
    await expectToFit(bob);
    await away.getByRole('button', { name: 'Close' }).last().click();
    const bobsHome = await goHome(bob);
    await bobsHome.getByText(/You are away: .*Sam Haddad.* stands in for you until/).waitFor();

    // Within a minute, those whom it concerns are told.
    const sam = await onPhone('U0SAM');
    await go(sam, /jit/);
    await pass(ana, 1);
    await log(sam)
      .getByText(/You stand in for .*Bob Okafor.* until/)
      .waitFor();
    await log(sam)
      .getByText(/You are asked because you stand in for .*Bob Okafor.*, who is away/)
      .waitFor();
    await log(ana)
      .getByText(/is waiting for .*Bob Okafor.* \(.*Sam Haddad.* stands in\)/)
      .waitFor();
    await go(ana, /^\W*access/);
    await log(ana)
      .getByText(/Bob Okafor.* is away until .*Sam Haddad.* stands in for them as manager/)
      .waitFor();
    const samsHome = await goHome(sam);
    await samsHome.getByText(/You stand in for .*Bob Okafor/).waitFor();
    await samsHome.getByText(/For .*Bob Okafor.*, who is away/).waitFor();
    await goToMessages(sam);
    await expectToFit(ana, bob, sam);

    await approve(sam);
    const approved = /approved by .*Sam Haddad.*, standing in for .*Bob Okafor/i;
    await log(sam).getByText(approved).waitFor();
    await go(ana, /jit/);
    await log(ana).getByText(approved).first().waitFor();
    await goToMessages(bob);
    await log(bob).getByText(approved).waitFor();
    expect(await log(bob).getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);

    await type(bob, '/jit back');
    await log(bob)
      .getByText(/Welcome back\. .*Sam Haddad.* no longer stands in for you/)
      .waitFor();
    await pass(ana, 1);
    await log(sam)
      .getByText(/Bob Okafor.* is back\. You no longer stand in for them/)
      .waitFor();
    await goHome(bob);
    await bobsHome.getByText('You have no access now.').waitFor();
    expect(await bobsHome.getByText(/You are away/).count()).toBe(0);
    expectNoFaults();
  });

  test('owners do not answer: they are reminded in the thread, then security may decide as well, and does', async () => {
    await open('empty');
    const cleo = await onPhone('U0CLEO');
    await askForStaging(cleo);
    const bob = await onPhone('U0BOB');
    await go(bob, /jit/);
    await approve(bob);
    const dora = await onPhone('U0DORA');
    await go(dora, /^\W*access/);
    await log(dora).getByText('Needs approval from @engineers.').waitFor();
    await pass(cleo, 3);
    await log(dora).getByText('1 reply').click();
    await log(dora)
      .getByText(/Still waiting for .*owners.*If nobody decides by/)
      .waitFor();
    await cleo.getByText(/others may decide on staging-deployer of cleo/).waitFor();

    await pass(cleo, 3);
    const others = 'Nobody answered for 1 hour: security may decide, too.';
    await log(dora).getByText('Needs approval from @engineers or security.').waitFor();
    await log(dora).getByText(others).waitFor();
    await log(cleo)
      .getByText(/is waiting for .*@engineers or security\./)
      .waitFor();
    await log(cleo).getByText(others).waitFor();
    const sam = await onPhone('U0SAM');
    await go(sam, /jit/);
    await log(sam).getByText('You are asked because you are in security.').waitFor();
    await expectToFit(cleo, dora, sam);
    await approve(sam);
    await log(cleo)
      .getByText(/Approved by .*Bob Okafor.* and .*Sam Haddad/)
      .first()
      .waitFor();
    await log(dora)
      .getByText(/approved by .*Sam Haddad.* until/)
      .waitFor();
    expectNoFaults();
  });
});

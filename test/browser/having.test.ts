/** @project outside */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inSandbox, tooWide } from './in-sandbox.js';

inSandbox('having, on phones in the sandbox', (visit) => {
  const { open, onPhone, type, go, expectNoFaults } = visit;

  /** Everything that a person reads in the place where they are. */
  const log = (page: Page) => page.getByRole('log');
  const form = (page: Page) => page.getByRole('dialog', { name: 'Request access' });
  const press = (page: Page, name: string) => log(page).getByRole('button', { name }).last().click();
  const read = (page: Page, words: RegExp | string) => log(page).getByText(words).last().waitFor();

  async function pass(page: Page, name: '+10 min' | '+1 h', times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('button', { name, disabled: false }).waitFor();
    }
  }

  async function close(page: Page): Promise<void> {
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  async function send(page: Page, says: RegExp): Promise<void> {
    await form(page).getByRole('button', { name: 'Send request' }).click();
    await page.getByRole('dialog', { name: 'Request sent' }).getByText(says).waitFor();
    await close(page);
    await go(page, /jit/);
  }

  /** As often as it takes three people, of whom two read the channel of security. */
  async function approve([bob, ...security]: [Page, Page, Page], becomes: RegExp): Promise<void> {
    for (const [page, says] of [
      [bob, becomes],
      [security[0], /1 of 2 approved by/],
      [security[1], becomes],
    ] as const) {
      await log(page).getByRole('button', { name: 'Approve', exact: true }).last().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await read(page, says);
    }
  }

  async function expectToFit(...pages: Page[]): Promise<void> {
    for (const page of pages) expect(await tooWide(page)).toBe(0);
  }

  function makeExtendable(policyDir: string): void {
    const file = join(policyDir, 'catalog.yml');
    const catalog = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      catalog.replace('channel: C0PRODACCESS', '$&\n    extensions: { most: 2, total: 4h }'),
    );
  }

  test('access is asked for at 16:00, begins then, opens in the chosen shell, is extended, and handed back', async () => {
    await open('empty', makeExtendable);
    const ana = await onPhone('U0ANA');
    await type(ana, '/jit shell pwsh');
    await read(ana, /From now on credentials are shown to you for PowerShell/);
    await type(ana, '/jit orders-db-admin 1h at 16:00 Fixing a stuck order OPS-12');
    await form(ana)
      .getByText(/It begins on Friday 20 November 2026 at 16:00/)
      .waitFor();
    await form(ana)
      .getByText(/Needs .*Bob Okafor.*, then 2 of security/)
      .waitFor();
    await send(ana, /You can cancel it until then/);
    const [bob, sam, kim] = [await onPhone('U0BOB'), await onPhone('U0SAM'), await onPhone('U0KIM')];
    await go(bob, /jit/);
    for (const page of [sam, kim]) await go(page, /security/);
    await approve([bob, sam, kim], /· approved by/);
    await read(ana, /is approved, and begins then/);
    await read(kim, /begins today 16:00/);
    expect(await log(ana).getByRole('button', { name: 'Open a session' }).count()).toBe(0);

    await pass(ana, '+1 h', 6);
    await press(ana, 'Open a session');
    const credentials = ana.getByRole('dialog', { name: 'Your session' });
    await credentials.getByText(/\$env:AWS_SESSION_TOKEN = '/).waitFor();
    await credentials.getByText(/\[profile jit-orders-db-admin\]/).waitFor();
    await expectToFit(ana);
    await close(ana);

    // Whoever asks for it again is told that they have it, and how to have it for longer.
    await type(ana, '/jit orders-db-admin 1h Fixing another order OPS-13');
    await form(ana)
      .getByText(/You have this already, until today 17:00\. To have it for longer, type/)
      .waitFor();
    await form(ana).getByRole('button', { name: 'Cancel' }).click();
    await press(ana, 'Extend…');
    const extend = ana.getByRole('dialog', { name: 'Extend your access' });
    await extend.getByLabel('How much longer?').selectOption({ label: '1 hour more' });
    await extend.getByRole('button', { name: 'Extend' }).click();
    await read(ana, /You asked for 1 hour more, until today 18:00.*Until it is approved, the old end stands/);
    await approve([bob, sam, kim], /1 hour more · approved by/);
    await read(kim, /extended until today 18:00/);
    await read(ana, /You have Orders database admin until today 18:00 now\./);
    await read(ana, /Sessions that you opened before still end at the old time/);
    await expectToFit(ana, bob, kim);

    await pass(ana, '+1 h', 1);
    expect(await log(ana).getByRole('button', { name: 'I’m done' }).count()).toBe(0);
    await pass(ana, '+10 min', 5);
    await read(ana, /ends today 18:00\. If you need longer, extend it\./);
    await log(ana).getByRole('button', { name: 'Extend…' }).last().waitFor();
    await press(ana, 'I’m done');
    await read(ana, /Thank you\. You gave back [89] minutes/);
    await read(ana, /you handed it back, [89] minutes before its end\. Thank you\./);
    expectNoFaults();
  });

  test('an emergency is given at once and told; once contested, the next one is refused until another reviewer signs it off', async () => {
    await open('empty');
    const otto = await onPhone('U0OTTO');
    await type(otto, '/jit orders-db-admin 1h Nobody can pay OPS-31');
    await form(otto)
      .getByText(/Needs .*Bob Okafor.*, then 2 of security/)
      .waitFor();
    await form(otto).getByLabel('It is an emergency').check();
    await form(otto).getByText('Granted at once.').waitFor();
    await expectToFit(otto);
    await send(otto, /No approval is needed/);
    await read(otto, /It is an emergency: #incidents hears of it, and security reviews it once it is over\./);
    const sam = await onPhone('U0SAM');
    await go(sam, /jit/);
    await read(sam, /got Orders database admin \(emergency\) for 1 hour without your approval/);
    await go(sam, /incidents/);
    await read(sam, /Emergency: .*Otto Lindqvist.* asked for/);
    await read(sam, /it would have needed approval from manager, then 2 of security/);

    // Of its end he is told twice as early as else.
    await pass(otto, '+10 min', 4);
    await press(otto, 'I’m done');
    await read(otto, /Its review by security is due/);
    await go(otto, /incidents/);
    for (const page of [otto, sam]) await log(page).getByText('1 reply').click();
    await press(otto, 'Review…');
    await read(otto, 'This was your own emergency, so someone else has to review it.');
    await press(sam, 'Review…');
    const review = (page: Page) => page.getByRole('dialog', { name: 'Review an emergency' });
    await review(sam)
      .getByLabel(/Contest it/)
      .check();
    await review(sam).getByRole('button', { name: 'Send' }).click();
    await review(sam)
      .getByText(/Please say why you contest it/)
      .waitFor();
    // The page notes what is typed when the field is left, which must not be after the window has gone.
    const why = 'The alarm was about a test; everybody could pay.';
    const noted = sam.waitForResponse((response) => response.request().postData()?.includes(why) ?? false);
    await review(sam).getByRole('textbox').fill(why);
    await review(sam).getByRole('textbox').blur();
    await noted;
    await review(sam).getByRole('button', { name: 'Send' }).click();
    await read(sam, /Contested by .*Sam Haddad/);
    await go(otto, /jit/);
    await read(otto, /you get no emergency access without approval/);

    const again = '/jit orders-db-admin 1h emergency Nobody can pay once more OPS-32';
    await type(otto, again);
    await form(otto)
      .getByText(/is contested.*Please ask for it as usual/)
      .waitFor();
    await form(otto).getByRole('button', { name: 'Send request' }).click();
    // Once beside the box, once in what the form says of it.
    await form(otto)
      .getByText(/is contested.*Please ask for it as usual/)
      .nth(1)
      .waitFor();
    await form(otto).getByRole('button', { name: 'Cancel' }).click();

    // Contested for three days: whoever may settle it is told daily.
    for (let day = 0; day < 3; day++) {
      const next = otto.getByRole('button', { name: /To the next.*still to be reviewed/, disabled: false });
      await next.click();
      await next.waitFor();
    }
    const kim = await onPhone('U0KIM');
    await go(kim, /jit/);
    await read(kim, /is contested by .*Sam Haddad.*, and nobody has settled it/);
    await go(kim, /incidents/);
    await log(kim)
      .getByText(/\d repl(y|ies)/)
      .first()
      .click();
    await press(kim, 'Review…');
    await review(kim).getByText(why).waitFor();
    await review(kim).getByRole('button', { name: 'Send' }).click();
    await read(kim, /Signed off by .*Kim Tran/);
    await type(otto, again);
    await form(otto).getByText('Granted at once.').waitFor();
    await expectToFit(otto, sam, kim);
    expectNoFaults();
  });
});

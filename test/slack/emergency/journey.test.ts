import { buttonsOf, cardWith, HOUR, livingIn, MINUTE, serveCompany, textOf } from '../../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const DAY = 24 * HOUR;

/** By the default policies: oli is on call, and security is sam and kim. */
describe('an emergency in Slack', () => {
  let it: Company;
  beforeAll(async () => {
    it = await serveCompany();
    // To the night of Saturday.
    await it.pass(16 * HOUR);
  });
  afterAll(() => it.close());

  const incidents = () => it.slack.messages('C0INCIDENTS');
  const reviewing = () => cardWith(incidents(), 'review');
  const lastToldTo = (who: string) => textOf(it.slack.ephemerals(who).at(-1)!);
  const form = (who: string) => it.slack.views(who).at(-1)!;

  async function type(who: string, text: string) {
    await it.slack.as(who).command(`/jit ${text}`);
    return form(who);
  }
  async function send(who: string) {
    const view = form(who);
    const answer = await it.slack.as(who).submit(view.id);
    await it.quiet();
    return { answer, view };
  }
  async function review(who: string, values: Record<string, string>) {
    await it.click(who, reviewing(), 'review');
    await it.slack.as(who).submit(form(who), values);
    await it.quiet();
  }

  test('is not offered where it does not help, and the form says so', async () => {
    const view = await type('U0ANA', 'sandbox-power-user 1h emergency trying it out');
    expect(textOf(view)).toContain('not offered in an emergency');
    expect(textOf(view)).not.toContain('It is an emergency');
    await it.slack.as('U0ANA').close(view);
  });

  test('the box changes who decides, as soon as it is ticked', async () => {
    const view = await type('U0OLI', 'orders-db-admin 1h the shop is down OPS-1');
    expect(textOf(view)).toContain('Not possible like this');
    await it.slack.as('U0OLI').choose(view.id, 'emergency', 'emergency');
    await it.quiet();
    expect(textOf(form('U0OLI'))).toContain('Granted at once');
    expect(JSON.stringify(form('U0OLI').values)).toContain('the shop is down');
    await it.slack.as('U0OLI').close(form('U0OLI'));
  });

  test('gives access at night, without a ticket, and everybody hears of it', async () => {
    const view = await type('U0OLI', 'orders-db-admin 1h emergency the shop is down');
    expect(textOf(view)).toContain('Granted at once');
    await send('U0OLI');
    expect(textOf(livingIn(it.slack.dms('U0OLI')))).toMatch(
      /You have \*Orders database admin \(emergency\)\*/,
    );
    const [post] = incidents();
    expect(textOf(post!)).toMatch(/\*Emergency:\* <@U0OLI> asked for/);
    expect(textOf(post!)).toContain(
      'Without the emergency, it would have needed approval from manager, then 2 of security.',
    );
  });

  test('a second one for the same thing is refused, at the box', async () => {
    await type('U0OLI', 'orders-db-admin 1h emergency the shop is still down');
    await send('U0OLI');
    expect(form('U0OLI').errors).toMatchObject({
      emergency: expect.stringMatching(/in an emergency already/),
    });
    await it.slack.as('U0OLI').close(form('U0OLI'));
  });

  test('is reviewed in the incident channel: never by its requester, and to contest it takes words', async () => {
    await it.click('U0OLI', livingIn(it.slack.dms('U0OLI')), 'credentials');
    await it.click('U0OLI', livingIn(it.slack.dms('U0OLI')), 'revoke');
    await it.pass(MINUTE);
    expect(textOf(reviewing())).toContain('1 session was opened');
    await it.click('U0OLI', reviewing(), 'review');
    expect(lastToldTo('U0OLI')).toContain('your own emergency');
    await it.click('U0ANA', reviewing(), 'review');
    expect(lastToldTo('U0ANA')).toMatch(/no such request|Only members of security/);
    await review('U0SAM', { verdict: 'contest' });
    expect(form('U0SAM').errors).toMatchObject({ words: expect.stringMatching(/say why/) });
    await it.slack.as('U0SAM').submit(form('U0SAM').id, { verdict: 'contest', words: 'the shop was up' });
    await it.quiet();
    expect(textOf(reviewing())).toMatch(/\*Contested\* by <@U0SAM>/);
    const told = textOf(livingIn(it.slack.dms('U0OLI')));
    expect(told).toContain('>the shop was up');
    expect(told).toContain('you get no emergency access without approval');
  });

  test('while it is contested, the next one that nobody approves is refused', async () => {
    await type('U0OLI', 'orders-db-admin 1h emergency it is down once more');
    await send('U0OLI');
    expect(form('U0OLI').errors).toEqual({ emergency: expect.stringContaining('is contested') });
    await it.slack.as('U0OLI').close(form('U0OLI'));
  });

  test('is told daily until another reviewer signs it off; then the card is a record', async () => {
    const before = it.slack.dms('U0KIM').length;
    await it.pass(3 * DAY + HOUR);
    expect(textOf(it.slack.dms('U0KIM').at(-1)!)).toContain('nobody has settled it');
    expect(it.slack.dms('U0KIM')).toHaveLength(before + 1);
    await review('U0KIM', { verdict: 'sign-off' });
    const cards = incidents().filter((message) => textOf(message).includes('It is reviewed.'));
    expect(textOf(cards.at(-1)!)).toMatch(/\*Signed off\* by <@U0KIM>/);
    expect(incidents().flatMap((message) => buttonsOf(message))).toEqual([]);
    const records = it.logged.filter((line) => line.includes('"level":50'));
    expect(records).toEqual([]);
  });
});

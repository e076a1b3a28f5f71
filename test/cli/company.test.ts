import { jit } from '../support/cli.js';
import { cardWith, HOUR, MINUTE, serveCompany } from '../support/company.js';

/** What the whole program leaves behind, from the signed click on: its record, and its log of decisions. */
describe('the record of the running program', () => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeAll(async () => {
    it = await serveCompany();
    const why = { duration: '1h', justification: 'hunter2 is the password' };
    await it.ask('U0ANA', { ...why, entitlement: 'orders-db-admin', ticket: 'OPS-12' });
    await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
    for (const voter of ['U0SAM', 'U0KIM'])
      await it.click(voter, cardWith(it.slack.messages('C0SECURITY'), 'approve'), 'approve');
    await it.click('U0ANA', cardWith(it.slack.dms('U0ANA'), 'credentials'), 'credentials');
    await it.slack.as('U0KIM').command(`/jit revoke ${(await it.app.store.ids())[0]} the laptop was stolen`);
    await it.quiet();
    await it.pass(MINUTE);
    await it.pass(3 * HOUR);
  });
  afterAll(() => it.close());

  test('invariant 12: verify finds it whole, to the clean-up', async () => {
    const { code, out } = await jit(it.app.store, 'audit', 'verify');
    expect(out).toMatch(/^1 request, \d+ records: every chain is whole/);
    expect(code).toBe(0);
    const [id] = await it.app.store.ids();
    expect((await it.app.store.records(id!)).at(-1)?.event.type).toBe('CleanedUp');
  });

  test('every decision is in the log with its bundle, and nothing that was typed', () => {
    const lines = it.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const decisions = lines.filter(({ msg }) => msg === 'decision');
    expect(new Set(decisions.map(({ bundle }) => bundle))).toEqual(new Set([it.app.policies.status().hash]));
    expect(decisions[0]).toMatchObject({
      action: 'request',
      who: 'ana@corp.example',
      groups: ['engineers'],
      entitlement: 'orders-db-admin',
      outcome: 'needs-approval',
      chain: 'manager, 2 of security',
      policies: ['production-two-stage'],
      ms: expect.any(Number),
    });
    const actions = new Set(decisions.map(({ action }) => action));
    expect(actions).toEqual(new Set(['request', 'approve', 'revoke']));
    // The form was opened once. When she had chosen it was drawn again: what she may ask for, for how long, who decides.
    expect(lines.filter(({ msg }) => msg === 'decisions probed').length).toBe(5);
    expect(it.logged.join('')).not.toMatch(/hunter2|OPS-12|laptop/);
  });
});

import { cardWith, MINUTE, serveCompany, textOf } from '../support/company.js';
import { corp } from '../support/people.js';

/** What people read in Slack when the directory is in trouble: the whole program, from the signed click on. */
describe('the directory in trouble, as people see it', () => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeAll(async () => {
    it = await serveCompany();
  });
  afterAll(() => it.close());

  const ENGINEERS = ['U0ANA', 'U0BOB', 'U0DAN', 'U0OLI', 'U0GUEST', 'U0GONE'];
  const last = (who: string) => textOf(it.slack.ephemerals(who).at(-1)!);
  const newest = async (email: string) => (await it.app.store.byRequester(corp(email), 1))[0]!.state;
  const asked = () =>
    it.ask('U0CLEO', { entitlement: 'staging-deployer', duration: '1h', justification: 'deploying orders' });

  test('invariant 16: Slack gives no groups: the manager votes, and an owner is told which group is not known', async () => {
    await asked();
    await it.pass(6 * MINUTE);
    it.slack.misbehave('usergroups.list', { kind: 'error', error: 'fatal_error' }, 1000);
    await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
    expect((await newest('cleo@corp.example')).votes).toHaveLength(1);
    await it.click('U0OLI', cardWith(it.slack.messages('C0ACCESS'), 'approve'), 'approve');
    expect(last('U0OLI')).toContain(
      'The Slack group S0ENG (engineers) cannot be looked up now. This depends on that group, so nothing was done. Please try again in a minute.',
    );
    expect((await newest('cleo@corp.example')).votes).toHaveLength(1);
    it.slack.behave();
  });

  test('invariant 4: an empty group of contractors does not let a contractor past what is forbidden to them', async () => {
    it.slack.changeUsergroup('S0ENG', { users: [...ENGINEERS, 'U0CLEO'] });
    await it.pass(6 * MINUTE);
    await it.slack.as('U0CLEO').command('/jit orders-db-admin 1h fixing OPS-12');
    expect(last('U0CLEO')).toContain('Contractors have no access to production');
    const open = it.slack.views('U0CLEO').length;
    it.slack.changeUsergroup('S0CONTRACT', { users: [] });
    await it.pass(6 * MINUTE);
    await it.slack.as('U0CLEO').command('/jit orders-db-admin 1h fixing OPS-12');
    expect(last('U0CLEO')).toContain('S0CONTRACT (contractors) cannot be looked up now');
    expect(it.slack.views('U0CLEO')).toHaveLength(open);
    it.slack.changeUsergroup('S0CONTRACT', { users: ['U0CLEO'] });
    it.slack.changeUsergroup('S0ENG', { users: ENGINEERS });
    await it.pass(6 * MINUTE);
  });

  test('an approver who left cannot click, and a colleague can', async () => {
    it.slack.changeUser('U0DAN', { deleted: true });
    await it.pass(6 * MINUTE);
    const card = cardWith(it.slack.messages('C0ACCESS'), 'approve');
    await it.click('U0DAN', card, 'approve');
    expect(last('U0DAN')).toContain('This Slack account is deactivated.');
    await it.click('U0OLI', card, 'approve');
    expect((await newest('cleo@corp.example')).status).toBe('active');
  });

  test('a group that is too small now: refused at once, naming the stage and the numbers', async () => {
    it.slack.changeUsergroup('S0ENG', { users: ['U0GUEST'] });
    await it.pass(6 * MINUTE);
    const { answer } = await asked();
    expect(JSON.stringify(answer)).toContain(
      'The stage owners needs 1 person, but nobody is available besides you.',
    );
    expect(await newest('cleo@corp.example')).toMatchObject({
      outcome: 'denied',
      reason: { code: 'unfillable' },
    });
  });
});

import { appendFileSync, cpSync } from 'node:fs';
import { stringify } from 'yaml';
import { folder, FRIDAY, HOUR, MINUTE, serveCompany, withoutEmergencies } from '../support/company.js';
import { corp } from '../support/people.js';

const TOO_MANY = 120;

/** The default bundle with so many sandboxes more that the form searches them. */
function longCatalog(): string {
  const policies = folder();
  cpSync(withoutEmergencies(), policies, { recursive: true });
  const sandboxes = Array.from({ length: TOO_MANY }, (_, n) => ({
    id: `sandbox-${n}`,
    name: `Sandbox ${n}`,
    description: `The sandbox with the number ${n}.`,
    environment: 'sandbox',
    account: '777788889999',
    risk: 'low',
    owners: ['engineers'],
    durations: ['1h', '4h'],
    'sts-session': { roleArn: 'arn:aws:iam::777788889999:role/jit/SandboxPowerUser' },
  }));
  appendFileSync(`${policies}/catalog.yml`, stringify(sandboxes).replace(/^/gm, '  '));
  return policies;
}

describe.each(['http', 'socket'] as const)('a long catalog, over %s', (by) => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeEach(async () => {
    it = await serveCompany({ policyDir: longCatalog() }, by);
  });
  afterEach(() => it.close());

  const form = (who: string) => it.slack.views(who).at(-1)!;
  const values = async (who: string, typed: string) => {
    const options = await it.slack.as(who).suggest(form(who), 'entitlement', typed);
    return options.map(({ value }) => value);
  };

  test('invariant 8: a guest, a stranger and one who has left see no form', async () => {
    for (const who of ['U0GUEST', 'U0STRANGER', 'U0GONE', 'U0ROBOT']) {
      await it.slack.as(who).command('/jit');
      expect(it.slack.views(who)).toEqual([]);
    }
  });

  test('invariant 8: whoever has been put out since the form was opened is suggested nothing', async () => {
    await it.slack.as('U0ANA').command('/jit');
    it.slack.changeUser('U0ANA', { deleted: true });
    // Who somebody is, Slack is asked twice a minute.
    await it.pass(MINUTE);
    expect(await values('U0ANA', 'sandbox')).toEqual([]);
  });

  test('what one may ask for is typed, chosen, narrowed and sent', async () => {
    const ana = it.slack.as('U0ANA');
    await ana.command('/jit');
    expect((await values('U0ANA', '')).length).toBeLessThanOrEqual(100);
    expect(await values('U0ANA', 'SANDBOX 77')).toEqual(['sandbox-77']);
    await ana.choose(form('U0ANA'), 'entitlement', 'sandbox-77');
    await it.quiet();
    const text = JSON.stringify(form('U0ANA').view);
    expect(text).toContain('The sandbox with the number 77.');
    expect(text).not.toContain('"value":"15m"');
    await ana.submit(form('U0ANA'), { duration: '1h', justification: 'trying something out' });
    await it.quiet();
    const [head] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
    expect(head?.state).toMatchObject({ entitlement: { id: 'sandbox-77' }, status: 'active' });
    expect(it.slack.failures()).toEqual([]);
  });

  test('opened with a name, it is chosen already, and only its durations are there', async () => {
    const ana = it.slack.as('U0ANA');
    await ana.command('/jit sandbox-77 4h trying something out');
    await ana.submit(form('U0ANA'));
    await it.quiet();
    const [head] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
    expect(head?.state).toMatchObject({ entitlement: { id: 'sandbox-77' }, status: 'active' });
  });

  test('what policy keeps from somebody is not suggested to them', async () => {
    await it.slack.as('U0CLEO').command('/jit');
    const production = ['orders-db-admin', 'orders-logs', 'billing-reports'];
    for (const typed of ['orders', 'billing', 'production'])
      for (const value of await values('U0CLEO', typed)) expect(production).not.toContain(value);
  });

  test('with a start chosen, what may be asked for then is suggested', async () => {
    await it.pass(10 * HOUR);
    const ana = it.slack.as('U0ANA');
    await ana.command('/jit');
    expect(await values('U0ANA', 'orders')).toEqual([]);
    await ana.choose(form('U0ANA'), 'start', String((FRIDAY + 70 * HOUR) / 1000));
    await it.quiet();
    expect(await values('U0ANA', 'orders')).toContain('orders-db-admin');
    await ana.choose(form('U0ANA'), 'entitlement', 'orders-db-admin');
    await it.quiet();
    expect(JSON.stringify(form('U0ANA').view)).toContain('then 2 of security');
  });

  test('each key is not a look-up of the person', async () => {
    await it.slack.as('U0ANA').command('/jit');
    const before = it.slack.calls('users.info').length;
    for (const typed of ['s', 'sa', 'san', 'sand']) await values('U0ANA', typed);
    expect(it.slack.calls('users.info').length - before).toBeLessThanOrEqual(1);
  });
});

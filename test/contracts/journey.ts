import { brokenAt } from '../../src/domain/record/seal.js';
import { buttonsOf, cardWith, livingIn, HOUR, MINUTE, serveCompany, textOf } from '../support/company.js';
import { corp } from '../support/people.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ROLE = 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin';

/** What the credentials modal shows, read as somebody who pastes it into a shell. */
function environmentIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(AWS_\w+)='?([^'\s]+)/g)].map(([, name, value]) => [name, value]),
  );
}

/** From asking to the end, as people and AWS see it, wherever the record is kept. */
export function journey(start: () => Promise<Company>): void {
  let it: Company;
  beforeAll(async () => {
    it = await start();
  });
  afterAll(async () => {
    await it.close();
  });

  const mayDescribe = (accessKeyId: string) =>
    it.cloud.authorize({
      accessKeyId,
      action: 'rds:DescribeDBInstances',
      context: { 'aws:RequestedRegion': 'eu-west-1' },
    }).allowed;

  test('healthz says how it is', async () => {
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      ok: true,
      bundle: it.app.policies.status().hash,
      store: { table: 'usable' },
    });
  });

  test('from /jit to access that ends by itself', async () => {
    // Ana asks, in the modal.
    const { answer, modal } = await it.ask('U0ANA', {
      entitlement: 'orders-db-admin',
      duration: '1h',
      justification: 'adding an index to orders & lines',
      ticket: 'OPS-12',
    });
    expect(answer.status).toBe(200);
    expect(textOf(modal!)).toMatch(/manager/);
    expect(textOf(modal!)).toMatch(/security.*2 of/);

    // Her manager is asked, and nobody else yet.
    const first = cardWith(it.slack.dms('U0BOB'), 'approve');
    expect(textOf(first)).toContain('adding an index to orders &amp; lines');
    expect(textOf(first)).toContain('you are <@U0ANA>’s manager');
    expect(it.slack.messages('C0SECURITY')).toEqual([]);
    expect(it.slack.messages('C0PRODACCESS')).toEqual([]);
    await it.click('U0BOB', first, 'approve');
    expect(buttonsOf(it.slack.dms('U0BOB')[0]!)).toEqual([]);

    // Two of security are asked; one is not enough.
    const second = cardWith(it.slack.messages('C0SECURITY'), 'approve');
    await it.click('U0BOB', second, 'approve');
    expect(it.slack.ephemerals('U0BOB').length).toBe(1);
    await it.click('U0SAM', second, 'approve');
    expect(textOf(cardWith(it.slack.messages('C0SECURITY'), 'approve'))).toContain('1 of 2');
    await it.click('U0KIM', second, 'approve');

    // Active: one message shows how it is, with the history under it, and one made her phone buzz. She opens a session.
    const dms = it.slack.dms('U0ANA');
    expect(dms.map(({ metadata }) => metadata?.['event_type'])).toEqual([
      'jit_living',
      'jit_history',
      'jit_news',
    ]);
    expect(dms[1]!.threadTs).toBe(dms[0]!.ts);
    const active = cardWith(dms, 'credentials');
    expect(active.ts).toBe(livingIn(dms).ts);
    expect(textOf(active)).toMatch(/<!date\^\d+\^/);
    await it.click('U0ANA', active, 'credentials');
    const shown = it.slack.views('U0ANA').at(-1)!;
    const keys = environmentIn(textOf(shown));
    expect(keys).toMatchObject({
      AWS_ACCESS_KEY_ID: expect.any(String),
      AWS_SECRET_ACCESS_KEY: expect.any(String),
      AWS_SESSION_TOKEN: expect.any(String),
    });
    expect(textOf(shown)).toContain(it.cloud.signinUrl);
    expect(buttonsOf(shown)).toEqual([]);
    expect(shown.view).not.toHaveProperty('submit');
    expect(shown.view['notify_on_close'] ?? false).toBe(false);

    // The access works, in the allowed region only, and says in CloudTrail's terms who it is.
    const key = keys['AWS_ACCESS_KEY_ID']!;
    expect(mayDescribe(key)).toBe(true);
    const abroad = {
      accessKeyId: key,
      action: 'rds:DescribeDBInstances',
      context: { 'aws:RequestedRegion': 'us-west-2' },
    };
    expect(it.cloud.authorize(abroad).allowed).toBe(false);
    const assumed = it.cloud.calls.find(({ action }) => action === 'AssumeRole');
    expect(assumed?.params).toMatchObject({ RoleArn: ROLE, SourceIdentity: 'ana@corp.example' });

    // Invariant 1: its end needs nobody. Seconds before it works, at the end it does not.
    const [state] = (await it.app.store.byRequester(corp('ana@corp.example'), 1)).map((head) => head.state);
    if (state?.status !== 'active') throw new Error('not active');
    await it.pass(state.lease.endsAt - it.now() - 3000);
    expect(mayDescribe(key)).toBe(true);
    expect(it.slack.dms('U0ANA').at(-1)!.text).toMatch(/ends/i);
    await it.pass(3000);
    expect(mayDescribe(key)).toBe(false);

    // People read of it, no button is left anywhere, and the record is whole.
    await it.pass(MINUTE);
    expect(textOf(livingIn(it.slack.dms('U0ANA')))).toContain(
      'Your access *Orders database admin* has ended.',
    );
    const [card, details] = it.slack.messages('C0SECURITY');
    expect(textOf(card!)).not.toContain('adding an index');
    expect(details!.threadTs).toBe(card!.ts);
    expect(textOf(details!)).toContain('<@U0SAM>: Approved (security)');
    for (const message of [...it.slack.messages('C0SECURITY'), ...['U0ANA', 'U0BOB'].flatMap(it.slack.dms)])
      expect(buttonsOf(message).filter(({ actionId }) => actionId !== 'again')).toEqual([]);
    // What was asked for can be asked for again, by its requester, from the message about it.
    await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'again');
    expect(JSON.stringify(it.slack.views('U0ANA').at(-1)!.values)).toContain('adding an index to orders');
    const records = await it.app.store.records(state.id);
    expect(records.map(({ event }) => event.type)).toEqual([
      'RequestSubmitted',
      'PreflightPassed',
      'Voted',
      'Voted',
      'Voted',
      'RequestApproved',
      'ProvisionAttempted',
      'GrantProvisioned',
      'MintRequested',
      'MintAttempted',
      'CredentialsMinted',
      'EndAnnounced',
      'RevocationStarted',
      'RequestClosed',
    ]);
    expect(brokenAt(records)).toBeUndefined();
    expect(records.find(({ event }) => event.type === 'RequestApproved')?.event).toMatchObject({
      ruling: { policies: ['production-two-stage'], bundle: it.app.policies.status().hash },
    });

    // Invariant 9: the secrets are in that modal and nowhere else.
    const said = JSON.stringify([it.slack.messages('C0SECURITY'), it.slack.dms('U0ANA')]);
    const kept = JSON.stringify([
      records,
      await it.app.store.head(state.id),
      await it.app.store.grant(state.id),
    ]);
    for (const secret of [keys['AWS_SECRET_ACCESS_KEY']!, keys['AWS_SESSION_TOKEN']!]) {
      expect(said + kept).not.toContain(secret);
      expect(it.logged.join('')).not.toContain(secret);
    }
    expect(it.slack.failures()).toEqual([]);
  });

  test('low risk needs nobody: an inline policy on one’s own user, gone at the end', async () => {
    const user = 'arn:aws:iam::777788889999:user/ana.lopez';
    const may = () =>
      it.cloud.authorize({
        principalArn: user,
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::corp-sandbox-samples/a',
      }).allowed;
    expect(may()).toBe(false);
    await it.ask('U0ANA', {
      entitlement: 'sandbox-bucket-reader',
      duration: '1h',
      justification: 'trying the sample data',
    });
    expect(may()).toBe(true);
    expect(Object.keys(it.cloud.inline(user))).toHaveLength(1);
    expect(buttonsOf(livingIn(it.slack.dms('U0ANA'))).map(({ actionId }) => actionId)).toEqual([
      'extend',
      'revoke',
    ]);
    await it.pass(HOUR);
    expect(may()).toBe(false);
    await it.pass(MINUTE);
    expect(it.cloud.inline(user)).toEqual({});
    expect(textOf(livingIn(it.slack.dms('U0ANA')))).toMatch(/ended/i);
  });

  test('security takes access back in the middle: the open session dies at once', async () => {
    await it.ask('U0ANA', {
      entitlement: 'sandbox-power-user',
      duration: '4h',
      justification: 'building a prototype',
    });
    await it.click('U0ANA', cardWith(it.slack.dms('U0ANA'), 'credentials'), 'credentials');
    const key = environmentIn(textOf(it.slack.views('U0ANA').at(-1)!))['AWS_ACCESS_KEY_ID']!;
    expect(mayDescribe(key)).toBe(true);
    const [head] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
    await it.slack.as('U0CLEO').command(`/jit revoke ${head!.id} not yours to end`);
    await it.quiet();
    expect(mayDescribe(key)).toBe(true);
    await it.slack.as('U0KIM').command(`/jit revoke ${head!.id} the laptop was stolen`);
    await it.quiet();
    expect(mayDescribe(key)).toBe(false);
    await it.pass(MINUTE);
    expect(it.slack.dms('U0ANA').at(-1)!.text).toMatch(/taken back|revoked/i);
    expect(textOf(it.slack.dms('U0ANA').at(-1)!)).toContain('the laptop was stolen');
    // The Deny is cleared away when no session can be left.
    const role = 'arn:aws:iam::777788889999:role/jit/SandboxPowerUser';
    expect(Object.keys(it.cloud.inline(role))).toContain(`jit-revoke-${head!.id}`);
    await it.pass(HOUR + 2 * MINUTE);
    expect(Object.keys(it.cloud.inline(role))).not.toContain(`jit-revoke-${head!.id}`);
    expect(mayDescribe(key)).toBe(false);
  });

  test('a manager says no, with a reason', async () => {
    await it.ask('U0ANA', {
      entitlement: 'staging-deployer',
      duration: '1h',
      justification: 'deploying the new orders service',
    });
    const card = cardWith(it.slack.dms('U0BOB'), 'deny');
    await it.click('U0BOB', card, 'deny');
    const modal = it.slack.views('U0BOB').at(-1)!;
    await it.slack.as('U0BOB').submit(modal.id, { reason: 'not during <the> freeze' });
    await it.quiet();
    expect(textOf(livingIn(it.slack.dms('U0ANA')))).toContain('not during &lt;the&gt; freeze');
    expect(textOf(it.slack.dms('U0ANA').at(-1)!)).toContain('was denied by <@U0BOB>');
    expect(it.slack.dms('U0BOB').flatMap((message) => buttonsOf(message))).toEqual([]);
  });
}

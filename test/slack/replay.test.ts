import { grantKinds } from '../../src/grants/kinds.js';
import { boltApp } from '../../src/slack/app.js';
import { requestClient } from '../../src/slack/wire/clients.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import type { Delivery } from '../../src/sandbox/slack/index.js';
import { cardWith, MINUTE, serveCompany, SIGNING_SECRET } from '../support/company.js';
import { logTo } from '../support/slack.js';
import { corp } from '../support/people.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;

/** Everything that can be pressed, sent and typed, once; so that there is one of each to repeat. */
async function live(it: Company): Promise<void> {
  const { slack } = it;
  await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  const card = cardWith(slack.dms('U0BOB'), 'approve');
  await it.click('U0BOB', card, 'approve');
  const security = cardWith(slack.messages('C0SECURITY'), 'approve');
  await it.click('U0SAM', security, 'deny');
  await slack.as('U0SAM').submit(slack.views('U0SAM').at(-1)!, { reason: 'use the read-only one' });
  await it.quiet();

  await it.ask('U0ANA', {
    entitlement: 'sandbox-power-user',
    duration: '4h',
    justification: 'building a prototype',
  });
  await it.click('U0ANA', cardWith(slack.dms('U0ANA'), 'credentials'), 'credentials');
  await it.ask('U0ANA', {
    entitlement: 'staging-deployer',
    duration: '1h',
    justification: 'a hot fix for tests',
  });
  await slack.as('U0ANA').command('/jit list');
  const heads = await it.app.store.byRequester(corp('ana@corp.example'), 9);
  const waiting = heads.find(({ state }) => state.status === 'pending');
  await slack.as('U0ANA').command(`/jit cancel ${waiting!.id}`);
  await slack.as('U0ANA').command('/jit status');
  await it.quiet();
}

async function everything(it: Company) {
  const heads = await it.app.store.byRequester(corp('ana@corp.example'), 50);
  const records = await Promise.all(heads.map(({ id }) => it.app.store.records(id)));
  const grants = await Promise.all(heads.map(({ id }) => it.app.store.grant(id)));
  return { heads, records, grants };
}
const seenBy = (it: Company) => ({
  opened: it.slack.calls('views.open').filter(({ answer }) => answer?.['ok'] === true).length,
  minted: it.cloud.calls.filter(({ action }) => action === 'AssumeRole').length,
  messages: ['C0PRODACCESS', 'C0SECURITY', 'C0ACCESS'].map((channel) => it.slack.messages(channel)),
  dms: it.slack.dms('U0ANA'),
});
const incoming = (
  { body, contentType, timestamp, signature }: Delivery,
  more: Record<string, string> = {},
) => ({
  headers: {
    'content-type': contentType,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
    ...more,
  },
  body: Buffer.from(body),
});

describe('over HTTP', () => {
  let it: Company;
  beforeAll(async () => {
    it = await serveCompany();
    await live(it);
  });
  afterAll(() => it.close());

  test('invariant 14: everything that was signed, sent again, has no second effect: no change, no window, no session', async () => {
    // By then nobody has used up what one person may do in a burst.
    await it.pass(MINUTE);
    const before = { ...(await everything(it)), ...seenBy(it) };
    expect(before.heads.map(({ state }) => state.status)).toEqual(['closed', 'active', 'closed']);
    const all = it.slack.deliveries();
    expect(all.length).toBeGreaterThan(12);
    for (const delivery of all) expect((await it.slack.send(delivery)).status).toBe(200);
    await it.quiet();
    expect({ ...(await everything(it)), ...seenBy(it) }).toEqual(before);
  });

  test('invariant 14: nor when Slack itself tries again and says so', async () => {
    await it.pass(MINUTE);
    const before = { ...(await everything(it)), ...seenBy(it) };
    for (const delivery of it.slack.deliveries()) {
      const retry = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
      expect((await it.app.door!.answer(incoming(delivery, retry))).status).toBe(200);
    }
    await it.quiet();
    expect({ ...(await everything(it)), ...seenBy(it) }).toEqual(before);
  });

  test('invariant 14: two processes that get the same signed form at once make one request of it', async () => {
    const doors = [0, 1].map(() => {
      const log = logTo([]);
      const door = frontDoor({ signingSecret: SIGNING_SECRET, mode: 'when-done', now: it.now, log });
      const slack = requestClient({ token: it.slack.botToken, slackApiUrl: it.slack.apiUrl, log });
      const { botToken, botId, botUserId } = it.slack;
      const desk = {
        front: it.app.front!,
        slack,
        bundle: it.app.policies.bundle,
        kinds: grantKinds,
        log,
        now: it.now,
      };
      boltApp(desk, { receiver: door, botToken, botId, botUserId });
      return door;
    });
    const values = {
      entitlement: { entitlement: { selected_option: { value: 'staging-deployer' } } },
      duration: { duration: { selected_option: { value: '1h' } } },
      justification: { justification: { value: 'a hot fix for tests' } },
    };
    const payload = {
      type: 'view_submission',
      user: { id: 'U0ANA', team_id: 'T0CORP' },
      team: { id: 'T0CORP' },
      view: { id: 'V1', callback_id: 'request', state: { values } },
    };
    const before = (await everything(it)).heads.length;
    const form = incoming(it.slack.signed(`payload=${encodeURIComponent(JSON.stringify(payload))}`));
    const answers = await Promise.all([0, 1, 0, 1].map((n) => doors[n]!.answer(form)));
    const bodies = answers.map(({ body }) => JSON.parse(body) as { response_action: string });
    expect(bodies.filter(({ response_action }) => response_action === 'update')).toHaveLength(1);
    expect(JSON.stringify(bodies)).toContain('nothing was done twice');
    expect((await everything(it)).heads).toHaveLength(before + 1);
  });

  test('invariant 14: once its mark is forgotten, a request is too old to count', async () => {
    const [first] = it.slack.deliveries();
    await it.pass(16 * MINUTE);
    expect((await it.slack.send(first!)).status).toBe(401);
  });
});

describe('over Socket Mode', () => {
  test('invariant 14: everything delivered again in another envelope has no second effect', async () => {
    const it = await serveCompany({}, 'socket');
    try {
      await live(it);
      await it.pass(MINUTE);
      const before = { ...(await everything(it)), ...seenBy(it) };
      for (const delivery of it.slack.deliveries()) await it.slack.send(delivery);
      await it.quiet();
      expect({ ...(await everything(it)), ...seenBy(it) }).toEqual(before);
    } finally {
      await it.close();
    }
  });
});

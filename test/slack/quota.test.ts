import { sentenceFor } from '../../src/words/refusal.js';
import { cardWith, MINUTE, serveCompany, textOf } from '../support/company.js';
import { corp } from '../support/people.js';
import { slackAccount } from '../support/accounts.js';

let it: Awaited<ReturnType<typeof serveCompany>>;
beforeEach(async () => {
  it = await serveCompany();
});
afterEach(() => it.close());

const heard = (who: string) => it.slack.ephemerals(who).map(textOf);

async function active(who = 'U0ANA') {
  await it.ask(who, {
    entitlement: 'sandbox-power-user',
    duration: '4h',
    justification: 'building a prototype',
  });
  const [head] = await it.app.store.byRequester(corp(`${who.slice(2).toLowerCase()}@corp.example`), 1);
  expect(head!.state.status).toBe('active');
  return head!.id;
}
const stateOf = async (id: string) => (await it.app.store.head(id))!.state;
const quotaGone = () => it.slack.misbehave('users.info', { kind: 'rate-limited', seconds: 30 }, Infinity);

test('invariant 16: a guest’s flood of a hundred commands costs Slack one question, and nobody else waits', async () => {
  const before = it.slack.calls('users.info').length;
  for (let n = 0; n < 13; n++)
    await Promise.all(Array.from({ length: 8 }, () => it.slack.as('U0GUEST').command('/jit list')));
  expect(it.slack.calls('users.info').length - before).toBe(1);
  expect(heard('U0GUEST').filter((text) => text === sentenceFor({ code: 'guest' }))).toHaveLength(20);
  await it.slack.as('U0BOB').command('/jit list');
  expect(heard('U0BOB').at(-1)).toContain('not asked for anything yet');
});

test('invariant 16: a press, the form that it opens and its sending are one question', async () => {
  await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'deny'), 'deny');
  await it.slack.as('U0BOB').submit(it.slack.views('U0BOB').at(-1)!, { reason: 'use the read-only one' });
  const [head] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
  expect(head!.state).toMatchObject({ status: 'closed', outcome: 'denied' });
  expect(it.slack.calls('users.info').filter(({ args }) => args['user'] === 'U0BOB')).toHaveLength(1);
});

test('invariant 16: with the quota gone the requester hands back, and cancels, without a question', async () => {
  const id = await active();
  await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  const waiting = (await it.app.store.byRequester(corp('ana@corp.example'), 9)).find(
    ({ state }) => state.status === 'pending',
  );
  await it.pass(6 * MINUTE);
  quotaGone();
  const before = it.slack.calls('users.info').length;
  await it.slack.as('U0ANA').command(`/jit revoke ${id}`);
  await it.slack.as('U0ANA').command(`/jit cancel ${waiting!.id}`);
  await it.pass(MINUTE);
  expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'released' });
  expect(await stateOf(waiting!.id)).toMatchObject({ status: 'closed', outcome: 'cancelled' });
  expect(it.slack.calls('users.info')).toHaveLength(before);
});

test('invariant 16: with the quota gone a listed member of security revokes, and nobody asks for anything new', async () => {
  const id = await active();
  await it.app.runJobs();
  await it.pass(6 * MINUTE);
  quotaGone();
  await it.slack.as('U0BOB').command('/jit');
  expect(heard('U0BOB').at(-1)).toBe(sentenceFor({ code: 'directory-unavailable' }));
  await it.slack.as('U0SAM').command(`/jit revoke ${id} a laptop was stolen`);
  await it.pass(MINUTE);
  expect(heard('U0SAM').at(-1)).toContain('ends within seconds');
  expect(await stateOf(id)).toMatchObject({
    status: 'closed',
    outcome: 'revoked',
    by: { email: 'sam@corp.example', account: slackAccount('U0SAM') },
  });
});

test('invariant 16: whoever has used up what one person may do still hands back by the button', async () => {
  const id = await active();
  for (let n = 0; n < 30; n++) await it.slack.as('U0ANA').command('/jit help');
  expect(heard('U0ANA').at(-1)).toContain('/jit cancel and /jit revoke still work');
  await it.click('U0ANA', cardWith(it.slack.dms('U0ANA'), 'revoke'), 'revoke');
  await it.pass(MINUTE);
  expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'released' });
});

test('invariant 8: a member of a sister workspace in the Grid asks, is given access, and hands it back', async () => {
  const id = await active('U0MIA');
  expect((await stateOf(id)).requester).toEqual({
    email: 'mia@corp.example',
    account: slackAccount('U0MIA'),
  });
  await it.click('U0MIA', cardWith(it.slack.dms('U0MIA'), 'revoke'), 'revoke');
  await it.pass(MINUTE);
  expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'released' });
});

test('invariant 8: and approves, as a member of a list and from a sister workspace', async () => {
  it.slack.changeUser('U0BOB', { team: 'T0SALES', workspaces: ['T0SALES', 'T0CORP'] });
  await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
  const [head] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
  expect(head!.state.votes).toMatchObject([
    { by: { email: 'bob@corp.example', account: { tenant: 'T0CORP' } } },
  ]);
});

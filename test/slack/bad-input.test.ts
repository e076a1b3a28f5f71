import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Modal, PostedMessage } from '../../src/sandbox/slack/index.js';
import {
  buttonsOf,
  cardWith,
  copyOfPolicies,
  HOUR,
  livingIn,
  MINUTE,
  serveCompany,
  textOf,
} from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '4h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};

let it: Company;
let dir: string;
beforeEach(async () => {
  dir = copyOfPolicies();
  it = await serveCompany({ policyDir: dir });
});
afterEach(() => it.close());

const window = (who: string): Modal => it.slack.views(who).at(-1)!;
const errorsIn = (who: string) => JSON.stringify(window(who).errors ?? {});
const managersCard = () => cardWith(it.slack.dms('U0BOB'), 'approve');
const securityCard = () => cardWith(it.slack.messages('C0SECURITY'), 'approve');
const living = () => textOf(livingIn(it.slack.dms('U0ANA')));
const submit = async (who: string, which: Modal, values: Record<string, string>) => {
  await it.slack.as(who).submit(which, values);
  await it.quiet();
};
/** What Slack would send of a window that is not open in this test any more, or holds what it does not offer. */
async function forged(who: string, { id, view }: Modal, values: object): Promise<string> {
  const payload = {
    type: 'view_submission',
    user: { id: who, team_id: 'T0CORP' },
    team: { id: 'T0CORP' },
    view: { ...view, id, state: { values } },
  };
  const sent = it.slack.signed(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  const { body } = await it.slack.send(sent);
  await it.quiet();
  return JSON.stringify(body);
}
async function renameOrders(): Promise<void> {
  const file = join(dir, 'catalog.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('id: orders-db-admin', 'id: orders-db-owner'));
  expect(await it.app.policies.refresh()).toBe('taken');
}
const remove = async ({ channel, ts }: PostedMessage) => {
  const headers = { authorization: `Bearer ${it.slack.botToken}` };
  const body = new URLSearchParams({ channel, ts });
  await fetch(`${it.slack.apiUrl}chat.delete`, { method: 'POST', headers, body });
};

describe('two people in one window', () => {
  test('who both deny: one denial counts, the other reads that it was denied', async () => {
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'approve');
    for (const who of ['U0SAM', 'U0KIM']) await it.click(who, securityCard(), 'deny');
    const kims = window('U0KIM');
    await submit('U0SAM', window('U0SAM'), { reason: 'not today' });
    await submit('U0KIM', kims, { reason: 'nor tomorrow' });
    expect(errorsIn('U0KIM')).toContain('It was denied');
    expect(living()).toContain('>not today');
    expect(living()).not.toContain('nor tomorrow');
  });

  test('one in two windows, who answers twice: the first answer stands', async () => {
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'question');
    await submit('U0BOB', window('U0BOB'), { question: 'Which index?' });
    await it.click('U0ANA', cardWith(it.slack.dms('U0ANA'), 'answer'), 'answer');
    const onHerPhone = window('U0ANA');
    await submit('U0ANA', window('U0ANA'), { answer: 'the one on id' });
    const said = await forged('U0ANA', onHerPhone, { answer: { answer: { value: 'all of them' } } });
    expect(said).toContain('already answered');
    expect(textOf(managersCard())).toContain('the one on id');
    expect(textOf(managersCard())).not.toContain('all of them');
  });
});

describe('a window older than how things stand', () => {
  test('of a denial, when others have approved it: the access stays, and the sentence says what it is', async () => {
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'approve');
    await it.click('U0LEE', securityCard(), 'deny');
    const late = window('U0LEE');
    for (const who of ['U0SAM', 'U0KIM']) await it.click(who, securityCard(), 'approve');
    await submit('U0LEE', late, { reason: 'too late' });
    expect(errorsIn('U0LEE')).toContain('access is active');
    expect(living()).toContain('You have *Orders database admin*');
  });

  test('of approving for less, when somebody else has given still less: no more is given than they gave', async () => {
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'approve');
    for (const who of ['U0SAM', 'U0KIM']) await it.click(who, securityCard(), 'shorten');
    const kims = window('U0KIM');
    await submit('U0SAM', window('U0SAM'), { duration: '15m' });
    await submit('U0KIM', kims, { duration: '1h' });
    expect(errorsIn('U0KIM')).toContain('for 15 minutes now');
    await it.click('U0KIM', securityCard(), 'approve');
    expect(living()).toContain('15 minutes instead of 4 hours');
    await it.pass(16 * MINUTE);
    expect(living()).toContain('has ended');
  });

  test.each(['8h', '4h', '7d', '0m', '-1h', 'constructor'])(
    'of approving for less, with %s, which was not offered: nobody has voted',
    async (more) => {
      await it.ask('U0ANA', ORDERS);
      await it.click('U0BOB', managersCard(), 'shorten');
      const values = { duration: { duration: { selected_option: { value: more } } } };
      expect(await forged('U0BOB', window('U0BOB'), values)).toMatch(/15 minutes or 1 hour/);
      expect(textOf(managersCard())).toContain('4 hours');
      expect(living()).toContain('is waiting for <@U0BOB>');
    },
  );

  test('of the form, when the catalog no longer has what is chosen in it: it stays open and says so', async () => {
    await it.slack.as('U0ANA').command('/jit orders-db-admin 1h adding an index to orders OPS-12');
    await renameOrders();
    await it.slack.as('U0ANA').choose(window('U0ANA'), 'duration', '1h');
    await submit('U0ANA', window('U0ANA'), ORDERS);
    expect(errorsIn('U0ANA')).toContain('orders-db-admin');
    expect(await it.app.store.due(it.now() + 100 * HOUR, 10)).toEqual([]);
  });
});

test('asking again for what the catalog no longer has is answered, and opens no form', async () => {
  await it.ask('U0ANA', ORDERS);
  await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'cancel');
  await renameOrders();
  const before = it.slack.calls('views.open').length;
  await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'again');
  expect(textOf(it.slack.ephemerals('U0ANA').at(-1)!)).toContain(
    'orders-db-admin can no longer be asked for',
  );
  expect(it.slack.calls('views.open')).toHaveLength(before);
});

describe('what was deleted', () => {
  test('the requester’s message comes again with the next change, with its history', async () => {
    await it.ask('U0ANA', ORDERS);
    await remove(livingIn(it.slack.dms('U0ANA')));
    await it.click('U0BOB', managersCard(), 'approve');
    expect(living()).toContain('*manager*: approved by <@U0BOB>');
    for (const who of ['U0SAM', 'U0KIM']) await it.click(who, securityCard(), 'approve');
    const root = livingIn(it.slack.dms('U0ANA'));
    expect(textOf(root)).toContain('You have *Orders database admin*');
    await remove(root);
    await it.pass(5 * HOUR);
    const now = livingIn(it.slack.dms('U0ANA'));
    expect(textOf(now)).toContain('has ended');
    expect(it.slack.dms('U0ANA').some(({ threadTs }) => threadTs === now.ts)).toBe(true);
  });

  test('the card of a stage that is over, and with it the thread: the next stage and the end go on without it', async () => {
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'approve');
    await remove(securityCard());
    await it.slack.as('U0ANA').command('/jit cancel');
    await it.click('U0ANA', it.slack.ephemerals('U0ANA').at(-1)!, 'cancel');
    expect(living()).toContain('is cancelled');
    expect(it.slack.messages('C0SECURITY').flatMap((message) => buttonsOf(message))).toEqual([]);
    await it.pass(MINUTE);
    const { looked } = await it.app.engine.sweep({ until: it.now() + 10_000 * HOUR });
    expect(looked.filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
  });
});

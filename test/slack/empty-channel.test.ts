import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buttonsOf,
  cardWith,
  copyOfPolicies,
  livingIn,
  MINUTE,
  serveCompany,
  textOf,
} from '../support/company.js';

// A stage that is told in a channel, in which nobody is who may decide.

type Company = Awaited<ReturnType<typeof serveCompany>>;
const PEOPLE = ['U0SAM', 'U0KIM', 'U0LEE'];
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};

let it: Company;
beforeEach(async () => {
  it = await serveCompany();
  it.slack.changeChannel('C0SECURITY', { members: ['U0ANA'] });
});
afterEach(() => it.close());

const channel = () => it.slack.messages('C0SECURITY');
const said = () => channel().map(textOf);
const living = () => textOf(livingIn(it.slack.dms('U0ANA')));
const approve = (who: string) => it.click(who, cardWith(it.slack.dms(who), 'approve'), 'approve');

async function ask(): Promise<void> {
  await it.ask('U0ANA', ORDERS);
  await approve('U0BOB');
}

test('each is asked by a direct message, and no card waits in the channel for somebody to press', async () => {
  await ask();
  for (const id of PEOPLE) expect(cardWith(it.slack.dms(id), 'approve')).toBeDefined();
  expect(said()).toEqual([]);
  // As directory.yml says: nobody is told of another way, and nothing alarms.
  expect(living()).toContain('*security*: asked');
  expect(living()).not.toContain('usual place');
  expect(it.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

test('invariant 15: what was decided stands in the channel from then on, in one line that stays true', async () => {
  await ask();
  await approve('U0SAM');
  expect(said()).toEqual([]);
  await approve('U0LEE');
  const line =
    /^<@U0ANA> · \*Orders database admin\* · 1 hour · approved by <@U0BOB>, <@U0SAM> and <@U0LEE> · until /;
  expect(said()).toEqual([expect.stringMatching(line)]);
  expect(channel().flatMap((message) => buttonsOf(message))).toEqual([]);
  await it.pass(61 * MINUTE);
  expect(living()).toContain('has ended');
  expect(said()).toEqual([expect.stringMatching(line)]);
});

test('invariant 15: access that ends sooner than the line says is said in its place', async () => {
  await ask();
  await approve('U0SAM');
  await approve('U0LEE');
  await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'revoke');
  expect(said()).toEqual([expect.stringMatching(/ending$/)]);
  await it.pass(30 * MINUTE);
  expect(said()).toEqual([expect.stringContaining('handed back')]);
});

test('a request that nobody has granted leaves its line, too', async () => {
  await ask();
  await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'cancel');
  expect(said()).toEqual([expect.stringMatching(/cancelled$/)]);
});

test('somebody who takes no direct message still finds the card in the channel', async () => {
  it.slack.changeUser('U0KIM', { takesNoDms: 'user_disabled' });
  await ask();
  expect(cardWith(channel(), 'approve')).toBeDefined();
});

test('invariant 5: a line whose sending may have been heard is looked up, and not written twice', async () => {
  await ask();
  await approve('U0SAM');
  it.slack.misbehave('chat.postMessage', { kind: 'lost', effect: true });
  await approve('U0LEE');
  await it.pass(2 * MINUTE);
  expect(said()).toHaveLength(1);
  expect(living()).toContain('You have *Orders database admin*');
});

test('a stage that is told by direct messages by directory.yml leaves nothing in a channel', async () => {
  await it.close();
  const policyDir = copyOfPolicies();
  const file = join(policyDir, 'directory.yml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    before.replace('channel: C0SECURITY, remind', 'channel: C0SECURITY, tell: people, remind'),
  );
  it = await serveCompany({ policyDir });
  await ask();
  await approve('U0SAM');
  await approve('U0LEE');
  expect(said()).toEqual([]);
  for (const id of ['C0ACCESS', 'C0PRODACCESS']) expect(it.slack.messages(id)).toEqual([]);
});

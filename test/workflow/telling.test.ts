import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buttonsOf, cardWith, copyOfPolicies, livingIn, serveCompany, textOf } from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};
const PEOPLE = ['U0SAM', 'U0KIM', 'U0LEE'];

/** The default policies, with this in the place of a stage of theirs. */
function policiesWith(stage: 'manager' | 'security', written: string): string {
  const copy = copyOfPolicies();
  const file = join(copy, 'directory.yml');
  const before = readFileSync(file, 'utf8');
  const after = before.replace(
    new RegExp(`^  ${stage}: \\{ (?:manager|group).*$`, 'm'),
    `  ${stage}: ${written}`,
  );
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  return copy;
}

let it: Company | undefined;
afterEach(() => it?.close());

const copiesOf = (company: Company) =>
  PEOPLE.filter((id) =>
    company.slack.dms(id).some((dm) => buttonsOf(dm).some(({ actionId }) => actionId === 'approve')),
  );

/** What comes of a stage of security that is written like this, once the manager has agreed. */
async function asked(written: string): Promise<Company> {
  it = await serveCompany({ policyDir: policiesWith('security', written) });
  await it.ask('U0ANA', ORDERS);
  await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
  return it;
}

test('a manager is asked by a direct message, where directory.yml does not say otherwise', async () => {
  it = await serveCompany();
  await it.ask('U0ANA', ORDERS);
  expect(textOf(cardWith(it.slack.dms('U0BOB'), 'approve'))).toContain('because you are <@U0ANA>’s manager');
  for (const channel of ['C0ACCESS', 'C0PRODACCESS']) expect(it.slack.messages(channel)).toEqual([]);
});

test('a stage that says tell: people is told by direct messages, and no channel hears of it', async () => {
  const company = await asked('{ group: security, channel: C0SECURITY, tell: people }');
  expect(copiesOf(company)).toEqual(PEOPLE);
  expect(company.slack.messages('C0SECURITY')).toEqual([]);
  await company.click('U0SAM', cardWith(company.slack.dms('U0SAM'), 'approve'), 'approve');
  expect(copiesOf(company)).toEqual(['U0KIM', 'U0LEE']);
  await company.click('U0KIM', cardWith(company.slack.dms('U0KIM'), 'approve'), 'approve');
  expect(copiesOf(company)).toEqual([]);
  expect(textOf(livingIn(company.slack.dms('U0ANA')))).toContain('You have *Orders database admin*');
});

test('a manager stage that says `tell: channel` is told in the channel, and by no direct message to who is there', async () => {
  it = await serveCompany({ policyDir: policiesWith('manager', '{ manager: true, tell: channel }') });
  await it.ask('U0ANA', ORDERS);
  expect(it.slack.dms('U0BOB')).toEqual([]);
  expect(textOf(cardWith(it.slack.messages('C0PRODACCESS'), 'approve'))).toContain('<@U0BOB>');
});

test('who is quiet may approve, and is neither mentioned nor written to', async () => {
  const company = await asked(
    '{ group: security, channel: C0SECURITY, tell: people, quiet: [Lee@corp.example] }',
  );
  expect(copiesOf(company)).toEqual(['U0SAM', 'U0KIM']);
  const card = cardWith(company.slack.dms('U0SAM'), 'approve');
  await company.click('U0LEE', card, 'approve');
  await company.click('U0KIM', cardWith(company.slack.dms('U0KIM'), 'approve'), 'approve');
  expect(textOf(livingIn(company.slack.dms('U0ANA')))).toContain('You have *Orders database admin*');
  expect(JSON.stringify([company.slack.dms('U0SAM'), company.slack.dms('U0KIM')])).not.toContain(
    '<@U0LEE>, ',
  );
});

test('in a channel, too: those who are quiet are not mentioned, and get no copy where they are not in it', async () => {
  it = await serveCompany({
    policyDir: policiesWith(
      'security',
      '{ group: security, channel: C0SECURITY, quiet: [lee@corp.example] }',
    ),
  });
  it.slack.changeChannel('C0SECURITY', { members: ['U0SAM'] });
  await it.ask('U0ANA', ORDERS);
  await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
  expect(copiesOf(it)).toEqual(['U0KIM']);
  expect(textOf(cardWith(it.slack.messages('C0SECURITY'), 'approve'))).not.toContain('<@U0LEE>');
});

test('where all are quiet the channel is told, and nobody is mentioned', async () => {
  const all = '[sam@corp.example, kim@corp.example, lee@corp.example]';
  const company = await asked(`{ group: security, channel: C0SECURITY, tell: people, quiet: ${all} }`);
  expect(copiesOf(company)).toEqual([]);
  const card = textOf(cardWith(company.slack.messages('C0SECURITY'), 'approve'));
  expect(card).toContain('2 of security');
  for (const id of PEOPLE) expect(card).not.toContain(`<@${id}>`);
  // That is as directory.yml says: nobody is told of another way, and nothing alarms.
  expect(textOf(livingIn(company.slack.dms('U0ANA')))).not.toContain('by another way');
  expect(company.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  for (const who of ['U0SAM', 'U0LEE'])
    await company.click(who, cardWith(company.slack.messages('C0SECURITY'), 'approve'), 'approve');
  expect(textOf(livingIn(company.slack.dms('U0ANA')))).toContain('You have *Orders database admin*');
});

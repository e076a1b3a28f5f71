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

// Who may decide changes while a request waits: nobody votes, and nobody presses anything.

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};
const CHANNELS = ['C0ACCESS', 'C0SECURITY', 'C0PRODACCESS'];

let it: Company;
let policyDir: string;
beforeEach(() => {
  policyDir = copyOfPolicies();
  // Nobody else comes in: the stages' own people are what changes here.
  change('directory.yml', /^fallback: .*\n/m, '');
  change('directory.yml', /, escalate: \{[^}]*\}/, '');
});
afterEach(() => it.close());

function change(file: string, from: RegExp, to: string): void {
  const path = join(policyDir, file);
  const before = readFileSync(path, 'utf8');
  expect(before).toMatch(from);
  writeFileSync(path, before.replace(from, to));
}

/** Two sweeps, a minute apart: policies that have changed count from the second look on. */
async function twoSweeps(): Promise<void> {
  for (let sweep = 0; sweep < 2; sweep++) {
    await it.pass(MINUTE);
    await it.app.runJobs();
    await it.quiet();
  }
}

/** The kinds of stage: how it is written, and how those who fill it become these people. */
const KINDS = {
  manager: {
    stage: 'manager',
    written: 'manager: { manager: true',
    start: ['bob'],
    mention: undefined,
    become([who]: string[]) {
      change('directory.yml', /(?<=ana@corp.example: \{ manager: )\w+/, who!);
    },
    lose: () => it.slack.misbehave('users.lookupByEmail', { kind: 'error', error: 'fatal_error' }, Infinity),
  },
  'list under review': {
    stage: 'security',
    written: 'security: { group: security',
    start: ['sam', 'kim', 'lee'],
    mention: undefined,
    become(people: string[]) {
      const members = people.map((who) => `${who}@corp.example`);
      change('directory.yml', /(?<= {2}security: \{ members: \[)[^\]]*/, members.join(', '));
    },
    lose: () => it.slack.misbehave('users.lookupByEmail', { kind: 'error', error: 'fatal_error' }, Infinity),
  },
  'group of Slack’s': {
    stage: 'team',
    written: 'team: { group: dba',
    start: ['dan', 'sam'],
    mention: '<!subteam^S0DBA>',
    become: (people: string[]) => it.slack.changeUsergroup('S0DBA', { users: people.map(idOf) }),
    lose: () => it.slack.misbehave('usergroups.list', { kind: 'error', error: 'fatal_error' }, Infinity),
  },
  owners: {
    stage: 'owners',
    written: 'owners: { owners: true',
    start: ['dan', 'sam'],
    mention: '<!subteam^S0DBA>',
    become: (people: string[]) => it.slack.changeUsergroup('S0DBA', { users: people.map(idOf) }),
    lose: () => it.slack.misbehave('usergroups.list', { kind: 'error', error: 'fatal_error' }, Infinity),
  },
} as const;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];

const idOf = (who: string) => `U0${who.toUpperCase()}`;
const buttonsIn = (messages: ReturnType<Company['slack']['dms']>) =>
  messages.filter((message) => buttonsOf(message).some(({ actionId }) => actionId === 'approve'));
/** Those with buttons in their direct messages. */
const asked = () =>
  ['bob', 'sam', 'kim', 'lee', 'dan', 'oli'].filter((who) => buttonsIn(it.slack.dms(idOf(who))).length > 0);
const channelCards = () => CHANNELS.flatMap((id) => buttonsIn(it.slack.messages(id)));
const living = () => textOf(livingIn(it.slack.dms('U0ANA')));

/** A request that waits at such a stage, each of whose people is told like this. */
async function waiting(kind: Kind, tell: 'people' | 'channel', members?: string[]): Promise<void> {
  const { stage, written, start } = KINDS[kind];
  change('production.cedar', /manager, 2 of security/, stage);
  if (stage === 'team') change('directory.yml', /^ {2}owners: \{/m, '  team: { group: dba }\n  owners: {');
  if (stage === 'owners') change('catalog.yml', /owners: \[engineers\]/, 'owners: [dba]');
  change('directory.yml', new RegExp(`^  ${written}`, 'm'), `  ${written}, tell: ${tell}`);
  it = await serveCompany({ policyDir });
  if (stage === 'team' || stage === 'owners') it.slack.changeUsergroup('S0DBA', { users: start.map(idOf) });
  if (members) for (const id of CHANNELS) it.slack.changeChannel(id, { members: members.map(idOf) });
  await it.app.runJobs();
  await it.ask('U0ANA', ORDERS);
  await twoSweeps();
}

/** Somebody comes in, and somebody goes. */
const after = (kind: Kind) => [...KINDS[kind].start.slice(1), 'oli'];

describe.each(ALL)('invariant 15: who may decide at a stage of this kind changes: %s', (kind) => {
  const { start, become, lose, mention } = KINDS[kind];
  const [gone = ''] = start;

  test('told in person, who comes in gets a card, and who may decide no more has no buttons', async () => {
    await waiting(kind, 'people');
    expect(asked().sort()).toEqual([...start].sort());
    become(after(kind));
    await twoSweeps();
    expect(asked().sort()).toEqual(after(kind).sort());
    expect(living()).toContain(mention ?? '<@U0OLI>');
    expect(living()).not.toContain(`<@${idOf(gone)}>`);
    await it.click('U0OLI', cardWith(it.slack.dms('U0OLI'), 'approve'), 'approve');
    expect(living()).toContain('You have *Orders database admin*');
  });

  test('told in a channel, its card says so, and who comes in and is not there gets a copy', async () => {
    await waiting(kind, 'channel', ['ana', ...start]);
    expect(asked()).toEqual([]);
    become(after(kind));
    await twoSweeps();
    expect(asked()).toEqual(['oli']);
    const [card] = channelCards();
    expect(textOf(card!)).toContain(mention ?? '<@U0OLI>');
    expect(textOf(card!)).not.toContain(`<@${idOf(gone)}>`);
  });

  test('told in a channel that nobody of them is in, it is as if they were told in person', async () => {
    await waiting(kind, 'channel', ['ana']);
    expect(asked().sort()).toEqual([...start].sort());
    become(after(kind));
    await twoSweeps();
    expect(asked().sort()).toEqual(after(kind).sort());
    expect(channelCards()).toEqual([]);
  });

  test('who comes back has buttons again', async () => {
    await waiting(kind, 'people');
    become(after(kind));
    await twoSweeps();
    expect(asked()).not.toContain(gone);
    become([...start]);
    await twoSweeps();
    expect(asked().sort()).toEqual([...start].sort());
  });

  test('while it is not known who they are, nothing changes; once it is, it does', async () => {
    await waiting(kind, 'people');
    become(after(kind));
    lose();
    // What was learned of groups and people counts for a while.
    await it.pass(61 * MINUTE);
    await twoSweeps();
    expect(asked().sort()).toEqual([...start].sort());
    it.slack.behave();
    await twoSweeps();
    expect(asked().sort()).toEqual(after(kind).sort());
  });

  test('where nothing has changed, nothing is written and nothing is sent', async () => {
    await waiting(kind, 'people');
    const [id] = await it.app.store.undecided();
    const seen = async () => ({
      sent: it.slack.calls().filter(({ method }) => /^(?:chat|conversations|users)\./.test(method)).length,
      version: (await it.app.store.head(id!))?.version,
    });
    const before = await seen();
    await twoSweeps();
    expect(await seen()).toEqual(before);
  });
});

test('invariant 15: where nobody is left, no card asks anybody, until somebody comes in', async () => {
  await waiting('manager', 'people');
  it.slack.changeUser('U0BOB', { deleted: true });
  // For so long it is remembered who has which account.
  await it.pass(61 * MINUTE);
  await twoSweeps();
  expect(asked()).toEqual([]);
  expect(channelCards()).toEqual([]);
  KINDS.manager.become(['oli']);
  await twoSweeps();
  expect(asked()).toEqual(['oli']);
  expect(channelCards()).toEqual([]);
});

import { directory } from '../../src/people/index.js';
import { slackPeople } from '../../src/slack/people.js';
import { slack, web } from '../support/sandbox-slack.js';
import { config, ENGINEERS, MINUTE, notes, slackGroup } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

type Slack = Awaited<ReturnType<typeof slack>>;
let here: Slack;
let store: ReturnType<typeof notes>;
beforeEach(async () => {
  here = await slack();
  store = notes();
});
afterEach(() => here.double.stop());

const settings = config({
  groups: { engineers: { source: 'slack', id: 'S0ENG' }, security: { members: ['bob@corp.example'] } },
  stages: [
    { name: 'team', kind: 'group', group: 'engineers' },
    { name: 'security', kind: 'group', group: 'security' },
  ],
});
const start = () =>
  directory({
    source: { ...slackPeople(web(here.double), 'T0CORP'), rest: async () => undefined },
    store,
    config: () => settings,
    tenant: 'T0CORP',
    now: here.time.now,
    report: () => undefined,
  });

test.each([
  ['U0GUEST', 'guest'],
  ['U0SINGLE', 'guest'],
  ['U0ROBOT', 'bot'],
  ['USLACKBOT', 'bot'],
  ['U0GONE', 'deactivated'],
  ['U0OTHER', 'other-workspace'],
  ['U0NOBODY', 'unknown-person'],
])('invariant 8: Slack’s %s is refused: %s', async (slackId, code) => {
  expect(await start().person({ provider: 'slack', id: slackId, tenant: 'T0CORP' })).toEqual({
    refusal: { code },
  });
});

test('invariant 4: a disabled user group, and a Slack that fails, are not empty groups', async () => {
  const people = start();
  const ana = { email: 'ana@corp.example', account: slackAccount('U0ANA') };
  expect(await people.groups(ana)).toEqual({ groups: ['engineers'], unknown: [] });
  here.double.changeUsergroup('S0ENG', { disabled: true });
  here.time.move(6 * MINUTE);
  expect((await people.groups(ana)).unknown).toEqual([slackGroup('engineers', 'S0ENG', true)]);
  here.double.changeUsergroup('S0ENG', { disabled: false });
  here.double.misbehave('usergroups.list', { kind: 'rate-limited', seconds: 30 });
  here.time.move(6 * MINUTE);
  expect((await people.groups(ana)).unknown).toEqual([ENGINEERS]);
  expect(await people.groups(ana)).toEqual({ groups: ['engineers'], unknown: [] });
});

test('people, stages and mentions come out of Slack as it is now', async () => {
  const people = start();
  await people.refresh();
  expect(await people.person({ provider: 'slack', id: 'U0ANA', tenant: 'T0CORP' })).toEqual({
    person: { email: 'ana@corp.example', account: slackAccount('U0ANA') },
  });
  expect((await people.candidates('team', 'ana@corp.example', [])).people).toEqual([
    { email: 'ana@corp.example', account: slackAccount('U0ANA'), timezone: 'Europe/London' },
    { email: 'bob@corp.example', account: slackAccount('U0BOB'), timezone: 'Europe/London' },
  ]);
  expect((await people.candidates('security', 'ana@corp.example', [])).people).toEqual([
    { email: 'bob@corp.example', account: slackAccount('U0BOB'), timezone: 'Europe/London' },
  ]);
  expect(store.kept.get('directory')).toMatchObject({
    fetchedAt: here.time.now(),
    usergroups: { S0ENG: ['U0ANA', 'U0BOB'] },
  });
});

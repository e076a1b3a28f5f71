import { directory } from '../../src/people/index.js';
import { slackPeople } from '../../src/slack/people.js';
import { slack, web } from '../support/sandbox-slack.js';
import { config, ENGINEERS, MINUTE, notes } from '../support/directory.js';

type Slack = Awaited<ReturnType<typeof slack>>;
let here: Slack;
let store: ReturnType<typeof notes>;
beforeEach(async () => {
  here = await slack();
  store = notes();
});
afterEach(() => here.double.stop());

const settings = config({
  groups: { engineers: { usergroup: 'S0ENG' }, security: { members: ['bob@corp.example'] } },
  stages: [
    { name: 'team', kind: 'group', group: 'engineers' },
    { name: 'security', kind: 'group', group: 'security' },
  ],
});
const start = () =>
  directory({
    slack: slackPeople(web(here.double), 'T0CORP'),
    store,
    config: () => settings,
    team: 'T0CORP',
    now: here.time.now,
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
  expect(await start().person({ slackId, team: 'T0CORP' })).toEqual({ refusal: { code } });
});

test('invariant 4: a disabled user group, and a Slack that fails, are not empty groups', async () => {
  const people = start();
  const ana = { email: 'ana@corp.example', slackId: 'U0ANA', team: 'T0CORP' };
  expect(await people.groups(ana)).toEqual({ groups: ['engineers'], unknown: [] });
  here.double.changeUsergroup('S0ENG', { disabled: true });
  here.time.move(6 * MINUTE);
  expect((await people.groups(ana)).unknown).toEqual([{ ...ENGINEERS, lasting: true }]);
  here.double.changeUsergroup('S0ENG', { disabled: false });
  here.double.misbehave('usergroups.list', { kind: 'rate-limited', seconds: 30 });
  here.time.move(6 * MINUTE);
  expect((await people.groups(ana)).unknown).toEqual([ENGINEERS]);
  expect(await people.groups(ana)).toEqual({ groups: ['engineers'], unknown: [] });
});

test('people, stages and mentions come out of Slack as it is now', async () => {
  const people = start();
  await people.refresh();
  expect(await people.person({ slackId: 'U0ANA', team: 'T0CORP' })).toEqual({
    person: { email: 'ana@corp.example', slackId: 'U0ANA', team: 'T0CORP' },
  });
  expect((await people.candidates('team', 'ana@corp.example', [])).people).toEqual([
    { email: 'ana@corp.example', slackId: 'U0ANA' },
    { email: 'bob@corp.example', slackId: 'U0BOB' },
  ]);
  expect((await people.candidates('security', 'ana@corp.example', [])).people).toEqual([
    { email: 'bob@corp.example', slackId: 'U0BOB' },
  ]);
  expect(store.kept.get('directory')).toMatchObject({
    fetchedAt: here.time.now(),
    usergroups: { S0ENG: ['U0ANA', 'U0BOB'] },
  });
});

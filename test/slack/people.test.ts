import type { WebClient } from '@slack/web-api';
import { TooMuchAsked } from '../../src/ports/people.js';
import { startSlack, type SlackDouble } from '../../src/sandbox/slack/index.js';
import { slackPeople, slackRest } from '../../src/slack/people.js';
import { web } from '../support/sandbox-slack.js';

let double: SlackDouble;
beforeEach(async () => {
  double = await startSlack({
    now: () => 1_000,
    signingSecret: 's',
    team: { id: 'T0CORP' },
    users: [
      { id: 'U0ANA', name: 'ana', email: 'Ana.Lopez@Corp.example' },
      { id: 'U0GUEST', name: 'gus', email: 'gus@corp.example', guest: 'restricted' },
      { id: 'U0SINGLE', name: 'sia', email: 'sia@corp.example', guest: 'ultra-restricted' },
      { id: 'U0ROBOT', name: 'robot', bot: true },
      { id: 'U0GONE', name: 'gone', email: 'gone@corp.example', deleted: true },
      { id: 'U0OTHER', name: 'olga', team: 'T0OTHER' },
      { id: 'U0KELVIN', name: 'kim', email: '\u212Aim@corp.example' },
    ],
    usergroups: [
      { id: 'S0ENG', handle: 'eng', users: ['U0ANA'] },
      { id: 'S0NONE', handle: 'none', users: [] },
      { id: 'S0OLD', handle: 'old', users: ['U0ANA'], disabled: true },
    ],
  });
});
afterEach(() => double.stop());

/** A Web API that answers this and nothing else. */
const answering = (method: string, answer: object): WebClient => {
  const client = web(double);
  const [group, name] = method.split('.') as ['users', 'info'];
  Object.assign(client[group], { [name]: async () => answer });
  return client;
};

test('invariant 4: what Slack does not answer is thrown, never a person or an empty list', async () => {
  const people = slackPeople(web(double), 'T0CORP');
  double.misbehave('*', { kind: 'status', status: 500 }, 3);
  await expect(people.byId('U0ANA')).rejects.toThrow('500');
  await expect(people.byEmail('a@corp.example')).rejects.toThrow('500');
  await expect(people.groups()).rejects.toThrow('500');
  double.misbehave('users.info', { kind: 'error', error: 'fatal_error' });
  await expect(people.byId('U0ANA')).rejects.toThrow('fatal_error');
  double.misbehave('usergroups.list', { kind: 'rate-limited', seconds: 1 });
  await expect(people.groups()).rejects.toThrow('rate');
});

test('invariant 4: an answer that is not whole is thrown', async () => {
  await expect(slackPeople(answering('users.info', { ok: true }), 'T0CORP').byId('U1')).rejects.toThrow(
    'no user',
  );
  await expect(slackPeople(answering('usergroups.list', { ok: true }), 'T0CORP').groups()).rejects.toThrow(
    'no list',
  );
});

test('invariant 4: a group that comes without its members is left out, an empty one is not', async () => {
  const usergroups = [
    { id: 'S1', user_count: 2 },
    { id: 'S2', user_count: 0 },
    { id: 'S3', users: ['U1'], date_delete: 17 },
    { id: 'S4' },
  ];
  expect(
    await slackPeople(answering('usergroups.list', { ok: true, usergroups }), 'T0CORP').groups(),
  ).toEqual({
    S2: [],
  });
});

test('whom Slack does not know is undefined', async () => {
  const people = slackPeople(web(double), 'T0CORP');
  expect(await people.byId('U0NOBODY')).toBeUndefined();
  expect(await people.byEmail('nobody@corp.example')).toBeUndefined();
  expect(await people.byEmail('gone@corp.example')).toBeUndefined();
});

test.each([
  ['U0GUEST', 'guest'],
  ['U0SINGLE', 'guest'],
  ['U0ROBOT', 'bot'],
  ['U0OTHER', 'stranger'],
  ['U0GONE', 'member'],
])('%s is a %s', async (id, kind) => {
  expect(await slackPeople(web(double), 'T0CORP').byId(id)).toMatchObject({
    kind,
    deactivated: id === 'U0GONE',
  });
});

test.each([
  { id: 'USLACKBOT' },
  { id: 'U1', is_workflow_bot: true },
  { id: 'U1', is_bot: true, is_restricted: true },
])('Slackbot, workflows and apps are bots: %o', async (user) => {
  const client = answering('users.info', { ok: true, user: { team_id: 'T0CORP', ...user } });
  expect(await slackPeople(client, 'T0CORP').byId(user.id)).toMatchObject({ kind: 'bot' });
});

test('a member has an e-mail address in lower case', async () => {
  const people = slackPeople(web(double), 'T0CORP');
  const ana = {
    id: 'U0ANA',
    tenants: ['T0CORP'],
    email: 'ana.lopez@corp.example',
    kind: 'member',
    deactivated: false,
    timezone: 'Europe/London',
  };
  expect(await people.byId('U0ANA')).toEqual(ana);
  expect(await people.byEmail('ana.lopez@corp.example')).toEqual(ana);
});

test('somebody’s title is what their profile says, and none where it says nothing', async () => {
  double.changeUser('U0ANA', { title: 'Engineer' });
  const people = slackPeople(web(double), 'T0CORP');
  expect(await people.byId('U0ANA')).toMatchObject({ title: 'Engineer' });
  expect(await people.byId('U0KELVIN')).not.toHaveProperty('title');
});

test('a letter that only looks like a k when it is lower-cased does not become one', async () => {
  expect((await slackPeople(web(double), 'T0CORP').byId('U0KELVIN'))?.email).toBe('\u212Aim@corp.example');
});

test('all enabled groups come in one call', async () => {
  expect(await slackPeople(web(double), 'T0CORP').groups()).toEqual({ S0ENG: ['U0ANA'], S0NONE: [] });
  expect(double.calls().map(({ method }) => method)).toEqual(['usergroups.list']);
});

test.each([
  ['both', { team_id: 'T0SALES', enterprise_user: { teams: ['T0CORP', 'T0SALES'] } }, ['T0SALES', 'T0CORP']],
  ['the Grid’s alone', { enterprise_user: { teams: ['T0CORP'] } }, ['T0CORP']],
  [
    'where they were seen, which is not where they belong',
    { profile: { team: 'T0CORP' }, teams: ['T0CORP'] },
    [],
  ],
])('invariant 8: the workspaces of somebody are those that Slack names: %s', async (_, more, tenants) => {
  const client = answering('users.info', { ok: true, user: { id: 'U1', is_stranger: false, ...more } });
  expect(await slackPeople(client, 'T0CORP').byId('U1')).toMatchObject({ kind: 'member', tenants });
});

test.each([
  [false, true],
  [true, undefined],
  [undefined, undefined],
])(
  'is_email_confirmed %s: only an explicit no says that it is not',
  async (is_email_confirmed, unconfirmed) => {
    const user = {
      id: 'U1',
      team_id: 'T0CORP',
      ...(is_email_confirmed !== undefined && { is_email_confirmed }),
    };
    const client = answering('users.info', { ok: true, user });
    expect((await slackPeople(client, 'T0CORP').byId('U1'))?.unconfirmed).toBe(unconfirmed);
  },
);

test('invariant 16: that Slack was asked too often is told apart from everything else', async () => {
  const people = slackPeople(web(double), 'T0CORP');
  double.misbehave('users.info', { kind: 'rate-limited', seconds: 1 });
  await expect(people.byId('U0ANA')).rejects.toBeInstanceOf(TooMuchAsked);
  double.misbehave('users.info', { kind: 'error', error: 'ratelimited' });
  await expect(people.byId('U0ANA')).rejects.toBeInstanceOf(TooMuchAsked);
  double.misbehave('users.info', { kind: 'status', status: 500 });
  await expect(people.byId('U0ANA')).rejects.not.toBeInstanceOf(TooMuchAsked);
});

test('the list of groups is asked for the served workspace, as an organisation’s app must', async () => {
  await slackPeople(web(double), 'T0CORP').groups();
  expect(double.calls('usergroups.list')[0]!.args).toMatchObject({ team_id: 'T0CORP' });
});

describe('when somebody is at rest', () => {
  const HOUR = 3_600_000;
  const NOW = 100 * HOUR;
  const rest = (client = web(double)) => slackRest(client, 'T0CORP', () => NOW)('U0ANA');

  test('is their time zone, and the end of the Do Not Disturb that is on now', async () => {
    double.changeUser('U0ANA', { tz: 'Europe/Berlin' });
    expect(await rest()).toEqual({ timezone: 'Europe/Berlin' });
    double.changeUser('U0ANA', { disturbNot: [NOW - HOUR, NOW + 2 * HOUR] });
    expect(await rest()).toEqual({ timezone: 'Europe/Berlin', quietUntil: NOW + 2 * HOUR });
    double.changeUser('U0ANA', { disturbNot: [NOW, NOW + HOUR] });
    expect(await rest()).toMatchObject({ quietUntil: NOW + HOUR });
  });

  test.each<[string, [number, number]]>([
    ['one that is still to come', [NOW + HOUR, NOW + 2 * HOUR]],
    ['one that is over', [NOW - 2 * HOUR, NOW - HOUR]],
    ['one that ends now', [NOW - HOUR, NOW]],
  ])('is not %s', async (_, disturbNot) => {
    double.changeUser('U0ANA', { disturbNot });
    expect(await rest()).not.toHaveProperty('quietUntil');
  });

  test('names the workspace, as an app of a whole organisation must', async () => {
    await rest();
    expect(double.calls('dnd.info').map(({ args }) => args)).toMatchObject([
      { user: 'U0ANA', team_id: 'T0CORP' },
    ]);
  });

  test('is not known of somebody whom Slack does not have', async () => {
    expect(await slackRest(web(double), 'T0CORP', () => NOW)('U0NOBODY')).toBeUndefined();
  });

  test('without the scope is the time zone alone; what passes is thrown', async () => {
    double.misbehave('dnd.info', { kind: 'error', error: 'missing_scope' });
    expect(await rest()).toEqual({ timezone: 'Europe/London' });
    double.misbehave('dnd.info', { kind: 'error', error: 'internal_error' });
    await expect(rest()).rejects.toThrow('internal_error');
    double.misbehave('dnd.info', { kind: 'rate-limited', seconds: 1 });
    await expect(rest()).rejects.toThrow(TooMuchAsked);
    // Questions of the looks before may still be under way, and take some of them.
    double.misbehave('users.info', { kind: 'status', status: 500 }, 3);
    await expect(rest()).rejects.toThrow('500');
  });
});

import { config, DBA, emails, HOUR, MINUTE, set, slackGroup, user } from '../support/directory.js';
import { noGroup } from '../../src/people/snapshot.js';
import { slackAccount } from '../support/accounts.js';

const ANA = 'ana@corp.example';

describe('invariant 4: what cannot be known is unknown', () => {
  test('an unknown stage is thrown, an owner that is no group named', async () => {
    const { directory } = set();
    await expect(directory.candidates('nobody', ANA, [])).rejects.toThrow('no stage "nobody"');
    const { people, unknown } = await directory.candidates('owners', ANA, ['dba', 'ghosts', 'constructor']);
    expect(emails(people)).toEqual(['dan@corp.example', 'eve@corp.example']);
    expect(unknown).toEqual([noGroup('ghosts'), noGroup('constructor')]);
  });

  test('a user group that Slack does not know, for those who need it only', async () => {
    const { directory, groups } = set();
    delete groups['S0DBA'];
    expect((await directory.candidates('dba', ANA, [])).unknown).toEqual([slackGroup('dba', 'S0DBA', true)]);
    expect((await directory.candidates('owners', ANA, ['engineers', 'dba'])).unknown).toEqual([
      slackGroup('dba', 'S0DBA', true),
    ]);
    expect((await directory.candidates('owners', ANA, ['engineers'])).people).toHaveLength(3);
  });

  test('members whose addresses Slack does not give', async () => {
    const { directory, people } = set();
    people.byId = () => Promise.reject(new Error('Slack is down'));
    expect(await directory.candidates('dba', ANA, [])).toEqual({ people: [], unknown: [DBA] });
  });

  test('of some members: the others are known', async () => {
    const { directory, people } = set();
    const look = people.byId.bind(people);
    people.byId = (id) => (id === 'U0EVE' ? Promise.reject(new Error('Slack is down')) : look(id));
    const found = await directory.candidates('owners', ANA, ['dba', 'security']);
    expect(emails(found.people)).toContain('kim@corp.example');
    expect(emails(found.people)).not.toContain('eve@corp.example');
    expect(found.unknown).toEqual([DBA]);
  });

  test('an address that was learned more than an hour ago, and is not given now', async () => {
    const { directory, people, time } = set();
    expect((await directory.candidates('dba', ANA, [])).people).toHaveLength(2);
    people.byId = () => Promise.reject(new Error('Slack is down'));
    time.now += HOUR + 1;
    expect(await directory.candidates('dba', ANA, [])).toEqual({ people: [], unknown: [DBA] });
  });

  test('an old answer', async () => {
    const { directory, state, time } = set();
    await directory.refresh();
    state.down = true;
    expect((await directory.candidates('dba', ANA, [])).people).toHaveLength(2);
    time.now += 5 * MINUTE + 1;
    expect((await directory.candidates('dba', ANA, [])).unknown).toEqual([DBA]);
  });
});

describe('who is left out', () => {
  test.each([
    ['deactivated', { deactivated: true }],
    ['a guest', { kind: 'guest' as const }],
    ['a bot', { kind: 'bot' as const }],
    ['of another workspace', { tenants: ['T0OTHER'] }],
    ['a stranger', { kind: 'stranger' as const }],
  ])('a member of a user group who is %s', async (_, flags) => {
    const { directory, users } = set();
    users.set('U0EVE', user('U0EVE', flags));
    expect(emails((await directory.candidates('dba', ANA, [])).people)).toEqual(['dan@corp.example']);
  });

  test('one whom Slack does not know any more, or who has no address', async () => {
    const { directory, users } = set();
    users.delete('U0EVE');
    const { email: _, ...nameless } = user('U0DAN');
    users.set('U0DAN', nameless);
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([]);
  });

  test('the old holder of an address that somebody else was seen with, so that no place goes with it', async () => {
    const { directory, users, time } = set();
    expect(emails((await directory.candidates('dba', ANA, [])).people)).toContain('eve@corp.example');
    time.now += MINUTE;
    users.set('U0EVE', user('U0EVE', { email: 'eva@corp.example' }));
    users.set('U0NEW', user('U0NEW', { email: 'eve@corp.example' }));
    await directory.person({ provider: 'slack', id: 'U0NEW', tenant: 'T0CORP' });
    expect(emails((await directory.candidates('dba', ANA, [])).people)).toEqual(['dan@corp.example']);
    await directory.person({ provider: 'slack', id: 'U0EVE', tenant: 'T0CORP' });
    expect(emails((await directory.candidates('dba', ANA, [])).people)).toEqual([
      'dan@corp.example',
      'eva@corp.example',
    ]);
  });
});

describe('who may fill a stage', () => {
  test('the manager is the one whom directory.yml names, and nobody where it names none', async () => {
    const { directory } = set();
    expect((await directory.candidates('manager', 'Ana@corp.example', [])).people).toEqual([
      { email: 'bob@corp.example', account: slackAccount('U0BOB') },
    ]);
    expect((await directory.candidates('manager', 'bob@corp.example', [])).people).toEqual([]);
    expect((await directory.candidates('manager', 'constructor', [])).people).toEqual([]);
  });

  test('owners are the union of their groups, each person once', async () => {
    const { directory } = set();
    const owners = (await directory.candidates('owners', ANA, ['engineers', 'dba', 'security'])).people;
    expect(emails(owners)).toEqual(
      ['ana', 'bob', 'dan', 'eve', 'kim', 'sam'].map((name) => `${name}@corp.example`),
    );
    expect((await directory.candidates('owners', ANA, [])).people).toEqual([]);
  });

  test('a group’s stage is the group, with Slack ids as far as they are known', async () => {
    const { directory } = set();
    expect((await directory.candidates('security', ANA, [])).people).toEqual([
      { email: 'sam@corp.example', account: slackAccount('U0SAM') },
      { email: 'kim@corp.example' },
    ]);
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([
      { email: 'dan@corp.example', account: slackAccount('U0DAN') },
      { email: 'eve@corp.example', account: slackAccount('U0EVE') },
    ]);
  });

  test('lists and managers are known without Slack, only without mentions', async () => {
    const { directory, state, faults } = set();
    state.down = true;
    expect((await directory.candidates('security', ANA, [])).people).toEqual([
      { email: 'sam@corp.example' },
      { email: 'kim@corp.example' },
    ]);
    expect((await directory.candidates('manager', ANA, [])).people).toEqual([{ email: 'bob@corp.example' }]);
    expect(faults).toContain('could not look up whom to mention for security');
  });
});

describe('what is remembered', () => {
  test('addresses are asked once an hour, and by one process for all', async () => {
    const { directory, make, asked, time } = set();
    await directory.refresh();
    expect(asked.user.sort()).toEqual(['U0DAN', 'U0EVE']);
    expect(asked.byEmail.sort()).toEqual(['kim@corp.example', 'sam@corp.example']);
    await make({ readonly: true }).candidates('dba', ANA, []);
    await make({ readonly: true }).candidates('security', ANA, []);
    for (let minute = 1; minute <= 60; minute++) {
      time.now += MINUTE;
      await directory.refresh();
    }
    expect(asked.user).toHaveLength(2);
    time.now += MINUTE;
    await directory.refresh();
    expect(asked.user).toHaveLength(4);
    expect(asked.byEmail).toHaveLength(4);
  });

  test('who has left is noticed within the hour', async () => {
    const { directory, users, time } = set();
    await directory.refresh();
    users.set('U0EVE', user('U0EVE', { deactivated: true }));
    time.now += HOUR + 1;
    expect(emails((await directory.candidates('dba', ANA, [])).people)).toEqual(['dan@corp.example']);
  });

  test('owners who were asked for once are kept warm', async () => {
    const { directory, make, asked } = set();
    await directory.candidates('owners', ANA, ['engineers']);
    const before = asked.user.length;
    await make().candidates('owners', ANA, ['engineers']);
    expect(asked.user).toHaveLength(before);
  });

  test('a refresh is good for groups even when addresses could not be had', async () => {
    const { directory, people, faults } = set();
    const ask = people.byId.bind(people);
    people.byId = () => Promise.reject(new Error('Slack is down'));
    await directory.refresh();
    expect(faults).toEqual(['could not look up all members of the stages']);
    people.byId = ask;
    expect((await directory.candidates('dba', ANA, [])).people).toHaveLength(2);
  });

  test('a large group is asked for a few at a time', async () => {
    const { directory, groups, users, people } = set(config());
    const ids = Array.from({ length: 60 }, (_, n) => `U0N${n}`);
    ids.forEach((id) => users.set(id, user(id)));
    groups['S0DBA'] = ids;
    let [running, most] = [0, 0];
    people.byId = async (id) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return users.get(id);
    };
    expect((await directory.candidates('dba', ANA, [])).people).toHaveLength(60);
    expect(most).toBe(10);
  });
});

describe('the time zone of a candidate', () => {
  test('is the one that the source gives, of members and of those who are listed', async () => {
    const { directory, users } = set();
    users.set('U0DAN', user('U0DAN', { timezone: 'Asia/Tokyo' }));
    users.set('U0SAM', user('U0SAM', { timezone: 'Europe/Berlin' }));
    const zones = async (stage: string) => {
      const { people } = await directory.candidates(stage, ANA, []);
      return Object.fromEntries(people.map(({ email, timezone }) => [email, timezone]));
    };
    expect(await zones('dba')).toEqual({ 'dan@corp.example': 'Asia/Tokyo', 'eve@corp.example': undefined });
    expect(await zones('security')).toEqual({
      'sam@corp.example': 'Europe/Berlin',
      'kim@corp.example': undefined,
    });
  });

  test('is kept for all processes, and a note from before it was kept is still read', async () => {
    const { make, users, store } = set();
    users.set('U0DAN', user('U0DAN', { timezone: 'Asia/Tokyo' }));
    await make().candidates('dba', ANA, []);
    const kept = store.kept.get('directory') as { emails: Record<string, { zone?: string }> };
    expect(kept.emails['U0DAN']?.zone).toBe('Asia/Tokyo');
    delete kept.emails['U0DAN']!.zone;
    const { people } = await make({ readonly: true }).candidates('dba', ANA, []);
    expect(people.map(({ email, timezone }) => [email, timezone])).toContainEqual([
      'dan@corp.example',
      undefined,
    ]);
  });
});

import { MINUTE, set, user } from './support.js';

const person = (name: string) => ({
  email: `${name}@corp.example`,
  slackId: `U0${name.toUpperCase()}`,
  team: 'T0CORP',
});
const ANA = 'ana@corp.example';
const UNKNOWN = 'no user group S0DBA';

describe('invariant 4: a group that Slack says is empty, and that had members', () => {
  /** Filled, and a minute later empty. */
  async function emptied(how: { readonly?: boolean } = {}) {
    const given = set();
    const people = given.make(how);
    await people.refresh();
    given.groups['S0DBA'] = [];
    given.time.now += MINUTE;
    await people.refresh();
    return { ...given, directory: people };
  }

  test('is unknown: nobody is taken out of it, and nobody is let past what it forbids', async () => {
    const { directory } = await emptied();
    await expect(directory.groups(person('ana'))).rejects.toThrow(UNKNOWN);
    await expect(directory.candidates('dba', ANA, [])).rejects.toThrow(UNKNOWN);
    await expect(directory.candidates('owners', ANA, ['dba'])).rejects.toThrow(UNKNOWN);
  });

  test('does not touch who needs other groups for a stage', async () => {
    const { directory } = await emptied();
    expect(await directory.candidates('manager', ANA, [])).toHaveLength(1);
    expect(await directory.candidates('owners', ANA, ['engineers'])).toHaveLength(3);
  });

  test('is as it was as soon as Slack says so again', async () => {
    const { directory, groups, time } = await emptied();
    groups['S0DBA'] = ['U0DAN', 'U0EVE'];
    time.now += MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual(['engineers', 'dba']);
    expect(await directory.candidates('dba', ANA, [])).toHaveLength(2);
  });

  test('is believed to be empty after fifteen minutes of the same answer, and not before', async () => {
    const { directory, time } = await emptied();
    for (let minute = 1; minute < 15; minute++) {
      time.now += MINUTE;
      await directory.refresh();
      await expect(directory.groups(person('dan'))).rejects.toThrow(UNKNOWN);
    }
    time.now += MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual(['engineers']);
    expect(await directory.candidates('dba', ANA, [])).toEqual([]);
    time.now += MINUTE;
    await directory.refresh();
    expect(await directory.candidates('dba', ANA, [])).toEqual([]);
  });

  test('is doubted anew when it was filled in between', async () => {
    const { directory, groups, time } = await emptied();
    time.now += 14 * MINUTE;
    groups['S0DBA'] = ['U0DAN'];
    await directory.refresh();
    groups['S0DBA'] = [];
    time.now += MINUTE;
    await directory.refresh();
    await expect(directory.groups(person('dan'))).rejects.toThrow(UNKNOWN);
  });

  test('an outage in which it was not there at all does not count as fifteen minutes of being empty', async () => {
    const { directory, groups, time } = set();
    await directory.refresh();
    delete groups['S0DBA'];
    time.now += MINUTE;
    await directory.refresh();
    time.now += 20 * MINUTE;
    await directory.refresh();
    groups['S0DBA'] = [];
    time.now += MINUTE;
    await directory.refresh();
    await expect(directory.groups(person('dan'))).rejects.toThrow(UNKNOWN);
    time.now += 15 * MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual(['engineers']);
  });

  test('is doubted by all processes, and by one that starts anew', async () => {
    const { make } = await emptied();
    await expect(make({ readonly: true }).groups(person('dan'))).rejects.toThrow(UNKNOWN);
    await expect(make().groups(person('dan'))).rejects.toThrow(UNKNOWN);
  });

  test('is doubted by a process that can only read the note and asks for itself', async () => {
    const { directory } = await emptied({ readonly: true });
    await expect(directory.groups(person('dan'))).rejects.toThrow(UNKNOWN);
  });

  test('a group that was empty from the first is just empty', async () => {
    const { directory, groups } = set();
    groups['S0DBA'] = [];
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual(['engineers']);
  });

  test('a note from before this was kept is still good', async () => {
    const { make, store, state, time } = set();
    state.down = true;
    const usergroups = { S0ENG: ['U0ANA'], S0DBA: [] };
    store.kept.set('directory', { fetchedAt: time.now, usergroups, emails: {}, ids: {} });
    expect(await make().groups(person('ana'))).toEqual(['engineers']);
  });
});

describe('people who come and go', () => {
  test('an approver who has left is left out, and the others are still there', async () => {
    const { directory, users } = set();
    users.set('U0EVE', user('U0EVE', { deactivated: true }));
    expect(await directory.candidates('dba', ANA, [])).toEqual([
      { email: 'dan@corp.example', slackId: 'U0DAN' },
    ]);
    expect(await directory.groups(person('dan'))).toEqual(['engineers', 'dba']);
  });

  test('invariant 4: a group that changes is used as it is, at most five minutes later', async () => {
    const { directory, groups, time, state } = set();
    expect(await directory.groups(person('dan'))).toEqual(['engineers', 'dba']);
    groups['S0DBA'] = ['U0EVE'];
    time.now += 5 * MINUTE;
    expect(await directory.groups(person('dan'))).toEqual(['engineers', 'dba']);
    time.now += 1;
    expect(await directory.groups(person('dan'))).toEqual(['engineers']);
    state.down = true;
    time.now += 6 * MINUTE;
    await expect(directory.groups(person('dan'))).rejects.toThrow('Slack is down');
  });

  test('an address that has changed hands takes no place in a user group with it', async () => {
    const { directory, users, groups } = set();
    groups['S0DBA'] = ['U0DAN'];
    users.set('U0DAN', user('U0DAN', { email: 'daniel@corp.example' }));
    users.set('U0NEW', user('U0NEW', { email: 'dan@corp.example' }));
    expect(await directory.groups({ ...person('dan'), slackId: 'U0NEW' })).toEqual([]);
    expect(await directory.candidates('dba', ANA, [])).toEqual([
      { email: 'daniel@corp.example', slackId: 'U0DAN' },
    ]);
  });
});

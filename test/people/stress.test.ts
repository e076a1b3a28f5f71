import { DBA, ENGINEERS, MINUTE, set, user } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

const person = (name: string) => ({
  email: `${name}@corp.example`,
  account: slackAccount(`U0${name.toUpperCase()}`),
});
const ANA = 'ana@corp.example';

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
    expect((await directory.groups(person('ana'))).unknown).toEqual([DBA]);
    expect((await directory.candidates('dba', ANA, [])).unknown).toEqual([DBA]);
    expect((await directory.candidates('owners', ANA, ['dba'])).unknown).toEqual([DBA]);
  });

  test('does not touch who needs other groups for a stage', async () => {
    const { directory } = await emptied();
    expect((await directory.candidates('manager', ANA, [])).people).toHaveLength(1);
    expect((await directory.candidates('owners', ANA, ['engineers'])).people).toHaveLength(3);
  });

  test('is as it was as soon as Slack says so again', async () => {
    const { directory, groups, time } = await emptied();
    groups['S0DBA'] = ['U0DAN', 'U0EVE'];
    time.now += MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
    expect((await directory.candidates('dba', ANA, [])).people).toHaveLength(2);
  });

  test('is believed to be empty after fifteen minutes of the same answer, and not before', async () => {
    const { directory, time } = await emptied();
    for (let minute = 1; minute < 15; minute++) {
      time.now += MINUTE;
      await directory.refresh();
      expect((await directory.groups(person('dan'))).unknown).toEqual([DBA]);
    }
    time.now += MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers'], unknown: [] });
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([]);
    time.now += MINUTE;
    await directory.refresh();
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([]);
  });

  test('is doubted anew when it was filled in between', async () => {
    const { directory, groups, time } = await emptied();
    time.now += 14 * MINUTE;
    groups['S0DBA'] = ['U0DAN'];
    await directory.refresh();
    groups['S0DBA'] = [];
    time.now += MINUTE;
    await directory.refresh();
    expect((await directory.groups(person('dan'))).unknown).toEqual([DBA]);
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
    expect((await directory.groups(person('dan'))).unknown).toEqual([DBA]);
    time.now += 15 * MINUTE;
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers'], unknown: [] });
  });

  test('is doubted by all processes, and by one that starts anew', async () => {
    const { make } = await emptied();
    expect((await make({ readonly: true }).groups(person('dan'))).unknown).toEqual([DBA]);
    expect((await make().groups(person('dan'))).unknown).toEqual([DBA]);
  });

  test('is doubted by a process that can only read the note and asks for itself', async () => {
    const { directory } = await emptied({ readonly: true });
    expect((await directory.groups(person('dan'))).unknown).toEqual([DBA]);
  });

  test('a group that was empty from the first is just empty', async () => {
    const { directory, groups } = set();
    groups['S0DBA'] = [];
    await directory.refresh();
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers'], unknown: [] });
  });

  test('a note from before this was kept is still good', async () => {
    const { make, store, state, time } = set();
    state.down = true;
    const usergroups = { S0ENG: ['U0ANA'], S0DBA: [] };
    store.kept.set('directory', { fetchedAt: time.now, usergroups, emails: {}, ids: {} });
    expect(await make().groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
  });
});

describe('people who come and go', () => {
  test('an approver who has left is left out, and the others are still there', async () => {
    const { directory, users } = set();
    users.set('U0EVE', user('U0EVE', { deactivated: true }));
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([
      { email: 'dan@corp.example', account: slackAccount('U0DAN') },
    ]);
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
  });

  test('invariant 4: a group that changes is used as it is, at most five minutes later', async () => {
    const { directory, groups, time, state } = set();
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
    groups['S0DBA'] = ['U0EVE'];
    time.now += 5 * MINUTE;
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
    time.now += 1;
    expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers'], unknown: [] });
    state.down = true;
    time.now += 6 * MINUTE;
    expect((await directory.groups(person('dan'))).unknown).toEqual([ENGINEERS, DBA]);
  });

  test('an address that has changed hands takes no place in a user group with it', async () => {
    const { directory, users, groups } = set();
    groups['S0DBA'] = ['U0DAN'];
    users.set('U0DAN', user('U0DAN', { email: 'daniel@corp.example' }));
    users.set('U0NEW', user('U0NEW', { email: 'dan@corp.example' }));
    expect(await directory.groups({ ...person('dan'), account: slackAccount('U0NEW') })).toEqual({
      groups: [],
      unknown: [],
    });
    expect((await directory.candidates('dba', ANA, [])).people).toEqual([
      { email: 'daniel@corp.example', account: slackAccount('U0DAN') },
    ]);
  });
});

import { config, MINUTE, set } from './support.js';

const person = (name: string) => ({
  email: `${name}@corp.example`,
  slackId: `U0${name.toUpperCase()}`,
  team: 'T0CORP',
});

test('invariant 4: groups that cannot be known are thrown', async () => {
  const { directory, state } = set();
  state.down = true;
  await expect(directory.groups(person('ana'))).rejects.toThrow('Slack is down');
});

test('invariant 4: facts older than five minutes are not used when Slack fails, younger ones are', async () => {
  const { directory, state, time } = set();
  await directory.refresh();
  state.down = true;
  time.now += 5 * MINUTE;
  expect(await directory.groups(person('ana'))).toEqual(['engineers']);
  time.now += 1;
  await expect(directory.groups(person('ana'))).rejects.toThrow('Slack is down');
});

test('invariant 4: facts that seem to come from the future are not used', async () => {
  const { directory, state, time } = set();
  await directory.refresh();
  state.down = true;
  time.now -= 5 * MINUTE + 1;
  await expect(directory.groups(person('ana'))).rejects.toThrow('Slack is down');
});

test('invariant 4: a user group that Slack does not know is not an empty one', async () => {
  const { directory, groups, time } = set();
  groups['S0DBA'] = [];
  expect(await directory.groups(person('dan'))).toEqual(['engineers']);
  delete groups['S0DBA'];
  time.now += 6 * MINUTE;
  await expect(directory.groups(person('ana'))).rejects.toThrow('no user group S0DBA');
});

test('invariant 4: an empty answer makes every group unknown', async () => {
  const { directory, groups } = set();
  for (const id of Object.keys(groups)) delete groups[id];
  await expect(directory.groups(person('ana'))).rejects.toThrow('no user group S0ENG');
});

test('invariant 4: a note that is not whole counts as none', async () => {
  const { make, store, state, time } = set();
  state.down = true;
  for (const usergroups of [{ S0ENG: 'U0ANA', S0DBA: [] }, [], null]) {
    store.kept.set('directory', { fetchedAt: time.now, usergroups, emails: {}, ids: {} });
    await expect(make().groups(person('ana'))).rejects.toThrow('Slack is down');
  }
});

test('user groups go by Slack id, lists by address whatever its case', async () => {
  const { directory } = set();
  expect(await directory.groups(person('dan'))).toEqual(['engineers', 'dba']);
  expect(await directory.groups(person('sam'))).toEqual(['security']);
  expect(await directory.groups({ ...person('dan'), slackId: 'U0NEW' })).toEqual([]);
  expect(await directory.groups({ ...person('sam'), email: 'other@corp.example' })).toEqual([]);
});

test('lists need no Slack', async () => {
  const { directory, state } = set(
    config({ groups: { security: { members: ['sam@corp.example'] } }, stages: [] }),
  );
  state.down = true;
  expect(await directory.groups(person('sam'))).toEqual(['security']);
});

test('one answer serves all processes through the store, and a reader asks for itself when it is old', async () => {
  const { directory, make, asked, time, groups } = set();
  const reader = make({ readonly: true });
  await directory.refresh();
  expect(await reader.groups(person('ana'))).toEqual(['engineers']);
  expect(asked.usergroups).toBe(1);
  groups['S0DBA'] = ['U0ANA'];
  time.now += MINUTE;
  await directory.refresh();
  expect(await reader.groups(person('ana'))).toEqual(['engineers', 'dba']);
  expect(asked.usergroups).toBe(2);
  time.now += 6 * MINUTE;
  await reader.groups(person('ana'));
  await reader.groups(person('ana'));
  expect(asked.usergroups).toBe(3);
});

test('callers at the same time share one question', async () => {
  const { directory, asked } = set();
  await Promise.all([directory.groups(person('ana')), directory.groups(person('bob')), directory.refresh()]);
  expect(asked.usergroups).toBe(1);
});

test('a failed question is asked again by the next caller', async () => {
  const { directory, state } = set();
  state.down = true;
  await expect(directory.refresh()).rejects.toThrow('Slack is down');
  state.down = false;
  expect(await directory.groups(person('ana'))).toEqual(['engineers']);
});

test('only the groups that directory.yml names are kept, and a newly named one is asked for at once', async () => {
  const { directory, groups, store, more, asked } = set();
  groups['S0HUGE'] = Array.from({ length: 1000 }, (_, n) => `U${n}`);
  await directory.refresh();
  expect(Object.keys(store.kept.get('directory')?.['usergroups'] ?? {})).toEqual(['S0ENG', 'S0DBA']);
  more.settings = config({ groups: { all: { usergroup: 'S0HUGE' } }, stages: [] });
  expect(await directory.groups({ ...person('ana'), slackId: 'U7' })).toEqual(['all']);
  expect(asked.usergroups).toBe(2);
});

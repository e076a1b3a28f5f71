import { config, DBA, ENGINEERS, MINUTE, set, slackGroup } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

const person = (name: string) => ({
  email: `${name}@corp.example`,
  account: slackAccount(`U0${name.toUpperCase()}`),
});

test('invariant 4: groups that cannot be known are unknown, and nobody is in them', async () => {
  const { directory, state } = set();
  state.down = true;
  expect((await directory.groups(person('ana'))).unknown).toEqual([ENGINEERS, DBA]);
});

test('invariant 4: facts older than five minutes are not used when Slack fails, younger ones are', async () => {
  const { directory, state, time } = set();
  await directory.refresh();
  state.down = true;
  time.now += 5 * MINUTE;
  expect(await directory.groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
  time.now += 1;
  expect((await directory.groups(person('ana'))).unknown).toEqual([ENGINEERS, DBA]);
});

test('invariant 4: facts that seem to come from the future are not used', async () => {
  const { directory, state, time } = set();
  await directory.refresh();
  state.down = true;
  time.now -= 5 * MINUTE + 1;
  expect((await directory.groups(person('ana'))).unknown).toEqual([ENGINEERS, DBA]);
});

test('invariant 4: a user group that Slack does not know is not an empty one', async () => {
  const { directory, groups, time } = set();
  groups['S0DBA'] = [];
  expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers'], unknown: [] });
  delete groups['S0DBA'];
  time.now += 6 * MINUTE;
  expect((await directory.groups(person('ana'))).unknown).toEqual([slackGroup('dba', 'S0DBA', true)]);
});

test('invariant 4: an empty answer makes every group unknown', async () => {
  const { directory, groups } = set();
  for (const id of Object.keys(groups)) delete groups[id];
  expect((await directory.groups(person('ana'))).unknown).toEqual([
    slackGroup('engineers', 'S0ENG', true),
    slackGroup('dba', 'S0DBA', true),
  ]);
});

test('invariant 4: a note that is not whole counts as none', async () => {
  const { make, store, state, time } = set();
  state.down = true;
  for (const usergroups of [{ S0ENG: 'U0ANA', S0DBA: [] }, [], null]) {
    store.kept.set('directory', { fetchedAt: time.now, usergroups, emails: {}, ids: {} });
    expect((await make().groups(person('ana'))).unknown).toEqual([ENGINEERS, DBA]);
  }
});

test('user groups go by Slack id, lists by address whatever its case', async () => {
  const { directory } = set();
  expect(await directory.groups(person('dan'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
  expect(await directory.groups(person('sam'))).toEqual({ groups: ['security'], unknown: [] });
  expect(await directory.groups({ ...person('dan'), account: slackAccount('U0NEW') })).toEqual({
    groups: [],
    unknown: [],
  });
  expect(await directory.groups({ ...person('sam'), email: 'other@corp.example' })).toEqual({
    groups: [],
    unknown: [],
  });
});

test('lists need no Slack', async () => {
  const { directory, state } = set(
    config({ groups: { security: { members: ['sam@corp.example'] } }, stages: [] }),
  );
  state.down = true;
  expect(await directory.groups(person('sam'))).toEqual({ groups: ['security'], unknown: [] });
});

test('one answer serves all processes through the store, and a reader asks for itself when it is old', async () => {
  const { directory, make, asked, time, groups } = set();
  const reader = make({ readonly: true });
  await directory.refresh();
  expect(await reader.groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
  expect(asked.usergroups).toBe(1);
  groups['S0DBA'] = ['U0ANA'];
  time.now += MINUTE;
  await directory.refresh();
  expect(await reader.groups(person('ana'))).toEqual({ groups: ['engineers', 'dba'], unknown: [] });
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
  expect(await directory.groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
});

test('only the groups that directory.yml names are kept, and a newly named one is asked for at once', async () => {
  const { directory, groups, store, more, asked } = set();
  groups['S0HUGE'] = Array.from({ length: 1000 }, (_, n) => `U${n}`);
  await directory.refresh();
  expect(Object.keys(store.kept.get('directory')?.['usergroups'] ?? {})).toEqual(['S0ENG', 'S0DBA']);
  more.settings = config({ groups: { all: { source: 'slack', id: 'S0HUGE' } }, stages: [] });
  expect(await directory.groups({ ...person('ana'), account: slackAccount('U7') })).toEqual({
    groups: ['all'],
    unknown: [],
  });
  expect(asked.usergroups).toBe(2);
});

describe('invariant 16: a lost group leaves the others as they are', () => {
  test('lists are known while Slack gives nothing', async () => {
    const { directory, state } = set();
    state.down = true;
    expect(await directory.groups(person('sam'))).toEqual({
      groups: ['security'],
      unknown: [ENGINEERS, DBA],
    });
  });

  test('and so are the other groups of Slack', async () => {
    const { directory, groups } = set();
    delete groups['S0DBA'];
    expect(await directory.groups(person('dan'))).toEqual({
      groups: ['engineers'],
      unknown: [slackGroup('dba', 'S0DBA', true)],
    });
  });

  test('a group that directory.yml has just named does not take the known ones with it', async () => {
    const { directory, more, state } = set();
    await directory.refresh();
    more.settings = config({
      groups: { ...more.settings.groups, auditors: { source: 'slack', id: 'S0AUD' } },
    });
    state.down = true;
    expect(await directory.groups(person('dan'))).toEqual({
      groups: ['engineers', 'dba'],
      unknown: [slackGroup('auditors', 'S0AUD')],
    });
  });

  test('is read once for all that is asked at the same moment, and not for what is asked later', async () => {
    const { directory, store, time } = set();
    await directory.refresh();
    const { note } = store;
    let reads = 0;
    store.note = (name) => {
      reads += 1;
      return note(name);
    };
    const many = Array.from({ length: 40 }, () => directory.groups(person('ana')));
    for (const { groups } of await Promise.all(many)) expect(groups).toEqual(['engineers']);
    expect(reads).toBe(1);
    // Another process has learned since that nobody is.
    const kept = store.kept.get('directory')!;
    store.kept.set('directory', { ...kept, fetchedAt: ++time.now, usergroups: { S0ENG: [], S0DBA: [] } });
    expect((await directory.groups(person('ana'))).groups).toEqual([]);
    expect(reads).toBe(2);
    // One that hangs holds up nobody who asks later.
    const hangs = directory.groups(person('ana'));
    store.note = (name) => (reads++ === 2 ? new Promise(() => undefined) : note(name));
    void hangs;
    await Promise.resolve();
    expect((await directory.groups(person('ana'))).groups).toEqual([]);
  });

  test('a note that cannot be read, or written, does not cost the groups', async () => {
    const { directory, store, time, faults } = set();
    store.saveNote = () => Promise.reject(new Error('throttled'));
    expect(await directory.groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
    store.note = () => Promise.reject(new Error('throttled'));
    time.now += MINUTE;
    expect(await directory.groups(person('ana'))).toEqual({ groups: ['engineers'], unknown: [] });
    expect(faults).toContain('could not read what is kept about groups');
  });
});

describe('the status names what is lost, and since when', () => {
  test('nothing while all is known, nor before anybody has asked', async () => {
    const { directory } = set();
    expect(directory.status()).toEqual({ lost: [] });
    await directory.refresh();
    expect(directory.status()).toEqual({ lost: [] });
  });

  test('a group that Slack no longer has, since the first answer without it; said once', async () => {
    const { directory, groups, time, faults } = set();
    await directory.refresh();
    delete groups['S0DBA'];
    time.now += MINUTE;
    const since = time.now;
    for (let minute = 0; minute < 3; minute++) {
      await directory.refresh();
      time.now += MINUTE;
    }
    expect(directory.status()).toEqual({ lost: [{ ...slackGroup('dba', 'S0DBA', true), since }] });
    const dba = faults.filter((what) => what.includes('S0DBA'));
    expect(dba).toEqual([
      'the Slack group S0DBA (dba) cannot be looked up: Slack has no such group, or it is disabled',
    ]);
    groups['S0DBA'] = ['U0DAN'];
    await directory.refresh();
    expect(directory.status()).toEqual({ lost: [] });
  });

  test('all of Slack’s groups, since the last answer is too old', async () => {
    const { directory, state, time } = set();
    await directory.refresh();
    const since = time.now + 5 * MINUTE;
    state.down = true;
    time.now += 5 * MINUTE;
    await expect(directory.refresh()).rejects.toThrow('Slack is down');
    expect(directory.status()).toEqual({ lost: [] });
    time.now += 1;
    expect(directory.status()).toEqual({
      lost: [
        { ...ENGINEERS, since },
        { ...DBA, since },
      ],
    });
  });

  test('all of them, since the first failure where there never was an answer', async () => {
    const { directory, state, time } = set();
    state.down = true;
    const since = time.now;
    await directory.groups(person('ana'));
    time.now += MINUTE;
    await directory.groups(person('ana'));
    expect(directory.status().lost).toEqual([
      { ...ENGINEERS, since },
      { ...DBA, since },
    ]);
  });
});

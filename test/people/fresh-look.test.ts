import { config, emails, HOUR, MINUTE, set, slackGroup } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

const lookAt = (s: ReturnType<typeof set>) => s.time.now - 2 * MINUTE;

describe('who is there now, by a look that has just been taken', () => {
  test('is asked anew: an older look does not count', async () => {
    const s = set();
    await s.directory.candidates('dba', 'ana@corp.example', []);
    const before = s.asked.usergroups;
    s.time.now += 3 * MINUTE;
    await s.directory.candidates('dba', 'ana@corp.example', []);
    expect(s.asked.usergroups).toBe(before);
    s.groups['S0DBA'] = ['U0EVE'];
    const { people, unknown } = await s.directory.candidates('dba', 'ana@corp.example', [], lookAt(s));
    expect([emails(people), unknown]).toEqual([['eve@corp.example'], []]);
    expect(s.asked.usergroups).toBe(before + 1);
  });

  test('somebody who has left since is not there, of a group and of a list', async () => {
    const s = set();
    await s.directory.candidates('dba', 'ana@corp.example', []);
    await s.directory.candidates('manager', 'ana@corp.example', []);
    s.time.now += 5 * MINUTE;
    Object.assign(s.users.get('U0DAN')!, { deactivated: true });
    s.users.delete('U0BOB');
    const dba = await s.directory.candidates('dba', 'ana@corp.example', [], lookAt(s));
    const manager = await s.directory.candidates('manager', 'ana@corp.example', [], lookAt(s));
    expect([emails(dba.people), dba.unknown]).toEqual([['eve@corp.example'], []]);
    expect([emails(manager.people), manager.unknown]).toEqual([[], []]);
    // Whoever only wants to mention them has the address that directory.yml gives.
    const listed = await s.directory.candidates('manager', 'ana@corp.example', []);
    expect(emails(listed.people)).toEqual(['bob@corp.example']);
  });

  test('invariant 4: a look that fails finds nobody gone, of a group and of a list', async () => {
    const s = set();
    await s.directory.candidates('dba', 'ana@corp.example', []);
    await s.directory.candidates('manager', 'ana@corp.example', []);
    s.time.now += 3 * MINUTE;
    s.state.down = true;
    for (const stage of ['dba', 'security', 'manager']) {
      const { unknown } = await s.directory.candidates(stage, 'ana@corp.example', [], lookAt(s));
      expect([stage, unknown.length > 0]).toEqual([stage, true]);
    }
    const { unknown } = await s.directory.members(['dba'], lookAt(s));
    expect(unknown).toEqual([slackGroup('dba', 'S0DBA')]);
  });

  test('invariant 4: nor one in which a person could not be asked about', async () => {
    const s = set();
    s.state.busy = true;
    const { unknown } = await s.directory.candidates('dba', 'ana@corp.example', [], lookAt(s));
    expect(unknown).toHaveLength(1);
  });

  test('looks that follow within two minutes ask nobody again', async () => {
    const s = set();
    await s.directory.members(['dba', 'security'], lookAt(s));
    const asked = structuredClone(s.asked);
    s.time.now += MINUTE;
    await s.directory.members(['dba', 'security'], lookAt(s));
    expect(s.asked).toEqual(asked);
  });
});

describe('the members of groups', () => {
  test('are those of all of them, each once; a group that there is not is unknown', async () => {
    const s = set(config({ groups: { ...config().groups, dan: { members: ['dan@corp.example'] } } }));
    const { people, unknown } = await s.directory.members(['dba', 'dan', 'choir']);
    expect(emails(people)).toEqual(['dan@corp.example', 'eve@corp.example']);
    expect(unknown).toMatchObject([{ name: 'choir', lasting: true }]);
  });

  test('of escalations, stand-ins and the fallback are asked ahead of need', async () => {
    const stages = [{ name: 'manager', kind: 'manager' as const, escalate: { after: HOUR, to: 'dba' } }];
    const s = set(config({ stages, fallback: { group: 'security', channel: 'C0LAST' } }));
    await s.directory.refresh();
    expect([s.asked.user.sort(), s.asked.byEmail.sort()]).toEqual([
      ['U0DAN', 'U0EVE'],
      ['kim@corp.example', 'sam@corp.example'],
    ]);
  });
});

describe('when somebody is at rest', () => {
  const bob = slackAccount('U0BOB', 'T0CORP');

  test('is asked once an hour', async () => {
    const s = set();
    s.rests['U0BOB'] = { timezone: 'Asia/Tokyo', quietUntil: s.time.now + HOUR };
    expect(await s.directory.rest(bob)).toEqual(s.rests['U0BOB']);
    s.time.now += 59 * MINUTE;
    await s.directory.rest(bob);
    expect(s.asked.rest).toEqual(['U0BOB']);
    s.time.now += MINUTE;
    await s.directory.rest(bob);
    expect(s.asked.rest).toEqual(['U0BOB', 'U0BOB']);
  });

  test('may not be known, and that is no fault', async () => {
    const s = set();
    expect(await s.directory.rest(bob)).toBeUndefined();
    expect(s.faults).toEqual([]);
  });

  test('a source that gives no answer is not asked about everybody in turn', async () => {
    const s = set();
    s.state.down = true;
    for (const id of ['U0BOB', 'U0DAN', 'U0EVE'])
      expect(await s.directory.rest(slackAccount(id, 'T0CORP'))).toBeUndefined();
    expect(s.asked.rest).toEqual(['U0BOB']);
    expect(s.faults).toHaveLength(1);
    s.state.down = false;
    s.rests['U0DAN'] = { timezone: 'Asia/Tokyo' };
    s.time.now += 5 * MINUTE;
    expect(await s.directory.rest(slackAccount('U0DAN', 'T0CORP'))).toEqual({ timezone: 'Asia/Tokyo' });
  });
});

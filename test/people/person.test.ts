import { HOUR, MINUTE, set, user } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

const ANA = { provider: 'slack', id: 'U0ANA', tenant: 'T0CORP' };

test.each([
  ['another workspace’s, though with our id', { tenants: ['T0OTHER'] }, 'other-workspace'],
  ['a stranger in a shared channel', { kind: 'stranger' as const }, 'other-workspace'],
  ['a guest', { kind: 'guest' as const }, 'guest'],
  ['a bot', { kind: 'bot' as const }, 'bot'],
  ['deactivated', { deactivated: true }, 'deactivated'],
])('invariant 8: somebody who is %s is refused', async (_, flags, code) => {
  const { directory, users } = set();
  users.set('U0ANA', user('U0ANA', flags));
  expect(await directory.person(ANA)).toEqual({ refusal: { code } });
});

test.each([
  ['a member of the served workspace, clicking in a sister of it', {}, 'T0SALES'],
  ['at home in a sister workspace of the Grid', { tenants: ['T0SALES', 'T0CORP'] }, 'T0SALES'],
  ['of a Grid that names no home', { tenants: ['T0CORP', 'T0SALES'] }, undefined],
])('invariant 8: somebody who is %s is let in, of the served workspace', async (_, flags, team) => {
  const { directory, users } = set();
  users.set('U0ANA', user('U0ANA', flags));
  expect(await directory.person({ provider: 'slack', id: 'U0ANA', tenant: team })).toEqual({
    person: { email: 'ana@corp.example', account: slackAccount('U0ANA') },
  });
});

test.each([
  ['of another company, whom Slack does not call a stranger', { tenants: ['T0PARTNER'] }, 'other-workspace'],
  ['of a sister workspace only', { tenants: ['T0SALES', 'T0LEGAL'] }, 'other-workspace'],
  ['a stranger, whatever else Slack names', { kind: 'stranger' as const }, 'other-workspace'],
  ['of no workspace that Slack names', { tenants: [] }, 'unknown-workspace'],
  ['a guest of a sister workspace', { tenants: ['T0SALES', 'T0CORP'], kind: 'guest' as const }, 'guest'],
  ['of an address that is not confirmed', { unconfirmed: true as const }, 'unconfirmed-email'],
])('invariant 8: somebody who is %s is refused, though the payload names us', async (_, flags, code) => {
  const { directory, users } = set();
  users.set('U0ANA', user('U0ANA', flags));
  expect(await directory.person(ANA)).toEqual({ refusal: { code } });
});

test.each(['no e-mail address', 'nobody by that id'])('invariant 8: %s', async (what) => {
  const { directory, users } = set();
  const { email: _, ...nameless } = user('U0ANA');
  if (what === 'no e-mail address') users.set('U0ANA', nameless);
  else users.delete('U0ANA');
  const code = what === 'no e-mail address' ? 'no-email' : 'unknown-person';
  expect(await directory.person(ANA)).toEqual({ refusal: { code } });
});

test('invariant 4: when Slack does not answer, nobody is let in, and the reason is reported', async () => {
  const { directory, state, faults } = set();
  state.down = true;
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'directory-unavailable' } });
  expect(faults).toEqual(['could not look up U0ANA']);
});

test('a full member is let in, and is asked for again after half a minute', async () => {
  const { directory, users, asked, time } = set();
  const ana = { person: { email: 'ana@corp.example', account: slackAccount('U0ANA') } };
  expect(await directory.person(ANA)).toEqual(ana);
  users.set('U0ANA', user('U0ANA', { deactivated: true }));
  time.now += 30_000;
  expect(await directory.person(ANA)).toEqual(ana);
  time.now += 1;
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'deactivated' } });
  expect(asked.user).toHaveLength(2);
});

test('with their title where Slack has one', async () => {
  const { directory, users } = set();
  users.set('U0ANA', user('U0ANA', { title: 'Engineer' }));
  expect(await directory.person(ANA)).toMatchObject({
    person: { email: 'ana@corp.example' },
    title: 'Engineer',
  });
  expect(await directory.person({ ...ANA, id: 'U0BOB' })).not.toHaveProperty('title');
});

describe('how often Slack is asked', () => {
  test('invariant 16: at the same moment once, and of a guest once a minute', async () => {
    const { directory, users, asked, time } = set();
    users.set('U0ANA', user('U0ANA', { kind: 'guest' }));
    const guest = { refusal: { code: 'guest' } };
    const flood = () => Promise.all(Array.from({ length: 100 }, () => directory.person(ANA)));
    expect(new Set((await flood()).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(guest)]),
    );
    time.now += 60_000;
    await flood();
    expect(asked.user).toHaveLength(1);
    time.now += 1;
    users.set('U0ANA', user('U0ANA'));
    expect(await directory.person(ANA)).toMatchObject({ person: { account: { id: 'U0ANA' } } });
    expect(asked.user).toHaveLength(2);
  });

  test('invariant 16: while Slack refuses to be asked, whoever was seen in the last five minutes is known', async () => {
    const { directory, state, time } = set();
    await directory.person(ANA);
    state.busy = true;
    time.now += 5 * MINUTE;
    expect(await directory.person(ANA)).toMatchObject({ person: { email: 'ana@corp.example' } });
    expect(await directory.person({ provider: 'slack', id: 'U0BOB' })).toEqual({
      refusal: { code: 'directory-unavailable' },
    });
    time.now += 1;
    expect(await directory.person(ANA)).toEqual({ refusal: { code: 'directory-unavailable' } });
  });

  test('invariant 4: a Slack that fails in another way is not taken for one that is busy', async () => {
    const { directory, state, time } = set();
    await directory.person(ANA);
    state.down = true;
    time.now += MINUTE;
    expect(await directory.person(ANA)).toEqual({ refusal: { code: 'directory-unavailable' } });
  });
});

describe('who ends access', () => {
  const requester = { email: 'ana.was@corp.example', account: slackAccount('U0ANA') };
  const SAM = { provider: 'slack', id: 'U0SAM' };

  test('invariant 16: the requester is known by the account, without a question', async () => {
    const { directory, state, asked } = set();
    state.down = true;
    expect(
      await directory.personEnding({ provider: 'slack', id: 'U0ANA', tenant: 'T0SALES' }, requester),
    ).toEqual({
      person: requester,
    });
    expect(asked.user).toEqual([]);
  });

  test('invariant 8: an account of that id under another workspace’s record is asked about', async () => {
    const { directory, asked } = set();
    const elsewhere = { ...requester, account: { ...requester.account, tenant: 'T0ELSE' } };
    expect(await directory.personEnding(ANA, elsewhere)).toEqual({
      person: { email: 'ana@corp.example', account: slackAccount('U0ANA') },
    });
    expect(asked.user).toEqual(['U0ANA']);
  });

  test.each(['busy', 'down'] as const)(
    'invariant 16: while Slack is %s, others are known by the address of the last hour: a member of a list, and of a group',
    async (how) => {
      const { directory, state, time } = set();
      await directory.refresh();
      state[how] = true;
      time.now += HOUR;
      for (const [slackId, email] of [
        ['U0SAM', 'sam@corp.example'],
        ['U0EVE', 'eve@corp.example'],
      ] as const)
        expect(await directory.personEnding({ provider: 'slack', id: slackId }, requester)).toEqual({
          person: { email, account: slackAccount(slackId) },
        });
      const unknown = { refusal: { code: 'directory-unavailable' } };
      expect(await directory.personEnding({ provider: 'slack', id: 'U0BOB' }, requester)).toEqual(unknown);
      time.now += 1;
      expect(await directory.personEnding(SAM, requester)).toEqual(unknown);
    },
  );

  test('invariant 4: whom Slack has refused, or the note knows to be unfit, no list lets in', async () => {
    const { directory, state, users } = set();
    users.set('U0EVE', user('U0EVE', { deactivated: true }));
    users.set('U0SAM', user('U0SAM', { kind: 'guest' }));
    await directory.refresh();
    expect(await directory.personEnding(SAM, requester)).toEqual({ refusal: { code: 'guest' } });
    state.busy = true;
    expect(await directory.personEnding(SAM, requester)).toEqual({ refusal: { code: 'guest' } });
    expect(await directory.personEnding({ provider: 'slack', id: 'U0EVE' }, requester)).toEqual({
      refusal: { code: 'directory-unavailable' },
    });
  });

  test('invariant 8: an address in a list that is a guest’s, or another company’s, is nobody’s to mention', async () => {
    const { directory, users } = set();
    users.set('U0SAM', user('U0SAM', { tenants: ['T0PARTNER'] }));
    expect((await directory.candidates('security', 'ana@corp.example', [])).people).toEqual([
      { email: 'sam@corp.example' },
      { email: 'kim@corp.example' },
    ]);
  });
});

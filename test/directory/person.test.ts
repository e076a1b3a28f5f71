import { set, user } from './support.js';

const ANA = { slackId: 'U0ANA', team: 'T0CORP' };

test.each([
  ['another workspace’s, though with our id', { team: 'T0OTHER' }, 'other-workspace'],
  ['a stranger in a shared channel', { kind: 'stranger' as const }, 'other-workspace'],
  ['a guest', { kind: 'guest' as const }, 'guest'],
  ['a bot', { kind: 'bot' as const }, 'bot'],
  ['deactivated', { deactivated: true }, 'deactivated'],
])('invariant 8: somebody who is %s is refused', async (_, flags, code) => {
  const { directory, users } = set();
  users.set('U0ANA', user('U0ANA', flags));
  expect(await directory.person(ANA)).toEqual({ refusal: { code } });
});

test('invariant 8: an actor of another workspace is refused without a question to Slack', async () => {
  const { directory, asked } = set();
  expect(await directory.person({ ...ANA, team: 'T0OTHER' })).toEqual({
    refusal: { code: 'other-workspace' },
  });
  expect(asked.user).toEqual([]);
});

test('somebody without an e-mail address, and somebody whom Slack does not know, are refused', async () => {
  const { directory, users } = set();
  const { email: _, ...nameless } = user('U0ANA');
  users.set('U0ANA', nameless);
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'no-email' } });
  users.delete('U0ANA');
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'unknown-person' } });
});

test('invariant 4: when Slack does not answer, nobody is let in, and the reason is reported', async () => {
  const { directory, state, faults } = set();
  state.down = true;
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'directory-unavailable' } });
  expect(faults).toEqual(['could not look up U0ANA']);
});

test('a full member is let in, and is asked for each time', async () => {
  const { directory, users } = set();
  expect(await directory.person(ANA)).toEqual({
    person: { email: 'ana@corp.example', slackId: 'U0ANA', team: 'T0CORP' },
  });
  users.set('U0ANA', user('U0ANA', { deactivated: true }));
  expect(await directory.person(ANA)).toEqual({ refusal: { code: 'deactivated' } });
});

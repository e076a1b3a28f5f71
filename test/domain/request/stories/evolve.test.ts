import { evolve } from '../../../../src/domain/request/stories/index.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { State } from '../../../../src/domain/request/state.js';
import { replay } from '../../../support/given.js';
import {
  active,
  ana,
  approval,
  approved,
  asked,
  attempted,
  attempting,
  bob,
  chain,
  checked,
  closed,
  closedAs,
  complete,
  ending,
  grant,
  HOUR,
  kim,
  lease,
  min,
  MINUTE,
  newRuling,
  pending,
  proof,
  provisioned,
  ruling,
  sam,
  started,
  submitted,
  T0,
  vote,
  voted,
} from '../../../support/requests.js';

const from = (type: Event['type'], over: object = {}): Event =>
  ({ type, at: min(9), by: 'jit', ...over }) as Event;
const full = { ...asked, requestedAt: T0, chain: chain('manager'), ruling };
const refused = from('RequestRefused', { asked: full, reason: { code: 'changed' } });
const announced = from('EndAnnounced');
const minted = from('CredentialsMinted', { accessKeyId: 'ASIA1', expiresAt: min(65) });

const histories: Record<string, Event[]> = {
  nothing: [],
  pending: pending('manager'),
  approved: attempting,
  active,
  ending,
  closed,
  denied: [refused],
};
/** Which events may follow which histories; all the others are impossible. */
const follows: [Event, string[]][] = [
  [submitted('manager'), ['nothing']],
  [refused, ['nothing']],
  [checked, ['pending']],
  [voted(bob, 'manager'), ['pending']],
  [from('DurationShortened', { by: bob, from: HOUR, to: MINUTE, stage: 'manager' }), ['pending']],
  [from('QuestionAsked', { by: bob, stage: 'manager', text: 'why?' }), ['pending']],
  [from('QuestionAnswered', { by: ana, question: 1, text: 'so' }), ['pending']],
  [from('VotesVoided', { people: [bob.email], why: 'gone' }), ['pending']],
  [from('ChainChanged', { chain: chain('security'), ruling }), ['pending']],
  [approval, ['pending']],
  [from('RequestDenied', { reason: { code: 'changed' } }), ['pending']],
  [from('RequestCancelled'), ['pending']],
  [from('RequestLapsed'), ['pending']],
  [attempted, ['approved']],
  [provisioned, ['approved']],
  [announced, ['active']],
  [from('MintRequested', { waiting: 'V1' }), ['active']],
  [from('MintAttempted'), ['active']],
  [minted, ['approved', 'active', 'ending', 'closed', 'denied']],
  [started('expired'), ['approved', 'active']],
  [closedAs('expired'), ['ending']],
  [from('CleanedUp'), ['closed']],
];

const pairs = follows.flatMap(([event, after]) =>
  Object.entries(histories).map(([name, history]) => ({
    type: event.type,
    name,
    possible: after.includes(name),
    next: () => evolve(replay(history), event),
  })),
);

test.each(pairs.filter(({ possible }) => possible))('$type may follow $name', ({ next }) => {
  expect(next).not.toThrow();
});

test.each(pairs.filter(({ possible }) => !possible))('$type can never follow $name', ({ type, next }) => {
  expect(next).toThrow(`impossible history: ${type} after`);
});

test('a fault names the event and what it cannot follow', () => {
  expect(() => evolve(undefined, approval)).toThrow('impossible history: RequestApproved after nothing');
  expect(() => evolve(replay(active), approval)).toThrow('impossible history: RequestApproved after active');
});

const leads = (history: Event[], ...more: Event[]): State => replay([...history, ...more])!;

test('a request begins pending, unchecked and without votes', () => {
  expect(leads([submitted('manager')])).toStrictEqual({
    ...full,
    status: 'pending',
    checked: false,
    revision: 0,
    votes: [],
  });
});

test('a request that is refused at once begins closed, with the reason', () => {
  expect(leads([refused])).toStrictEqual({
    ...full,
    status: 'closed',
    outcome: 'denied',
    closedAt: min(9),
    reason: { code: 'changed' },
    revision: 0,
    votes: [],
  });
});

test('votes add up in order, and those that are void fall away', () => {
  const votes = [voted(bob, 'manager'), voted(sam, 'security'), voted(kim, 'security')];
  expect(leads(pending('manager, 2 of security'), ...votes).votes).toStrictEqual([
    vote(bob, 'manager'),
    vote(sam, 'security'),
    vote(kim, 'security'),
  ]);
  const gone = from('VotesVoided', { people: [bob.email, kim.email], why: 'left' });
  expect(leads(pending('manager, 2 of security'), ...votes, gone).votes).toStrictEqual([
    vote(sam, 'security'),
  ]);
});

test('a changed chain keeps the votes and makes older cards stale', () => {
  const changed = from('ChainChanged', { chain: chain('manager, security'), ruling: newRuling });
  expect(leads(complete, changed)).toMatchObject({
    revision: 1,
    chain: chain('manager, security'),
    ruling: newRuling,
    votes: [vote(bob, 'manager')],
  });
});

test('an approval brings the lease and the newest ruling, and nothing can land before it', () => {
  expect(leads(complete, { ...approval, ruling: newRuling } as Event)).toStrictEqual({
    ...full,
    votes: [vote(bob, 'manager')],
    revision: 0,
    status: 'approved',
    approvedAt: min(5),
    lease,
    ruling: newRuling,
    settledBy: min(5),
  });
});

test('invariant 5: an attempt that is recorded late never shortens the wait for calls that may land', () => {
  expect(leads(attempting, { ...attempted, until: min(1) } as Event)).toMatchObject({ settledBy: min(6) });
  expect(leads(attempting, { ...attempted, until: min(8) } as Event)).toMatchObject({ settledBy: min(8) });
});

test('active access knows its receipt, its warning and its mints', () => {
  expect(leads(active)).toMatchObject({
    status: 'active',
    activeAt: min(6),
    receipt: { policy: 'jit-r1' },
    warned: false,
    mints: 0,
    settledBy: min(6),
  });
  expect(leads(active, announced, minted, minted)).toMatchObject({ warned: true, mints: 2 });
});

test('what ends carries only what an end needs: cause, person, reason, and until when a call may land', () => {
  const reason = { code: 'taken-back', text: 'wrong database' };
  const { checked: _, ...asks } = leads(complete) as Extract<State, { status: 'pending' }>;
  expect(leads(active, { ...started('revoked'), by: bob, reason } as Event)).toStrictEqual({
    ...asks,
    approvedAt: min(5),
    lease,
    settledBy: min(6),
    status: 'ending',
    cause: 'revoked',
    endingAt: min(65),
    by: bob,
    reason,
  });
  expect(leads(approved, started('failed'))).not.toHaveProperty('by');
});

test('what is closed keeps votes, lease and proof, and knows how it ended', () => {
  const { checked: _, ...asks } = leads(complete) as Extract<State, { status: 'pending' }>;
  expect(leads(closed)).toStrictEqual({
    ...asks,
    lease,
    status: 'closed',
    outcome: 'expired',
    closedAt: min(70),
    proof,
  });
  expect(leads(closed, minted, from('CleanedUp'))).toStrictEqual(leads(closed));
});

test.each([
  [from('RequestDenied', { by: bob, reason: { code: 'changed' } }), 'denied'],
  [from('RequestCancelled', { by: ana }), 'cancelled'],
  [from('RequestLapsed'), 'lapsed'],
])('what closes without access says how, and by whom if by a person: $type', (event, outcome) => {
  const state = leads(pending('manager'), event);
  expect(state).toMatchObject({ status: 'closed', outcome, closedAt: min(9), grant });
  expect(state).not.toHaveProperty('checked');
  expect('by' in state && state.by).toStrictEqual(event.by === 'jit' ? false : event.by);
});

test.each(['Extended', 'constructor', '__proto__'])(
  'an event of no known type, %j, follows nothing',
  (type) => {
    for (const history of Object.values(histories))
      expect(() => evolve(replay(history), { ...announced, type } as never)).toThrow('impossible history');
  },
);

import { decide, evolve } from '../../../../src/domain/request/stories/index.js';
import type { Person } from '../../../../src/domain/person.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { State } from '../../../../src/domain/request/state.js';
import {
  allowed,
  ana,
  basis,
  bob,
  candidates,
  decision,
  kim,
  lease,
  lee,
  min,
  MINUTE,
  pending,
  person,
  sam,
  voted,
} from '../../../support/requests.js';

const [val, wes] = [person('val'), person('wes')];
const after = (events: Event[]) => events.reduce<State | undefined>(evolve, undefined);

/** What comes of a press at `2 of security`: a code, or whose seat the vote fills. */
function press(state: State | undefined, by: Person, delegatedBy?: Person, more: object = {}) {
  const made = decide(
    {
      type: 'Approve',
      at: min(2),
      by,
      ...(delegatedBy && { delegatedBy }),
      stage: 'security',
      revision: 0,
      verdict: allowed,
      candidates,
      ...more,
    },
    state,
  );
  if ('refusal' in made) return made.refusal.code;
  const vote = made.events.flatMap((event) => (event.type === 'Voted' ? [event.vote] : []))[0];
  return vote?.delegatedBy?.email ?? 'their own';
}
/** A vote on record, for somebody who is away. */
function votedFor(by: Person, delegatedBy: Person): Event {
  const { vote, ...event } = voted(by, 'security') as Extract<Event, { type: 'Voted' }>;
  return { ...event, vote: { ...vote, delegatedBy } };
}
const open = pending('2 of security');

describe('invariant 17: a vote in somebody’s place', () => {
  test('fills the seat of a candidate; whoever is one fills their own', () => {
    expect(press(after(open), val, sam)).toBe(sam.email);
    expect(press(after(open), kim, sam)).toBe('their own');
    expect(press(after(open), val)).toBe('not-in-stage');
  });

  test.each<[string, Event[], Person, Person, string]>([
    ['for somebody who is of no stage', [], val, bob, 'not-in-stage'],
    ['for the requester', [], val, ana, 'delegators-request'],
    ['for a second account of the requester', [], val, { ...sam, email: ana.email }, 'delegators-request'],
    ['of the requester', [], ana, sam, 'own-request'],
    [
      'of a second account of who is away',
      [],
      { ...sam, email: 'new@corp.example' },
      sam,
      'identity-changed',
    ],
    ['after who is away has voted', [voted(sam, 'security')], val, sam, 'seat-taken'],
    ['after somebody else has voted for them', [votedFor(wes, sam)], val, sam, 'seat-taken'],
    ['a second time, for somebody else', [votedFor(val, sam)], val, lee, 'already-voted'],
    ['of who is away, after their delegate', [votedFor(val, sam)], sam, lee, 'seat-taken'],
    [
      'of half of a delegate',
      [votedFor(val, sam)],
      { ...val, email: 'v@corp.example' },
      lee,
      'identity-changed',
    ],
    ['for half of a delegate', [votedFor(val, sam)], wes, { ...val, email: lee.email }, 'seat-taken'],
  ])('is refused %s', (_, votes, by, delegatedBy, code) => {
    expect(press(after([...open, ...votes]), by, delegatedBy)).toBe(code);
  });

  test('leaves enough people for the rest: it takes two away', () => {
    const state = after(pending('2 of security, manager'));
    const few = { candidates: { security: [sam.email, lee.email], manager: [val.email] } };
    expect(press(state, val, sam, few)).toBe('would-strand');
    expect(press(state, wes, sam, few)).toBe(sam.email);
  });

  test('shortens and asks as any other', () => {
    const asked = { type: 'AskQuestion', text: 'why?' };
    expect(press(after(open), val, sam, asked)).toBe('their own');
    const shorter = { type: 'Shorten', to: 15 * MINUTE, offered: [15 * MINUTE] };
    expect(press(after(open), val, sam, shorter)).toBe(sam.email);
    expect(press(after([...open, votedFor(val, sam)]), val, sam, shorter)).toBe('already-voted');
  });
});

describe('invariant 17: when it takes effect', () => {
  const confirm = (votes: Event[], more: Partial<Extract<Command, { type: 'Confirm' }>> = {}) => {
    const state = after([...open, ...votes]);
    const voters = state?.votes.map(({ by }) => by.email) ?? [];
    const made = decide(
      {
        type: 'Confirm',
        at: min(5),
        revision: 0,
        voters,
        valid: voters,
        decision: decision('2 of security'),
        candidates,
        grantHash: 'h1',
        order: ['manager', 'security'],
        lease,
        basis,
        decidedAt: min(5),
        ...more,
      },
      state,
    );
    return 'events' in made ? made.events.map(({ type }) => type) : made.refusal.code;
  };

  test('who is away must hold the seat, and not the delegate', () => {
    const votes = [votedFor(val, sam), voted(lee, 'security')];
    expect(confirm(votes)).toEqual(['RequestApproved']);
    expect(confirm(votes, { candidates: { security: [val.email, lee.email, kim.email] } })).toEqual([
      'VotesVoided',
    ]);
  });

  test('two votes count for one person less, should the record hold somebody twice', () => {
    expect(confirm([votedFor(val, sam), voted(sam, 'security')])).toEqual(['VotesVoided']);
    expect(confirm([votedFor(val, sam), votedFor(wes, sam)])).toEqual(['VotesVoided']);
    expect(confirm([votedFor(val, sam), votedFor(val, lee)])).toEqual(['VotesVoided']);
    expect(
      confirm([voted(kim, 'security'), votedFor(val, ana)], {
        candidates: { security: [kim.email, ana.email] },
      }),
    ).toEqual(['VotesVoided', 'RequestDenied']);
  });
});

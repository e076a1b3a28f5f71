import type { Command } from '../../../../src/domain/request/command.js';
import { apply } from '../../../../src/domain/request/head.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { Reason } from '../../../../src/domain/request/state.js';
import { unlawful } from '../../../../src/domain/record/laws.js';
import { NO_PAST, pastWith } from '../../../../src/domain/record/past.js';
import { evolve } from '../../../../src/domain/request/stories/index.js';
import { leaseFrom } from '../../../../src/domain/lease.js';
import { given, replay } from '../../../support/given.js';
import {
  HOUR,
  T0,
  ana,
  asked,
  basis,
  bob,
  candidates,
  chain,
  checked,
  decision,
  denied,
  kim,
  min,
  ruling,
  sam,
  submitted,
  voted,
} from '../../../support/requests.js';

const START = T0 + 3 * HOUR;
const LATER: Extract<Event, { type: 'RequestSubmitted' }> = {
  ...(submitted('manager') as Extract<Event, { type: 'RequestSubmitted' }>),
  asked: {
    ...asked,
    requestedAt: T0,
    startsAt: START,
    lapsesAt: START + HOUR,
    chain: chain('manager'),
    ruling,
  },
};
const waiting: Event[] = [LATER, checked];
const agreed: Event[] = [...waiting, voted(bob, 'manager')];

type Facts = Omit<Extract<Command, { type: 'LookAhead' }>, 'type' | 'at'>;
const factsOn = (history: Event[], over: Partial<Facts> = {}): Facts => ({
  revision: 0,
  voters: replay(history)!.votes.map(({ by }) => by.email),
  decision: decision('manager'),
  candidates,
  valid: [bob.email],
  grantHash: 'h1',
  order: ['manager', 'security'],
  ...over,
});
const lookAhead = (history: Event[], over: Partial<Facts> = {}, at = START - HOUR) =>
  given(history).when({ type: 'LookAhead', at, ...factsOn(history, over) });
const confirm = (history: Event[], at: number, over: Partial<Facts> = {}) =>
  given(history).when({
    type: 'Confirm',
    at,
    lease: leaseFrom(at, HOUR, 0),
    basis,
    decidedAt: at,
    ...factsOn(history, over),
  });
const doubt = (reason: Reason, at = START - HOUR): Event => ({ type: 'StartDoubted', at, by: 'jit', reason });
const POLICY: Reason = {
  code: 'policy',
  policies: denied.policies,
  advice: denied.advice,
  errors: denied.errors,
};

/** What is owed after these events, when, by type. */
const owedAfter = (history: Event[]) =>
  apply(undefined, history).head.outbox.map(({ effect, notBefore }) => ({ ...effect, notBefore }));
/** What `verify` holds against the last of these events. */
function fault(history: Event[]): string | undefined {
  const last = history.at(-1)!;
  const before = history.slice(0, -1);
  const past = before.reduce(
    ({ state, past }, event) => {
      const next = evolve(state, event);
      return { state: next, past: pastWith(past, event, next) };
    },
    { state: undefined as ReturnType<typeof evolve> | undefined, past: NO_PAST },
  ).past;
  return unlawful(last, past);
}

describe('a request for later', () => {
  test('invariant 3: is not approved a moment before its start, whoever has agreed', () => {
    confirm(agreed, START - 1).then([]);
    confirm(agreed, START - 1, { decision: denied }).then([]);
  });

  test('is approved at its start, for the length that was asked for, and no less where jit comes late', () => {
    for (const at of [START, START + 20 * 60_000]) {
      const lease = leaseFrom(at, HOUR, 0);
      const approved = {
        type: 'RequestApproved',
        at,
        by: 'jit',
        lease,
        ruling,
        decidedAt: at,
        ...basis,
      } as const;
      confirm(agreed, at).then([approved]);
      expect(lease.endsAt - lease.startsAt).toBe(HOUR);
    }
  });

  test('invariant 3: at its start the votes are looked at again', () => {
    confirm(agreed, START, { valid: [] }).then([
      {
        type: 'VotesVoided',
        at: START,
        by: 'jit',
        people: [bob.email],
        why: 'no longer entitled to this stage',
      },
    ]);
    confirm(agreed, START, { decision: denied }).then([
      { type: 'RequestDenied', at: START, by: 'jit', reason: POLICY },
    ]);
  });

  test('owes the look ahead an hour before, and none where its start is nearer', () => {
    const isLook = ({ type }: { type: string }) => type === 'look-ahead';
    expect(owedAfter(waiting).filter(isLook)).toEqual([{ type: 'look-ahead', notBefore: START - HOUR }]);
    const soon: Event = { ...LATER, asked: { ...LATER.asked, startsAt: T0 + HOUR, lapsesAt: T0 + 2 * HOUR } };
    expect(owedAfter([soon]).some(isLook)).toBe(false);
  });

  test('owes its confirmation for its start, and tells the requester that all have agreed', () => {
    expect(owedAfter(agreed)).toEqual(
      expect.arrayContaining([
        { type: 'confirm', notBefore: START },
        { type: 'tell', news: 'scheduled', notBefore: min(1) },
      ]),
    );
    const late = [...waiting, voted(bob, 'manager', START + 1)];
    expect(owedAfter(late)).toContainEqual({ type: 'confirm', notBefore: START + 1 });
    expect(JSON.stringify(owedAfter(late))).not.toContain('scheduled');
  });

  test('owes neither once it is cancelled', () => {
    const cancelled: Event = { type: 'RequestCancelled', at: min(2), by: ana };
    const owed = owedAfter([...agreed, cancelled]).map(({ type }) => type);
    expect(owed).not.toContain('confirm');
    expect(owed).not.toContain('look-ahead');
  });

  test.each([
    ['before anybody has agreed', waiting],
    ['when all have', agreed],
  ])('can be cancelled until its start: %s', (_, history) => {
    const at = START - 1;
    given(history)
      .when({ type: 'Cancel', at, by: ana })
      .then([{ type: 'RequestCancelled', at, by: ana }]);
  });

  test('takes votes until it lapses, which is an hour after its start', () => {
    given(waiting)
      .when({ type: 'Tick', at: START + HOUR - 1 })
      .then([]);
    given(waiting)
      .when({ type: 'Tick', at: START + HOUR })
      .then([{ type: 'RequestLapsed', at: START + HOUR, by: 'jit' }]);
  });
});

describe('an hour before its start', () => {
  test('nothing is said where it will begin', () => lookAhead(agreed).then([]));

  test.each<[string, Partial<Facts>, Reason]>([
    ['policy', { decision: denied }, POLICY],
    ['the requester', { requesterProblem: 'deactivated' }, { code: 'requester', problem: 'deactivated' }],
    ['the catalog', { grantHash: 'h2' }, { code: 'changed' }],
  ])('what %s would refuse goes on record once, and denies nothing', (_, over, reason) => {
    for (const history of [waiting, agreed]) {
      lookAhead(history, over).then([doubt(reason)]);
      lookAhead([...history, doubt(reason)], over).then([]);
    }
    expect(replay([...agreed, doubt(reason)])?.status).toBe('pending');
  });

  test('the requester is told of it', () => {
    expect(owedAfter([...agreed, doubt(POLICY)])).toContainEqual({
      type: 'tell',
      news: 'doubted',
      notBefore: START - HOUR,
    });
  });

  test('votes that count no more are void while others can still agree', () => {
    const at = START - HOUR;
    lookAhead(agreed, { valid: [], candidates: { ...candidates, manager: [sam.email] } }).then([
      { type: 'VotesVoided', at, by: 'jit', people: [bob.email], why: 'no longer entitled to this stage' },
    ]);
  });

  test('who has to agree besides by now is asked while there is time', () => {
    const at = START - HOUR;
    const more = decision('manager, security');
    lookAhead(agreed, { decision: more }).then([
      { type: 'ChainChanged', at, by: 'jit', chain: chain('manager, security'), ruling },
    ]);
  });

  test('a stage that nobody is left for is told, and not yet denied', () => {
    const at = START - HOUR;
    lookAhead(agreed, { valid: [], candidates: { ...candidates, manager: [] } }).then([
      { type: 'VotesVoided', at, by: 'jit', people: [bob.email], why: 'no longer entitled to this stage' },
      doubt({ code: 'unfillable', stage: 'manager', needed: 1, available: 0 }),
    ]);
  });

  test('what was looked up on other votes voids none', () => {
    lookAhead(agreed, { voters: [kim.email], valid: [] }).then([]);
  });

  test('at the start it says nothing any more, nor of what begins at once', () => {
    lookAhead(agreed, { decision: denied }, START).then([]);
    lookAhead([submitted('manager'), checked], { decision: denied }).then([]);
  });
});

describe('verify', () => {
  const format2 = ([first, ...rest]: Event[]): Event[] => [
    { ...first, format: 2, given: {} } as Event,
    ...rest,
  ];
  const approvedAt = (at: number): Event => ({
    type: 'RequestApproved',
    at,
    by: 'jit',
    lease: leaseFrom(at, HOUR, 0),
    ruling,
    ...basis,
  });

  test('invariant 3: finds an approval before its start', () => {
    expect(fault(format2([...agreed, approvedAt(START - 1)]))).toBe('it was approved before its start');
    expect(fault(format2([...agreed, approvedAt(START)]))).toBeUndefined();
  });

  test('finds a denial by the program before its start', () => {
    const early: Event = { type: 'RequestDenied', at: START - 1, by: 'jit', reason: POLICY };
    expect(fault(format2([...agreed, early]))).toContain('before its start');
    expect(fault(format2([...agreed, { ...early, at: START }]))).toBeUndefined();
  });

  test('lets stand that votes were void and the chain longer before its start', () => {
    const longer: Event = {
      type: 'ChainChanged',
      at: START - HOUR,
      by: 'jit',
      chain: chain('manager, security'),
      ruling,
    };
    expect(fault(format2([...agreed, longer]))).toBeUndefined();
  });
});

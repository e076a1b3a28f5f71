import { dueAt, turnsAt } from '../../../src/domain/request/due.js';
import { EFFECTS, needsClaim, type Effect } from '../../../src/domain/request/effects.js';
import {
  backOff,
  bounded,
  claim,
  dueNow,
  owe,
  putOff,
  settle,
  type Owed,
} from '../../../src/domain/request/outbox.js';
import type { Event } from '../../../src/domain/request/event.js';
import { replay } from '../../support/given.js';
import {
  SECOND,
  active,
  approval,
  approved,
  attempted,
  closed,
  complete,
  ending,
  lease,
  min,
  pending,
  provisioned,
} from '../../support/requests.js';

const owed = (id: string, notBefore = min(1)): Owed => ({
  id,
  effect: { type: 'cards' },
  attempts: 0,
  notBefore,
});
const box = [owed('1.0'), owed('1.1', min(2)), owed('2.0', min(3))];

describe('what is due', () => {
  test('is everything whose time has come, to the millisecond', () => {
    expect(dueNow(box, min(2)).map(({ id }) => id)).toStrictEqual(['1.0', '1.1']);
    expect(dueNow(box, min(1) - 1)).toStrictEqual([]);
  });

  test.each([
    ['a message', { type: 'cards' } as const, EFFECTS.cards.claim],
    ['a call to AWS', { type: 'revoke' } as const, EFFECTS.revoke.claim],
  ])('once claimed, %s belongs to this process for a while, then to whoever comes', (_, effect, length) => {
    const mine = { ...box[0]!, effect };
    const claimed = claim([mine, box[1]!, box[2]!], ['1.0', 'no such'], min(2));
    expect(claimed).toStrictEqual([{ ...mine, attempts: 1, notBefore: min(2) + length }, box[1], box[2]]);
    expect(dueNow(claimed, min(2) + length - 1).map(({ id }) => id)).toStrictEqual(['1.1']);
    expect(dueNow(claimed, min(2) + length).map(({ id }) => id)).toStrictEqual(['1.0', '1.1']);
  });

  test('is settled by its id, and settling again takes nothing else', () => {
    const rest = settle(box, ['1.1']);
    expect(rest).toStrictEqual([box[0], box[2]]);
    expect(settle(rest, ['1.1'])).toStrictEqual(rest);
  });

  test('is owed again first of all, once, whether or not it was settled', () => {
    const again = { ...box[1]!, idle: true, notBefore: min(7) };
    expect(owe(box, box[1]!, min(7))).toStrictEqual([again, box[0], box[2]]);
    expect(owe(settle(box, ['1.1']), box[1]!, min(7))).toStrictEqual([again, box[0], box[2]]);
  });

  test('is put off by a back-off, or until a given instant; the rest stays', () => {
    expect(putOff(box, '1.0', min(2), min(9))).toStrictEqual([
      { ...box[0], idle: true, notBefore: min(9) },
      box[1],
      box[2],
    ]);
    const [first] = putOff(claim(box, ['1.0'], min(2)), '1.0', min(2));
    expect(first).toMatchObject({ attempts: 1, notBefore: min(2) + backOff(1) });
    // Whoever claims it has it in hand again.
    expect(claim([first!], ['1.0'], min(3))[0]).not.toHaveProperty('idle');
  });

  test('is tried less and less often, and never less than every five minutes', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 1000].map((attempts) => backOff(attempts) / SECOND);
    expect(waits).toStrictEqual([2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });
});

describe('the clock next changes', () => {
  const untold = [...complete, { ...approval, lease: { startsAt: min(5), endsAt: min(20) } } as Event];

  test.each<[string, Event[], number | undefined]>([
    ['a pending request at its lapse', pending('manager'), min(480)],
    ['approved access at its end', approved, lease.endsAt],
    ['active access at its warning', active, lease.warnAt],
    ['warned access at its end', [...active, { type: 'EndAnnounced', at: min(55), by: 'jit' }], lease.endsAt],
    ['access without a warning at its end', [...untold, attempted, provisioned], min(20)],
    ['what is ending: never, only its effects are due', ending, undefined],
    ['what is closed: never', closed, undefined],
  ])('%s', (_, history, at) => {
    expect(turnsAt(replay(history)!)).toBe(at);
  });

  test('a request needs attention at the earliest of its clock and what it owes', () => {
    const state = replay(pending('manager'))!;
    expect(dueAt(state, [])).toBe(min(480));
    expect(dueAt(state, [owed('1.0', min(7)), owed('1.1', min(3))])).toBe(min(3));
    expect(dueAt(state, [owed('1.0', min(999))])).toBe(min(480));
    expect(dueAt(replay(closed)!, [owed('9.0', min(999))])).toBe(min(999));
    expect(dueAt(replay(closed)!, [])).toBeUndefined();
  });
});

describe('invariant 2: HEAD stays small, whatever people do', () => {
  const many = (effect: Effect, attempts: number[]): Owed[] =>
    attempts.map((attempt, n) => ({ ...owed(`${n}.0`), effect, attempts: attempt }));
  const waiting = replay(pending('manager'))!;
  const kept = (outbox: Owed[], state = waiting) =>
    bounded(outbox, state).map(({ id }) => Number.parseInt(id));

  test('one drawing of the cards that has not begun serves for all; those that have begun stay', () => {
    expect(kept(many({ type: 'cards' }, [1, 0, 2, 0, 0]))).toStrictEqual([0, 1, 2]);
  });

  test('of the windows that are told why they stay empty, the ten newest are', () => {
    const window: Effect = { type: 'no-credentials', waiting: 'V1', why: 'replaced' };
    expect(
      kept(
        many(
          window,
          Array.from({ length: 13 }, () => 0),
        ),
      ),
    ).toStrictEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('a stage is reminded of and escalated while it waits, each by the newest effect alone', () => {
    const remind = (stage: string): Effect => ({ type: 'remind', stage, since: 0 });
    const escalate = (stage: string): Effect => ({ type: 'escalate', stage, since: 0 });
    const all = [remind('manager'), escalate('manager'), remind('manager'), remind('security')];
    const outbox = all.map((effect, n) => ({ ...owed(`${n}.0`), effect }));
    expect(kept(outbox)).toStrictEqual([1, 2]);
    expect(kept(outbox, replay(closed))).toStrictEqual([]);
    expect(kept(outbox, replay(approved))).toStrictEqual([]);
  });

  test('what is owed once for each event stays, and so does an effect of no known type', () => {
    expect(kept(many({ type: 'revoke' }, [0, 0]))).toStrictEqual([0, 1]);
    expect(kept(many({ type: 'constructor' } as never, [0, 0]))).toStrictEqual([0, 1]);
  });
});

test.each(Object.entries(EFFECTS))(
  '%s: what people see is a message, and only that',
  (_, { lane, concerns }) => {
    expect(lane === 'messages').toBe(concerns === 'people');
  },
);

test.each(Object.entries(EFFECTS))(
  '%s: what is sent, or changes something in AWS, needs a claim',
  (type, { concerns, claim: length }) => {
    expect(needsClaim({ type } as Effect)).toBe(concerns !== 'request');
    expect(length > 0).toBe(concerns !== 'request');
  },
);

test.each(Object.entries(EFFECTS).filter(([, { lane }]) => lane === 'ending'))(
  '%s: what takes access away concerns the grant, never HEAD alone',
  (_, { concerns }) => {
    expect(concerns).toBe('grant');
  },
);

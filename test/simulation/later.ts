import { isComplete } from '../../src/domain/chain.js';
import type { Instant, Millis } from '../../src/domain/entitlement.js';
import type { lapseOf } from '../../src/domain/lease.js';
import type { Event } from '../../src/domain/request/event.js';
import type { AskedFor, State } from '../../src/domain/request/state.js';
import type { Answer, Form } from '../../src/ports/front.js';
import type { confirm as confirmEffect } from '../../src/workflow/engine/effects/confirm.js';
import type { Random } from './random.js';
import type { Mistake } from './seams.js';

const MINUTE: Millis = 60_000;
/** For a process to come to what is due, once nothing goes wrong any more. */
const PROMPT = 15 * MINUTE;

/** For which start somebody asks: mostly one within the hour, some that are over, some for which nobody waits. */
export function startIn(later: Random | undefined, now: Instant): Pick<Form, 'startsAt'> {
  if (!later?.chance(0.6)) return {};
  const minutes = later.pick([-5, 0, 1, 5, 10, 20, 20, 40, 90, 180]);
  return { startsAt: String(Math.floor((now + minutes * MINUTE) / 1_000)) };
}

/**
 * Whoever asked for later thinks better of it about when it would begin: a moment before, then, or a moment after.
 * @returns how long from now, and of which request
 */
export function secondThoughts(
  later: Random | undefined,
  answer: Answer<{ state: State }>,
  now: Instant,
): { id: string; in: Millis } | undefined {
  const { id, startsAt } = 'ok' in answer ? answer.ok.state : { id: '', startsAt: undefined };
  if (startsAt === undefined || !later?.chance(0.4)) return undefined;
  return { id, in: Math.max(0, startsAt - now + later.between(-2_000, 2_000)) };
}

/** Somebody who may have voted by then leaves a minute before the start. */
export function leavesBefore(
  later: Random | undefined,
  answer: Answer<{ state: State }>,
  now: Instant,
): { who: string; in: Millis } | undefined {
  const startsAt = 'ok' in answer ? answer.ok.state.startsAt : undefined;
  if (startsAt === undefined || !later?.chance(0.4)) return undefined;
  return { who: later.pick(['bob', 'kim', 'sam']), in: Math.max(0, startsAt - now - MINUTE) };
}

/** What must not be of a request with a start. */
export function lookAtStart(
  event: Event,
  { asked, before }: { asked: AskedFor | undefined; before: State | undefined },
  { now, wrongClock, calmSince }: { now: Instant; wrongClock: Millis; calmSince: Instant },
): string | undefined {
  const startsAt = asked?.startsAt;
  if (startsAt === undefined) return undefined;
  const isEarly = now < startsAt - wrongClock;
  if (event.type === 'RequestApproved' && isEarly) return 'granted before its start';
  if (event.type === 'RequestApproved' && event.lease.startsAt < startsAt)
    return 'a lease begins before its start';
  if (event.type === 'StartDoubted' && now > startsAt + wrongClock)
    return 'a start was doubted that was over';
  if (event.type !== 'RequestLapsed') return undefined;
  if (isEarly) return 'it lapsed before its start';
  const couldBegin = now - Math.max(calmSince, startsAt) > PROMPT;
  return couldBegin && before?.status === 'pending' && before.checked && isComplete(before)
    ? 'all had agreed to it, and it never began'
    : undefined;
}

/** Where something is asked for later. */
export const LATER: Mistake[] = [
  {
    name: 'what is asked for later is given as soon as all have agreed',
    seams: { 'lease.isEarly': () => () => false },
  },
  {
    name: 'the votes are not looked at again at the start',
    seams: {
      'confirm.confirm':
        (actual: typeof confirmEffect) =>
        async (...args: Parameters<typeof confirmEffect>) => {
          const outcome = await actual(...args);
          const { startsAt, votes, chain } = args[1].state;
          if (startsAt === undefined || !('done' in outcome) || outcome.done?.type !== 'Confirm')
            return outcome;
          const valid = votes.map(({ by }) => by.email);
          const candidates = Object.fromEntries(chain.map(({ name }) => [name, valid]));
          return { ...outcome, done: { ...outcome.done, valid, candidates } };
        },
    },
  },
  {
    name: 'a start is forgotten once all have agreed',
    frontStore: (store) => ({
      ...store,
      write({ head, ...rest }) {
        const isLost = head.state.startsAt !== undefined;
        const outbox = head.outbox.filter(({ effect }) => !isLost || effect.type !== 'confirm');
        return store.write({ head: { ...head, outbox }, ...rest });
      },
    }),
  },
  {
    name: 'what is asked for later lapses as if it began at once',
    seams: {
      'lease.lapseOf':
        () =>
        (...[, at]: Parameters<typeof lapseOf>) =>
          at + 30 * MINUTE,
    },
  },
];

import type { EmergencyRules } from '../../../domain/directory.js';
import type { Instant, Millis } from '../../../domain/entitlement.js';
import { putOff, type Owed } from '../../../domain/request/outbox.js';
import type { Closed } from '../../../domain/request/state.js';
import { lastReview, needsReview } from '../../../domain/request/stories/reviewing.js';
import { SETTLED, type CarryOut, type OwedOf } from '../effect.js';
import { trySending, viewOf } from '../message.js';
import { reviewersOf } from './incident.js';
import { MOST_TOLD } from './passed-over.js';

const DAY: Millis = 86_400_000;

/**
 * Says each day that nobody has reviewed an emergency, or settled what is contested: first to those who owe the review,
 * from the second day on to `emergency.tell`, too. It goes on being owed until somebody signs it off, so that the request
 * stands in the index of what is due: by that, a contested one is found however old it is.
 */
export const reviewDue: CarryOut<'review-due'> = async (deps, head, owed) => {
  const { state } = head;
  if (state.status !== 'closed' || !needsReview(state)) return SETTLED;
  const now = deps.clock.now();
  const rules = deps.bundle().directory.emergency;
  const due = rules && dueAt(state, owed.effect, rules);
  if (!rules || due === undefined || now < due) return later(owed, Math.min(due ?? Infinity, now + DAY));
  const { told: { times } = { times: 0 } } = owed.effect;
  const since = lastReview(state)?.at ?? state.closedAt;
  const result = await trySending(deps, head, owed, async () => {
    const people = await reviewersOf(deps, state, times > 0 ? [rules.tell] : []);
    const alert = {
      what: 'review-overdue',
      to: people.slice(0, MOST_TOLD),
      others: Math.max(0, people.length - MOST_TOLD),
      inThread: true,
      id: `${head.id}.review.${since}.${times}`,
    } as const;
    await deps.notifier.alert(await viewOf(deps, head), alert, owed.attempts > 1);
  });
  if (!('sent' in result) && !result.permanent)
    return { keep: () => ({ outbox: (outbox) => putOff(outbox, owed.id, now, result.later) }) };
  return later(owed, now + DAY, { times: times + 1, at: now });
};

/** When it is to be said next. */
function dueAt(state: Closed, { told }: OwedOf<'review-due'>['effect'], { review }: EmergencyRules): Instant {
  const since = lastReview(state)?.at ?? state.closedAt;
  return Math.max(since + review.within, told ? told.at + DAY : 0);
}

/** Looked at again then; a look alone was no try at a message. */
function later(
  { id }: OwedOf<'review-due'>,
  notBefore: Instant,
  told?: OwedOf<'review-due'>['effect']['told'],
) {
  const again = (one: Owed): Owed => ({
    ...one,
    ...(told && { effect: { type: 'review-due', told } }),
    attempts: 0,
    idle: true,
    notBefore,
  });
  return {
    keep: () => ({ outbox: (outbox: Owed[]) => outbox.map((one) => (one.id === id ? again(one) : one)) }),
  };
}

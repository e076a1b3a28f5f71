import type { News } from '../../../domain/request/effects.js';
import type { Head } from '../../../domain/request/head.js';
import { settle } from '../../../domain/request/outbox.js';
import { REQUESTER } from '../../../domain/request/posts.js';
import type { State } from '../../../domain/request/state.js';
import { SETTLED, type CarryOut, type OwedOf } from '../effect.js';
import { MOST_TRIES, sendOrPutOff, viewOf } from '../message.js';

/** In which statuses each piece of news has been overtaken by time: what follows says it better. */
const STALE: Record<Exclude<News, 'sent'>, State['status'][]> = {
  // What follows says for how long it is, and that it was shortened.
  shortened: ['approved', 'active', 'ending', 'closed'],
  // Nobody waits for the answer any more.
  question: ['approved', 'active', 'ending', 'closed'],
  // What follows says it better, and a doubt has come to nothing.
  scheduled: ['approved', 'active', 'ending', 'closed'],
  doubted: ['approved', 'active', 'ending', 'closed'],
  decided: [],
  active: ['ending', 'closed'],
  'ending-soon': ['ending', 'closed'],
  extended: ['ending', 'closed'],
  'not-extended': ['ending', 'closed'],
  ended: [],
};

/** Sends the requester a message for which their phone buzzes. */
export const tell: CarryOut<'tell'> = async (deps, head, owed) => {
  const {
    effect: { news },
    id,
    attempts,
  } = owed;
  if (news === 'sent') {
    const living = {
      id: `${id}.living`,
      effect: { type: 'living' },
      attempts: 0,
      notBefore: deps.clock.now(),
    } as const;
    return { keep: () => ({ outbox: (outbox) => [...settle(outbox, [id]), living] }) };
  }
  if (STALE[news].includes(head.state.status) || isTold(head, owed)) return SETTLED;
  return sendOrPutOff(deps, head, owed, MOST_TRIES, async () =>
    deps.notifier.tell(await viewOf(deps, head), news, `${head.id}.${id}`, attempts > 1),
  );
};

/** Whether another message says it: the one that comes next, or the living one, when it was posted only then. */
function isTold({ outbox, posts, state }: Head, { effect, id }: OwedOf<'tell'>): boolean {
  const more =
    state.status === 'active' &&
    outbox.some((one) => one.effect.type === 'tell' && one.effect.news === 'active');
  if (effect.news === 'decided' && more) return true;
  // An effect's id begins with the number of the event that owes it.
  return (posts[REQUESTER]?.from ?? -1) >= Number.parseInt(id, 10);
}

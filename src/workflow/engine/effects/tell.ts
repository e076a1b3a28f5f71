import type { News } from '../../../domain/request/effects.js';
import type { State } from '../../../domain/request/state.js';
import { SETTLED, type CarryOut } from '../effect.js';
import { MOST_TRIES, sendOrPutOff, viewOf } from '../message.js';

/** In which statuses each piece of news has been overtaken by time: what follows says it better. */
const STALE: Record<News, State['status'][]> = {
  sent: ['approved', 'active', 'ending', 'closed'],
  // What follows says for how long it is, and that it was shortened.
  shortened: ['approved', 'active', 'ending', 'closed'],
  // Nobody waits for the answer any more.
  question: ['approved', 'active', 'ending', 'closed'],
  decided: [],
  active: ['ending', 'closed'],
  'ending-soon': ['ending', 'closed'],
  ended: [],
};

/** Tells the requester. */
export const tell: CarryOut<'tell'> = async (deps, head, owed) => {
  const { effect, id, attempts } = owed;
  if (STALE[effect.news].includes(head.state.status)) return SETTLED;
  return sendOrPutOff(deps, head, owed, MOST_TRIES, async () =>
    deps.notifier.tell(await viewOf(deps, head), effect.news, `${head.id}.${id}`, attempts > 1),
  );
};

import type { Effect, News } from '../../../domain/request/effects.js';
import type { Head } from '../../../domain/request/head.js';
import { putOff } from '../../../domain/request/outbox.js';
import type { State } from '../../../domain/request/state.js';
import { SETTLED, type CarryOut, type EffectOutcome, type EngineDeps, type OwedOf } from '../effect.js';
import { MOST_TRIES, trySending, viewOf } from '../message.js';

/** No person looks at an empty window for longer. */
const MOST_TRIES_OF_A_WINDOW = 4;

/** In which statuses each piece of news has been overtaken by time: what follows says it better. */
const STALE: Record<News, State['status'][]> = {
  sent: ['approved', 'active', 'ending', 'closed'],
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

/** Says in the window that waits for credentials why there are none. If the person has closed it, they press again. */
export const noCredentials: CarryOut<'no-credentials'> = (deps, head, owed) => {
  const { waiting, why, hint } = owed.effect;
  return sendOrPutOff(deps, head, owed, MOST_TRIES_OF_A_WINDOW, () =>
    deps.notifier.showNoCredentials(waiting, why, hint),
  );
};

/** Sends it. If it fails it stays owed, until it has been tried so often or cannot be sent at all. */
async function sendOrPutOff(
  deps: EngineDeps,
  head: Head,
  owed: OwedOf<Effect['type']>,
  most: number,
  send: () => Promise<void>,
): Promise<EffectOutcome> {
  const result = await trySending(deps, head, owed, send);
  if ('sent' in result || result.permanent || owed.attempts > most) return SETTLED;
  const { later } = result;
  return { keep: () => ({ outbox: (outbox) => putOff(outbox, owed.id, later, later) }) };
}

import type { News } from '../../../domain/request/effects.js';
import type { State } from '../../../domain/request/state.js';
import { SETTLED, type CarryOut } from '../effect-outcome.js';
import { MOST_TRIES, sendAgain, trySending, viewOf } from '../message.js';

/** Tells the requester. */
export const tell: CarryOut<'tell'> = async (deps, head, owed) => {
  const { effect, id, attempts } = owed;
  if (isStale(effect.news, head.state)) return SETTLED;
  const result = await trySending(deps, head, owed, async () =>
    deps.notifier.tell(await viewOf(deps, head), effect.news, `${head.id}.${id}`, attempts > 1),
  );
  if ('sent' in result || result.permanent || attempts > MOST_TRIES) return SETTLED;
  return sendAgain(owed, result);
};

/** News that time has overtaken: what follows says it better. */
function isStale(news: News, { status }: State): boolean {
  if (news === 'ending-soon' || news === 'active') return status === 'ending' || status === 'closed';
  return news === 'sent' && status !== 'pending';
}

import type { Head } from '../../../domain/request/head.js';
import { owe, putOff, settle, type Owed } from '../../../domain/request/outbox.js';
import { SETTLED, type CarryOut, type EngineDeps, type OwedOf } from '../effect.js';
import { MOST_TRIES, trySending, viewOf, type Unsent } from '../message.js';
import { isAlarming, waitsFor, whoCannotBeAsked, withNews } from './unreachable-approvers.js';

/** Brings the cards in line with the request. While people are to be asked, it is tried until the request lapses. */
export const cards: CarryOut<'cards'> = async (deps, shown, owed) => {
  const { attempts } = owed;
  const result = await trySending(deps, shown, owed, async () =>
    deps.notifier.cards(await viewOf(deps, shown), attempts > 1),
  );
  if (!('sent' in result)) {
    const { status } = shown.state;
    const hopeless = result.permanent && status === 'closed';
    if (hopeless || (attempts > MOST_TRIES && status !== 'pending')) return SETTLED;
    if (status === 'pending') alarm(deps, shown, owed, result);
  }
  const now = deps.clock.now();
  return {
    keep(head) {
      // Somebody wrote meanwhile: what we showed, or may have, can be older than what they showed, so show it again,
      // even if they have settled it.
      if (head.tail.n !== shown.tail.n) {
        const posts = 'sent' in result ? result.sent : unknown(head.posts);
        return { posts, outbox: (outbox) => owe(outbox, owed, 'sent' in result ? now : result.later) };
      }
      const { unasked, news } = whoCannotBeAsked(head, owed, result, now);
      if (!('sent' in result))
        return { unasked, outbox: (outbox) => withNews(putOff(outbox, owed.id, now, result.later), news) };
      return {
        posts: result.sent,
        unasked,
        outbox: (outbox) => withNews(settle(outbox, allCards(outbox)), news),
      };
    },
  };
};

function alarm(
  { log }: EngineDeps,
  head: Head,
  { attempts }: OwedOf<'cards'>,
  { unasked, code }: Unsent,
): void {
  if (!isAlarming(head, attempts, unasked)) return;
  const { stage, tried } = unasked ?? { stage: waitsFor(head), tried: [] };
  log.error({ request: head.id, stage, tried, code, attempts }, 'nobody could be asked');
}

/** A call whose fate is unknown: the cards may show anything now. */
function unknown(posts: Head['posts']): Head['posts'] {
  return Object.fromEntries(Object.entries(posts).map(([stage, post]) => [stage, { ...post, shown: '' }]));
}

/** The cards show HEAD as it is: every other owed update of them is served too. */
function allCards(outbox: Owed[]): string[] {
  return outbox.filter(({ effect }) => effect.type === 'cards').map(({ id }) => id);
}

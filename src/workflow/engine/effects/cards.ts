import type { Head, Post, Unasked } from '../../../domain/request/head.js';
import { owe, putOff, type Owed } from '../../../domain/request/outbox.js';
import { SETTLED, type CarryOut, type EngineDeps } from '../effect.js';
import { MOST_TRIES, trySending, viewOf, type Unsent } from '../message.js';
import type { Instant } from '../../../domain/entitlement.js';
import { openStage } from '../../../domain/chain.js';

/** Brings the cards in line with the request. While people are to be asked, it is tried until the request lapses. */
export const cards: CarryOut<'cards'> = async (deps, shown, owed) => {
  const { attempts } = owed;
  const result = await trySending(deps, shown, owed, async () =>
    deps.notifier.cards(await viewOf(deps, shown, 'approvers'), attempts > 1),
  );
  if (!('sent' in result)) {
    const { status } = shown.state;
    const hopeless = result.permanent && status === 'closed';
    if (hopeless || (attempts > MOST_TRIES && status !== 'pending')) return SETTLED;
    if (status === 'pending') alarm(deps, shown, attempts, result);
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
        // They show HEAD as it is: every other owed update of them is served too.
        outbox: (outbox) =>
          withNews(
            outbox.filter(({ effect }) => effect.type !== 'cards'),
            news,
          ),
      };
    },
  };
};

/** By then, minutes after the first try, a fault that would pass has not. */
const TOO_OFTEN = 8;

/**
 * Tells those who run jit that nobody is asked: at once of what will not pass by itself, after minutes of what may, and
 * then ever more seldom.
 */
function alarm({ log }: EngineDeps, head: Head, attempts: number, { unasked, code }: Unsent): void {
  const waitsFor = head.state.status === 'pending' ? openStage(head.state)?.name : undefined;
  const isNew = unasked && !head.unasked?.[unasked.stage];
  const again = attempts >= TOO_OFTEN && Number.isInteger(Math.log2(attempts));
  const lacks = unasked !== undefined || (waitsFor !== undefined && !head.posts[waitsFor]);
  if (!isNew && !(again && lacks)) return;
  const { stage, tried } = unasked ?? { stage: waitsFor, tried: [] };
  log.error({ request: head.id, stage, tried, code, attempts }, 'nobody could be asked');
}

/** A call whose fate is unknown: the cards may show anything now. */
function unknown(posts: Head['posts']): Head['posts'] {
  return Object.fromEntries(Object.entries(posts).map(([stage, post]) => [stage, { ...post, shown: '' }]));
}

/**
 * Whether people can be asked is kept with the request, and where that has changed the requester is told anew
 * (invariant 15): what they have read was true then.
 * @param head as it is now
 * @param owed the cards that were to be posted
 */
function whoCannotBeAsked(
  head: Head,
  owed: Owed,
  result: { sent: Record<string, Post> } | Unsent,
  now: Instant,
): { unasked: Record<string, Unasked>; news?: Owed } {
  const before = head.unasked ?? {};
  const unasked = { ...before };
  if ('sent' in result) {
    for (const stage of Object.keys(result.sent)) delete unasked[stage];
  } else if (result.unasked) {
    const { stage, tried } = result.unasked;
    unasked[stage] = { since: before[stage]?.since ?? now, tried };
  }
  const all = new Set([...Object.keys(before), ...Object.keys(unasked)]);
  const stage = [...all].find((name) => name in before !== name in unasked);
  if (stage === undefined || head.state.status !== 'pending') return { unasked };
  const id = `${owed.id}.${stage in unasked ? 'unasked' : 'asked'}`;
  return { unasked, news: { id, effect: { type: 'tell', news: 'sent' }, attempts: 0, notBefore: now } };
}

/** The outbox with this news in the place of what would have said the same, or what is no longer true. */
function withNews(outbox: Owed[], news: Owed | undefined): Owed[] {
  if (!news) return outbox;
  return [...outbox.filter(({ effect }) => !(effect.type === 'tell' && effect.news === 'sent')), news];
}

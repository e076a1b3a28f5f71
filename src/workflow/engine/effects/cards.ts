import { openStage } from '../../../domain/chain.js';
import { canonical, type Instant } from '../../../domain/entitlement.js';
import { isExtending } from '../../../domain/request/extension.js';
import type { Head } from '../../../domain/request/head.js';
import { owe, putOff, type Owed } from '../../../domain/request/outbox.js';
import type { Post, Unasked } from '../../../domain/request/posts.js';
import type { Copy } from '../../../ports/messages.js';
import { copiesOf, saveCopies } from '../copies.js';
import type { CarryOut, EngineDeps } from '../effect.js';
import { drawCards } from '../extension/cards.js';
import { mayHaveLanded, MOST_TRIES, tryDrawing, type Unsent } from '../message.js';

/** Brings the cards in line with the request. While people are to be asked, it is tried until the request lapses. */
export const cards: CarryOut<'cards'> = async (deps, shown, owed) => {
  const { store, clock } = deps;
  const { attempts } = owed;
  const { status } = shown.state;
  const retry = mayHaveLanded(shown, owed);
  const before = await copiesOf(store, shown, retry);
  const records = () => store.records(shown.id);
  let noted = before;
  const note = async (copies: Copy[]) => {
    await saveCopies(store, shown, noted, copies);
    noted = copies;
  };
  const { drawn, unsent } = await tryDrawing(deps, shown, owed, async () =>
    drawCards(deps, shown, { copies: before, retry, records, note }),
  );
  if (drawn) await note(drawn.copies);
  alarm(deps, shown, attempts, drawn?.posts ?? {}, unsent);
  const isOver =
    !unsent ||
    (unsent.permanent && status === 'closed') ||
    (attempts > MOST_TRIES && status !== 'pending' && !isExtending(shown.state));
  const now = clock.now();
  return {
    keep(head) {
      const posts = drawn?.posts ?? {};
      // Somebody wrote meanwhile: what we showed, or may have, can be older than what they showed, so show it again,
      // even if they have settled it.
      if (head.tail.n !== shown.tail.n)
        return {
          posts: drawn ? posts : unknown(head.posts),
          outbox: (outbox) => withLiving(owe(outbox, owed, unsent?.later ?? now), owed, now),
        };
      const unasked = whoCannotBeAsked(head, posts, unsent, now);
      const isNews =
        whoWasAsked({ ...head.posts, ...posts }, unasked) !== whoWasAsked(head.posts, head.unasked);
      return {
        posts,
        unasked,
        outbox(outbox) {
          // They show HEAD as it is: every other update of them that was owed then is served too.
          const rest = isOver
            ? outbox.filter(({ effect, id }) => effect.type !== 'cards' || !isOwedIn(shown, id))
            : putOff(outbox, owed.id, now, unsent.later);
          return isNews ? withLiving(rest, owed, now) : rest;
        },
      };
    },
  };
};

/** Whether it was owed already: what has come to be owed since may rest on what nobody had looked at. */
export function isOwedIn({ outbox }: Head, id: string): boolean {
  return outbox.some((one) => one.id === id);
}

/** By then, minutes after the first try, a fault that would pass has not. */
const TOO_OFTEN = 8;

/**
 * Tells those who run jit that nobody is asked, or only by another way than directory.yml says: at once of what will
 * not pass by itself, after minutes of what may, and then ever more seldom.
 */
function alarm(
  { log }: EngineDeps,
  head: Head,
  attempts: number,
  posts: Record<string, Post>,
  unsent: Unsent | undefined,
): void {
  const { id: request, state } = head;
  for (const [stage, { tried = [] }] of Object.entries(posts))
    if (tried.length > 0 && canonical(tried) !== canonical(head.posts[stage]?.tried))
      log.error({ request, stage, tried }, 'people were asked by another way');
  if (!unsent || (state.status !== 'pending' && !isExtending(state))) return;
  const { unasked, code } = unsent;
  const waitsFor = openStage(state)?.name;
  const isNew = unasked && !head.unasked?.[unasked.stage];
  const again = attempts >= TOO_OFTEN && Number.isInteger(Math.log2(attempts));
  const lacks =
    unasked !== undefined || (waitsFor !== undefined && !posts[waitsFor] && !head.posts[waitsFor]);
  if (!isNew && !(again && lacks)) return;
  const { stage, tried } = unasked ?? { stage: waitsFor, tried: [] };
  log.error({ request, stage, tried, code, attempts }, 'nobody could be asked');
}

/** A call whose fate is unknown: the cards may show anything now. */
function unknown(posts: Head['posts']): Head['posts'] {
  return Object.fromEntries(Object.entries(posts).map(([stage, post]) => [stage, { ...post, shown: '' }]));
}

/** Whether people can be asked is kept with the request, from when on. @param head as it is now */
function whoCannotBeAsked(
  { unasked: before = {} }: Head,
  posts: Record<string, Post>,
  unsent: Unsent | undefined,
  now: Instant,
): Record<string, Unasked> {
  const unasked = { ...before };
  for (const stage of Object.keys(posts)) delete unasked[stage];
  if (unsent?.unasked) {
    const { stage, tried } = unsent.unasked;
    unasked[stage] = { since: before[stage]?.since ?? now, tried };
  }
  return unasked;
}

/** What the requester reads of who was asked: where it changes, their message is drawn again (invariant 15). */
export function whoWasAsked(posts: Head['posts'], unasked: Head['unasked'] = {}): string {
  const stages = Object.entries(posts).flatMap(([name, { tried = [] }]) =>
    name.startsWith('@') ? [] : [[name, tried]],
  );
  return canonical([Object.fromEntries(stages), Object.keys(unasked).sort()]);
}

function withLiving(outbox: Owed[], { id, attempts }: Owed, now: Instant): Owed[] {
  if (outbox.some(({ effect }) => effect.type === 'living')) return outbox;
  return [
    ...outbox,
    { id: `${id}.${attempts}.living`, effect: { type: 'living' }, attempts: 0, notBefore: now },
  ];
}

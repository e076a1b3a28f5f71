import { openStage } from '../../../domain/chain.js';
import { asPastRequest, asRequest, isExtending, pastExtensions } from '../../../domain/request/extension.js';
import type { Head } from '../../../domain/request/head.js';
import { extensionCardIn, extensionCards } from '../../../domain/request/posts.js';
import type { Extension, State } from '../../../domain/request/state.js';
import {
  NotifyFault,
  type Copy,
  type Earlier,
  type NoteCopies,
  type Redrawn,
  type RequestView,
} from '../../../ports/messages.js';
import type { EngineDeps } from '../effect.js';
import { namedTogether } from '../../deciders.js';
import { viewOf } from '../message.js';

/** An extension, as the request that people are shown. */
interface Shown {
  extension: Extension;
  state: State;
}

/**
 * Brings the cards in line with a request and with its extensions: that which waits, and those that were decided, whose
 * cards say so. Each has cards and copies of its own.
 */
export async function drawCards(
  deps: EngineDeps,
  head: Head,
  { copies, note, ...earlier }: Earlier & { copies: Copy[]; note: NoteCopies },
): Promise<Redrawn & { copies: Copy[] }> {
  const kept = new Map<number | undefined, Copy[]>();
  for (const copy of copies) kept.set(copy.extension, [...(kept.get(copy.extension) ?? []), copy]);
  const noteOf =
    (extension: number | undefined): NoteCopies =>
    (planned) => {
      kept.set(extension, planned);
      return note([...kept.values()].flat());
    };
  const view = await viewOf(deps, head, 'approvers');
  const own = await deps.notifier.cards(view, {
    ...earlier,
    copies: kept.get(undefined) ?? [],
    note: noteOf(undefined),
  });
  kept.set(undefined, own.copies);
  const drawn: Redrawn = { posts: withDeciders(view, own), ...(own.fault && { fault: own.fault }) };
  for (const shown of extensionsIn(head)) {
    const { number } = shown.extension;
    const come = await drawExtension(deps, head, shown, {
      ...earlier,
      copies: kept.get(number) ?? [],
      note: noteOf(number),
    });
    kept.set(number, come.copies);
    Object.assign(drawn.posts, come.posts);
    if (come.fault && !drawn.fault) drawn.fault = come.fault;
  }
  return { ...drawn, copies: [...kept.values()].flat() };
}

/** With whom the card of the open stage was drawn for: when they are others, it is drawn again. */
function withDeciders({ state, deciders }: RequestView, { posts, fault }: Redrawn): Head['posts'] {
  const { name } = openStage(state) ?? {};
  const post = name === undefined ? undefined : posts[name];
  if (fault || !post || name === undefined || !deciders) return posts;
  return { ...posts, [name]: { ...post, deciders: namedTogether(deciders) } };
}

/** Those that have cards, or are to have them. */
function extensionsIn({ state, posts }: Head): Shown[] {
  const past = pastExtensions(state)
    .filter(({ number }) => Object.keys(posts).some((name) => name.startsWith(extensionCards(number))))
    .map((extension) => ({ extension, state: asPastRequest(state, extension) }));
  if (state.status !== 'active' || !state.extension) return past;
  const { extension } = state;
  const waits = isExtending(state) || extension.agreed;
  return waits && extension.chain.length > 0
    ? [...past, { extension, state: asRequest(state, extension) }]
    : past;
}

async function drawExtension(
  deps: EngineDeps,
  head: Head,
  { extension, state }: Shown,
  { copies, note, ...earlier }: Earlier & { copies: Copy[]; note: NoteCopies },
): Promise<Redrawn & { copies: Copy[] }> {
  const { number } = extension;
  const prefix = extensionCards(number);
  const bare = <T>(named: Record<string, T> = {}) =>
    Object.fromEntries(
      Object.entries(named).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    );
  const whose = (all: Copy[]) => all.map((copy) => ({ ...copy, extension: number }));
  const as: Head = { ...head, state, posts: bare(head.posts), unasked: bare(head.unasked) };
  const { canShorten: _, ...view } = await viewOf(deps, as, 'approvers');
  const drawn = await deps.notifier.cards(
    { ...view, extension },
    { ...earlier, copies, note: (planned) => note(whose(planned)) },
  );
  const posts = Object.entries(withDeciders({ ...view, state }, drawn)).map(([stage, post]) => [
    extensionCardIn(number, stage),
    post,
  ]);
  return {
    posts: Object.fromEntries(posts) as Redrawn['posts'],
    copies: whose(drawn.copies),
    ...(drawn.fault && { fault: renamed(drawn.fault, number) }),
  };
}

function renamed({ code, permanent, retryAfter, unasked }: NotifyFault, extension: number): NotifyFault {
  const of = unasked && { ...unasked, stage: extensionCardIn(extension, unasked.stage) };
  return new NotifyFault(code, permanent, retryAfter, of);
}

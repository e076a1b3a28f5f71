import { HISTORY, REQUESTER, type Post } from '../../domain/request/posts.js';
import type { GrantKind } from '../../ports/access.js';
import type { Redrawn, Earlier, Notifier, RequestView } from '../../ports/messages.js';
import { HISTORY_EVENT, LIVING_EVENT } from '../ids.js';
import { history } from '../messages/history.js';
import { living as drawLiving } from '../messages/living.js';
import { notifyFault } from '../wire/faults.js';
import type { SlackDelivery } from './cards.js';
import { digest } from './copies.js';
import { lookUp, type Mark } from './find-own-message.js';
import { oldNews } from './old-news.js';
import { sender } from './send.js';

/** The requester's own message about a request, and the history in the thread under it. */
export function livingMessage(delivery: SlackDelivery & { kinds: readonly GrantKind[] }): Notifier['living'] {
  const { client, bundle, botUserId, kinds } = delivery;
  const send = sender(client, delivery.ailing);
  const stripOldNews = oldNews({ client, send, botUserId });

  return async (view, earlier) => {
    const { state } = view;
    const message = drawLiving(view, bundle().directory, kinds);
    const shown = digest(message);
    const mark: Mark = { event_type: LIVING_EVENT, event_payload: { request: state.id } };
    const known = view.posts[REQUESTER] ?? (await find(view, mark, earlier));
    let post: Post | undefined;
    if (known) {
      try {
        const stands = known.shown === shown || (await send.update(known, message, mark));
        if (stands) post = { ...known, shown };
      } catch (error) {
        // Whether it was heard is not known: it may show either.
        return { posts: { [REQUESTER]: { ...known, shown: '' } }, fault: notifyFault(error) };
      }
    }
    const sent = post ? undefined : await send.post(state.requester.account.id, message, mark);
    if (sent) post = { ...sent, shown, from: earlier.event };
    if (!post) return { posts: {} };
    // Where the message had to be posted anew, the thread with the history is gone with the old one.
    return withHistory(view, post, earlier, sent ? undefined : view.posts[HISTORY]);
  };

  /** One that an earlier try may have posted; and what earlier versions wrote loses its buttons, once. */
  async function find({ state }: RequestView, mark: Mark, earlier: Parameters<Notifier['living']>[1]) {
    const { retry, first } = earlier;
    if (!retry && first) return undefined;
    const channel = await send.directChannel(state.requester.account.id);
    if (!first) await stripOldNews(state, channel);
    const ref = retry
      ? await lookUp(client, { channel, mark, botUserId, since: state.requestedAt })
      : undefined;
    return ref === undefined ? undefined : { place: channel, ref, shown: '' };
  }

  /** Drawing when the status changes, and not at each vote, which the message itself shows. */
  async function withHistory(
    { state }: RequestView,
    post: Post,
    { retry, records }: Earlier,
    old: Post | undefined,
  ): Promise<Redrawn> {
    const posts = { [REQUESTER]: post };
    if (state.status === 'pending' || old?.shown === state.status) return { posts };
    const mark: Mark = { event_type: HISTORY_EVENT, event_payload: { request: state.id, of: 'requester' } };
    const where = { channel: post.place, root: post.ref };
    try {
      const message = history(await records(), state);
      const ref =
        old?.ref ??
        (retry ? await lookUp(client, { ...where, mark, botUserId, since: state.requestedAt }) : undefined);
      const there = ref === undefined ? undefined : { place: post.place, ref };
      const stands = there !== undefined && (await send.update(there, message, mark));
      const sent = stands ? there : await send.post(post.place, message, mark, { root: post.ref });
      return { posts: { ...posts, [HISTORY]: { ...sent, shown: state.status } } };
    } catch (error) {
      const fault = notifyFault(error);
      // A thread that takes no message is missed by nobody: the message above it says how things stand.
      return { posts, ...(!fault.permanent && { fault }) };
    }
  }
}

import { upcastEvent } from '../../../domain/record/upcast.js';
import { INCIDENT, REVIEW, type Post } from '../../../domain/request/posts.js';
import type { Notifier, NotifyFault, RequestView } from '../../../ports/messages.js';
import { INCIDENT_EVENT } from '../../ids.js';
import type { Message } from '../../messages/blocks.js';
import { incidentPost } from '../../messages/emergency/incident.js';
import { reviewCard } from '../../messages/emergency/review.js';
import { notifyFault } from '../../wire/faults.js';
import type { SlackDelivery } from '../cards.js';
import { digest } from '../copies.js';
import { lookUp, type Mark } from '../find-own-message.js';
import { sender } from '../send.js';

/** What stands in the incident channel of an emergency: the post that tells of it, and in its thread the card of its review. */
export function incidentKeeper(delivery: SlackDelivery): Notifier['incident'] {
  const { client, bundle, botUserId } = delivery;
  const send = sender(client, delivery.ailing);

  return async (view, { retry, records, reviewers }) => {
    const { state } = view;
    const { directory } = bundle();
    const channel = directory.emergency?.channel;
    const posts: Record<string, Post> = {};
    const faults: NotifyFault[] = [];
    if (channel === undefined) return { posts };
    const draw = async (name: string, message: Message, root?: Post) => {
      const post = await keep(view, { name, message, channel, retry, ...(root && { root }) }).catch(
        (error: unknown) => void faults.push(notifyFault(error)),
      );
      if (post) posts[name] = post;
    };
    await draw(INCIDENT, incidentPost(view, directory));
    if (state.status === 'closed' && state.owesReview) {
      const events = (await records()).map(({ event }) => upcastEvent(event));
      const root = posts[INCIDENT] ?? view.posts[INCIDENT];
      await draw(REVIEW, reviewCard(view, events, reviewers, directory), root);
    }
    // Whether one was heard whose answer never came is not known: it may show either.
    for (const name of [INCIDENT, REVIEW]) {
      const before = view.posts[name];
      if (before && !posts[name]) posts[name] = { ...before, shown: '' };
    }
    const fault = faults.find(({ permanent }) => !permanent) ?? faults[0];
    return { posts, ...(fault && { fault }) };
  };

  interface Kept {
    name: string;
    message: Message;
    channel: string;
    /** In whose thread it stands; in the channel, too. */
    root?: Post;
    retry: boolean;
  }

  async function keep({ state, posts }: RequestView, kept: Kept): Promise<Post> {
    const { name, message, root, retry } = kept;
    const shown = digest(message);
    const mark: Mark = { event_type: INCIDENT_EVENT, event_payload: { request: state.id, of: name } };
    const thread = root && { root: root.ref, broadcast: true };
    const channel = root?.place ?? kept.channel;
    const sought = { channel, mark, botUserId, since: state.requestedAt, ...(root && { root: root.ref }) };
    const ref = posts[name] || !retry ? undefined : await lookUp(client, sought);
    const known = posts[name] ?? (ref === undefined ? undefined : { place: channel, ref, shown: '' });
    if (known && (known.shown === shown || (await send.update(known, message, mark))))
      return { ...known, shown };
    return { ...(await send.post(channel, message, mark, thread)), shown };
  }
}

import { ttlCache } from '../../kit/ttl-cache.js';
import type { Millis } from '../../domain/entitlement.js';
import { REQUESTER, type Post } from '../../domain/request/posts.js';
import type { GrantKind } from '../../ports/access.js';
import type { Notifier } from '../../ports/messages.js';
import { NEWS_EVENT } from '../ids.js';
import { context, type Message } from '../messages/blocks.js';
import { buzz as drawBuzz } from '../messages/buzz.js';
import type { SlackDelivery } from './cards.js';
import { lookUp } from './find-own-message.js';
import { sender } from './send.js';

const A_DAY: Millis = 86_400_000;

/** A message for which the requester's phone buzzes. It has no buttons, and leads to the message that has them. */
export function buzzer(delivery: SlackDelivery & { kinds: readonly GrantKind[] }): Notifier['tell'] {
  const { client, bundle, botUserId, kinds, now } = delivery;
  const send = sender(client, delivery.ailing);
  const links = ttlCache<string>(500, A_DAY);

  return async (view, news, id, retry) => {
    const { state } = view;
    const to = state.requester.account.id;
    const mark = { event_type: NEWS_EVENT, event_payload: { request: state.id, id } };
    const message = drawBuzz(news, view, bundle().directory, kinds);
    if (!message) return;
    if (retry) {
      const channel = await send.directChannel(to);
      if (await lookUp(client, { channel, mark, botUserId, since: state.requestedAt })) return;
    }
    await send.post(to, withLink(message, await linkTo(view.posts[REQUESTER])), mark);
  };

  /** The address of a message; undefined where Slack does not give it, since the news goes before the link. */
  async function linkTo(post: Post | undefined): Promise<string | undefined> {
    if (!post) return undefined;
    const { place: channel, ref } = post;
    const known = links.get(`${channel} ${ref}`, now());
    if (known !== undefined) return known;
    const answer = await client.chat.getPermalink({ channel, message_ts: ref }).catch(() => undefined);
    const link = answer?.permalink;
    return link !== undefined && SAFE.test(link) ? links.put(`${channel} ${ref}`, link, now()) : undefined;
  }
}

/** Nothing in it can end the link and begin something else. */
const SAFE = /^https?:\/\/[^\s<>|"]+$/;

function withLink({ text, blocks }: Message, link: string | undefined): Message {
  return link === undefined
    ? { text, blocks }
    : { text, blocks: [...blocks, context(`<${link}|Open the request>`)] };
}

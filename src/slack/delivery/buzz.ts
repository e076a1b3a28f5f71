import { REQUESTER } from '../../domain/request/posts.js';
import type { GrantKind } from '../../ports/access.js';
import type { Notifier } from '../../ports/messages.js';
import { NEWS_EVENT } from '../ids.js';
import { context } from '../messages/blocks.js';
import { buzz as drawBuzz } from '../messages/buzz.js';
import type { SlackDelivery } from './cards.js';
import { lookUp } from './find-own-message.js';
import { linksTo } from './link-to.js';
import { sender } from './send.js';

/** A message for which the requester's phone buzzes. It has no buttons, and leads to the message that has them. */
export function buzzer(delivery: SlackDelivery & { kinds: readonly GrantKind[] }): Notifier['tell'] {
  const { client, bundle, botUserId, kinds, now } = delivery;
  const send = sender(client, delivery.ailing);
  const linkTo = linksTo(client, now);

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
    const link = await linkTo(view.posts[REQUESTER], 'Open the request');
    const blocks = [...message.blocks, ...(link === undefined ? [] : [context(link)])];
    await send.post(to, { ...message, blocks }, mark);
  };
}

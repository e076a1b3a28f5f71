import type { WebClient } from '@slack/web-api';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Post } from '../../domain/request/posts.js';
import { ttlCache } from '../../kit/ttl-cache.js';

const A_DAY: Millis = 86_400_000;
/** Nothing in it can end the link and begin something else. */
const SAFE = /^https?:\/\/[^\s<>|"]+$/;

/** Links to messages, as mrkdwn; undefined where Slack does not give an address, since news goes before its link. */
export function linksTo(client: WebClient, now: () => Instant) {
  const known = ttlCache<string>(500, A_DAY);

  return async (
    post: Pick<Post, 'place' | 'ref'> | undefined,
    label: string,
  ): Promise<string | undefined> => {
    const address = post && (await addressOf(post));
    return address === undefined ? undefined : `<${address}|${label}>`;
  };

  async function addressOf({
    place: channel,
    ref,
  }: Pick<Post, 'place' | 'ref'>): Promise<string | undefined> {
    const key = `${channel} ${ref}`;
    const before = known.get(key, now());
    if (before !== undefined) return before;
    const answer = await client.chat.getPermalink({ channel, message_ts: ref }).catch(() => undefined);
    const address = answer?.permalink;
    return address !== undefined && SAFE.test(address) ? known.put(key, address, now()) : undefined;
  }
}

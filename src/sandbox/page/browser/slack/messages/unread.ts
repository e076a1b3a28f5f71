import type { PostedMessage } from '../../../../slack/surface.js';
import type { PageSnapshot } from '../../../model/model.js';

/** A channel, or the bot's direct messages. */
export interface Conversation {
  id: string;
  name: string;
  dm: boolean;
  shared: boolean;
  /** With those that only this person sees, oldest first. */
  messages: PostedMessage[];
}

/** Where this person can go. */
export function placesOf({ me, channels, dm, dmChannel, ephemerals }: PageSnapshot): Conversation[] {
  const all = [
    ...channels.map(({ id, name, shared, messages }) => ({ id, name, shared, messages, dm: false })),
    { id: dmChannel ?? `D${me.slice(1)}`, name: 'jit', shared: false, messages: dm, dm: true },
  ];
  return all.map((place) => {
    const own = ephemerals.filter(({ channel }) => channel === place.id);
    return { ...place, messages: [...place.messages, ...own].sort((a, b) => order(a.ts, b.ts)) };
  });
}

/** Of two `ts`: they are equally long, and more exact than a number. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many messages came after the last one that was seen. As in Slack, replies in a thread do not count. */
export function unread({ messages }: Conversation, seen: string | undefined): number {
  const inThreads = new Set(threads(messages).flatMap(({ replies }) => replies));
  return messages.filter(
    (one) => (seen === undefined || order(one.ts, seen) > 0) && (one.broadcast || !inThreads.has(one)),
  ).length;
}

/** Each message that is no reply, with its replies; a reply whose parent is gone stands alone. */
export function threads(messages: PostedMessage[]): { parent: PostedMessage; replies: PostedMessage[] }[] {
  const known = new Set(messages.map(({ ts }) => ts));
  const isReply = ({ threadTs }: PostedMessage) => threadTs !== undefined && known.has(threadTs);
  return messages
    .filter((one) => !isReply(one) || one.threadTs === one.ts)
    .map((parent) => ({
      parent,
      replies: messages.filter((one) => isReply(one) && one !== parent && one.threadTs === parent.ts),
    }));
}

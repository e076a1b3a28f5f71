import type { WebClient } from '@slack/web-api';
import type { Post } from '../../domain/request/posts.js';
import type { Ailing } from '../../ports/health.js';
import { NotifyFault } from '../../ports/messages.js';
import { plainly, type Message } from '../messages/blocks.js';
import { notifyFault, slackError } from '../wire/faults.js';
import { OF_THE_CHANNEL, OF_THE_PERSON } from './card-places.js';
import type { Mark } from './find-own-message.js';

/** Nothing in a message is guessed by Slack to be a name or a link; `chat.update` would, unless told (invariant 11). */
const AS_WRITTEN = { parse: 'none', link_names: false } as const;
const GONE = ['message_not_found', 'cant_update_message'];
const PERSON = /^[UW]/;

/** In which thread a message stands; with `broadcast`, in the channel besides. */
export interface Thread {
  root: string;
  broadcast?: boolean;
}

export type Send = ReturnType<typeof sender>;

/**
 * Posts and updates messages. All throw `NotifyFault`.
 * @param ailing hears which channels take no message, and which people no direct one
 */
export function sender(client: WebClient, ailing: Ailing | undefined) {
  /** What Slack said of a place. */
  function heard(place: string, error: unknown): NotifyFault {
    const fault = notifyFault(error);
    const isPerson = PERSON.test(place);
    if ((isPerson ? OF_THE_PERSON : OF_THE_CHANNEL).test(fault.code))
      ailing?.fails(nameOf(place), fault.code);
    return fault;
  }

  return {
    heard,

    /** @param to a channel, or the id of the person whose direct messages it goes to: Slack opens them by itself */
    async post(
      to: string,
      message: Message,
      mark: Mark,
      thread?: Thread,
    ): Promise<{ place: string; ref: string }> {
      const inThread = thread
        ? thread.broadcast
          ? { thread_ts: thread.root, reply_broadcast: true as const }
          : { thread_ts: thread.root }
        : {};
      const plain = { ...AS_WRITTEN, unfurl_links: false, unfurl_media: false };
      try {
        const sent = await drawn(message, (drawable) =>
          client.chat.postMessage({ channel: to, ...drawable, ...inThread, ...plain, metadata: mark }),
        );
        if (sent.ts === undefined) throw new NotifyFault('no_timestamp', false);
        ailing?.works(nameOf(to));
        return { place: sent.channel ?? to, ref: sent.ts };
      } catch (error) {
        throw heard(to, error);
      }
    },

    /** @returns false when the message is no longer there */
    async update(
      { place: channel, ref: ts }: Pick<Post, 'place' | 'ref'>,
      message: Message,
      mark: Mark,
    ): Promise<boolean> {
      try {
        await drawn(message, (drawable) =>
          client.chat.update({ channel, ts, ...drawable, ...AS_WRITTEN, metadata: mark }),
        );
        ailing?.works(nameOf(channel));
        return true;
      } catch (error) {
        if (GONE.includes(slackError(error) ?? '')) return false;
        throw heard(channel, error);
      }
    },

    /** The channel of a person's direct messages, opened if need be. */
    async directChannel(user: string): Promise<string> {
      try {
        const { channel } = await client.conversations.open({ users: user });
        if (channel?.id === undefined) throw new NotifyFault('no_conversation', false);
        return channel.id;
      } catch (error) {
        throw heard(user, error);
      }
    },
  };
}

const nameOf = (place: string): string => `${PERSON.test(place) ? 'person' : 'channel'} ${place}`;

/** Sends; where this Slack cannot draw the blocks, once more as plain sections. */
async function drawn<T>(message: Message, send: (message: Message) => Promise<T>): Promise<T> {
  return send(message).catch((error: unknown) => {
    if (slackError(error) !== 'invalid_blocks') throw error;
    return send(plainly(message));
  });
}

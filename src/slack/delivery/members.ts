import type { WebClient } from '@slack/web-api';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { notifyFault } from '../wire/faults.js';
import { at } from '../wire/payload.js';

const LASTS: Millis = 10 * 60_000;
/** Slack's most (docs.slack.dev, conversations.members). */
const PAGE = 999;
/** A larger channel is not read to its end: then it is not known who is in it. */
const PAGES = 5;

/** The ids of those who are in a channel; undefined where Slack does not let the bot read that. Ten minutes old at most. */
export function channelMembers(
  client: WebClient,
  now: () => Instant,
): (channel: string) => Promise<ReadonlySet<string> | undefined> {
  const known = sharedAnswers(read, { now, key: (channel) => channel, most: 200, lasts: LASTS });
  // Who is mentioned there hears of it, as far as jit can know.
  return (channel) => known(channel).catch(() => undefined);

  async function read(channel: string): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    let pages = 0;
    try {
      for await (const page of client.paginate('conversations.members', { channel, limit: PAGE })) {
        const members = at(page, 'members');
        if (!Array.isArray(members)) return undefined;
        for (const id of members) if (typeof id === 'string') found.add(id);
        const cursor = at(page, 'response_metadata', 'next_cursor');
        if (++pages === PAGES && typeof cursor === 'string' && cursor !== '') return undefined;
      }
      return found;
    } catch (error) {
      const fault = notifyFault(error);
      // The manifest of an earlier version does not ask for the scope: that is no fault, and does not pass by itself.
      if (fault.permanent) return undefined;
      throw fault;
    }
  }
}

import type { WebClient } from '@slack/web-api';
import type { Instant } from '../domain/entitlement.js';
import { notifyFault } from './wire/faults.js';
import { isObject } from '../domain/is-object.js';
import { at, textAt } from './wire/payload.js';

/** Metadata by which jit knows its own messages; people do not see it. */
export interface Mark {
  event_type: string;
  event_payload: Record<string, string>;
}

const PAGES = 5;
const PAGE = 200;

/**
 * Looks for a message of ours that Slack may or may not have posted (invariant 5).
 * @param since when the request was made: no older message can be the one
 * @param root a thread to look in, instead of the channel
 * @returns its timestamp; undefined when it is not there, or when Slack does not let us look: twice is better than never
 */
export async function lookUp(
  client: WebClient,
  where: { channel: string; mark: Mark; botUserId: string; since: Instant; root?: string },
): Promise<string | undefined> {
  const { channel, mark, botUserId, since, root } = where;
  const query = { channel, limit: PAGE, include_all_metadata: true, oldest: String(since / 1000 - 60) };
  const pages =
    root === undefined
      ? client.paginate('conversations.history', query)
      : client.paginate('conversations.replies', { ...query, ts: root });
  let seen = 0;
  try {
    for await (const page of pages) {
      const messages = at(page, 'messages');
      const all: unknown[] = Array.isArray(messages) ? messages : [];
      const hit = all.find((message) => at(message, 'user') === botUserId && carries(message, mark));
      const ts = textAt(hit, 'ts');
      if (ts !== undefined || ++seen === PAGES) return ts;
    }
    return undefined;
  } catch (error) {
    const fault = notifyFault(error);
    if (fault.permanent) return undefined;
    throw fault;
  }
}

function carries(message: unknown, { event_type, event_payload }: Mark): boolean {
  const payload = at(message, 'metadata', 'event_payload');
  if (at(message, 'metadata', 'event_type') !== event_type || !isObject(payload)) return false;
  return Object.entries(event_payload).every(([key, value]) => payload[key] === value);
}

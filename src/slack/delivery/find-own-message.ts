import type { WebClient } from '@slack/web-api';
import type { Instant } from '../../domain/entitlement.js';
import { notifyFault } from '../wire/faults.js';
import { isObject } from '../../domain/is-object.js';
import { at, textAt } from '../wire/payload.js';

/** Metadata by which jit knows its own messages; people do not see it. */
export interface Mark {
  event_type: string;
  event_payload: Record<string, string>;
}

const PAGES = 5;
const PAGE = 200;

/** Where to look, for what, and since when: no message that is older than the request can be the one. */
export interface Sought {
  channel: string;
  mark: Mark;
  botUserId: string;
  since: Instant;
  /** A thread to look in, instead of the channel. */
  root?: string;
}

/**
 * Looks for a message of ours that Slack may or may not have posted (invariant 5).
 * @returns its timestamp; undefined when it is not there, or when Slack does not let us look: twice is better than never
 */
export async function lookUp(client: WebClient, sought: Sought): Promise<string | undefined> {
  try {
    for await (const message of pagesOf(client, sought)) {
      const ts = textAt(message, 'ts');
      if (ts !== undefined) return ts;
    }
    return undefined;
  } catch (error) {
    const fault = notifyFault(error);
    if (fault.permanent) return undefined;
    throw fault;
  }
}

/** All messages of ours that carry the mark, newest first. Throws what Slack says. */
export async function ownMessages(client: WebClient, sought: Sought): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const message of pagesOf(client, sought)) found.push(message);
  return found;
}

async function* pagesOf(client: WebClient, { channel, mark, botUserId, since, root }: Sought) {
  const query = { channel, limit: PAGE, include_all_metadata: true, oldest: String(since / 1000 - 60) };
  const pages =
    root === undefined
      ? client.paginate('conversations.history', query)
      : client.paginate('conversations.replies', { ...query, ts: root });
  let seen = 0;
  for await (const page of pages) {
    const messages = at(page, 'messages');
    const all: unknown[] = Array.isArray(messages) ? messages : [];
    yield* all.filter((message) => at(message, 'user') === botUserId && carries(message, mark));
    if (++seen === PAGES) return;
  }
}

function carries(message: unknown, { event_type, event_payload }: Mark): boolean {
  const payload = at(message, 'metadata', 'event_payload');
  if (at(message, 'metadata', 'event_type') !== event_type || !isObject(payload)) return false;
  return Object.entries(event_payload).every(([key, value]) => payload[key] === value);
}

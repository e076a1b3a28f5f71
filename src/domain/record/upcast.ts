import type { Grant } from '../grant.js';
import type { Event } from '../request/event.js';
import type { Head } from '../request/head.js';
import type { StoredEvent } from './seal.js';
import { isObject } from '../is-object.js';

/*
 * Until accounts had a provider, all people were Slack's (`slackId`, `team`), a window was a `viewId`, and a message
 * stood at `channel` and `ts`. Told by their structure and not by a format: one record may hold both. What is no such
 * thing stays as it is, for the laws to judge.
 */

/** A copy of the event as it would be written today. */
export function upcastEvent(stored: StoredEvent): Event {
  const event = within(within(stored, 'by', person), 'asked', (asked) => within(asked, 'requester', person));
  const upcast = within(event, 'vote', (vote) => within(vote, 'by', person));
  return (stored.type === 'MintRequested' ? window(upcast) : upcast) as Event;
}

/** A copy of HEAD as it would be written today. */
export function upcastHead(stored: object): Head {
  const head = within(stored, 'state', (state) => {
    const whose = within(within(state, 'requester', person), 'by', person);
    return within(
      whose,
      'votes',
      each((vote) => within(vote, 'by', person)),
    );
  });
  const owing = within(
    head,
    'outbox',
    each((owed) => within(owed, 'effect', window)),
  );
  return within(owing, 'posts', (posts) => (isObject(posts) ? mapped(posts, message) : posts)) as Head;
}

/** A copy of a grant's own record as it would be written today. */
export function upcastGrant(stored: object): Grant {
  const grant = within(stored, 'requester', person);
  return within(grant, 'ending', (ending) => within(ending, 'by', person)) as Grant;
}

/** A copy of an order to end access, or of whatever stands in its place. */
export function upcastEnd(stored: unknown): unknown {
  return within(stored, 'by', person);
}

type Members = Record<string, unknown>;

function person(who: unknown): unknown {
  if (!isObject(who) || !('slackId' in who) || 'account' in who) return who;
  const { slackId: id, team: tenant, ...rest } = who;
  return { ...rest, account: { provider: 'slack', tenant, id } };
}

function window(waits: unknown): unknown {
  return renamed(waits, { viewId: 'waiting' });
}

function message(post: unknown): unknown {
  return renamed(post, { channel: 'place', ts: 'ref' });
}

function renamed(value: unknown, names: Record<string, string>): unknown {
  if (!isObject(value) || Object.values(names).some((name) => name in value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [Object.hasOwn(names, name) ? names[name]! : name, member]),
  );
}

function within(value: unknown, name: string, change: (member: unknown) => unknown): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? { ...value, [name]: change(value[name]) } : value;
}

function each(change: (member: unknown) => unknown): (list: unknown) => unknown {
  return (list) => (Array.isArray(list) ? list.map(change) : list);
}

function mapped(value: Members, change: (member: unknown) => unknown): Members {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}

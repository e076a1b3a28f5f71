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

/** A copy of what was stored, as it would be written today. */
export function upcastEvent(stored: StoredEvent): Event {
  const event = within(within(within(stored, 'by', person), 'asked.requester', person), 'vote.by', person);
  return (stored.type === 'MintRequested' ? window(event) : event) as Event;
}

export function upcastHead(stored: object): Head {
  const whose = within(within(stored, 'state.requester', person), 'state.by', person);
  const head = within(within(whose, 'state.votes.[].by', person), 'outbox.[].effect', window);
  return within(head, 'posts.{}', message) as Head;
}

export function upcastGrant(stored: object): Grant {
  return within(within(stored, 'requester', person), 'ending.by', person) as Grant;
}

/** A copy of an order to end access, or of whatever stands in its place. */
export function upcastEnd(stored: unknown): unknown {
  return within(stored, 'by', person);
}

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

type Change = (part: unknown) => unknown;

/** @param path names of members, between dots; `[]` for each part of a list, `{}` for each member of an object */
function within(value: unknown, path: string, change: Change): unknown {
  const [name = '', ...rest] = path.split('.');
  const inside: Change = rest.length === 0 ? change : (part) => within(part, rest.join('.'), change);
  if (name === '[]') return Array.isArray(value) ? value.map((part) => inside(part)) : value;
  if (!isObject(value)) return value;
  if (name === '{}')
    return Object.fromEntries(Object.entries(value).map(([member, part]) => [member, inside(part)]));
  return Object.hasOwn(value, name) ? { ...value, [name]: inside(value[name]) } : value;
}

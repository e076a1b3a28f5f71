import type { Grant } from '../grant.js';
import type { Person } from '../person.js';
import type { Event } from '../request/event.js';
import type { Head } from '../request/head.js';
import type { StoredEvent } from './seal.js';
import { isObject } from '../is-object.js';

/*
 * Until accounts had a provider, all people were Slack's (`slackId`, `team`), a window was a `viewId`, and a message
 * stood at `channel` and `ts`. Told by their structure and not by a format: one record may hold both. What is no such
 * thing stays as it is, for the laws to judge.
 */

/** What was stored, as it would be written today; what is so already is itself, and no copy of it. */
export function upcastEvent(stored: StoredEvent): Event {
  return (stored.type === 'MintRequested' ? window(event(stored)) : event(stored)) as Event;
}

/** A head that was stored, as it would be written today. */
export const upcastHead = (stored: object): Head => head(stored) as Head;

/** A grant that was stored, as it would be written today. */
export const upcastGrant = (stored: object): Grant => grant(stored) as Grant;

/** An order to end access, or what stands in its place. */
export const upcastEnd = (stored: unknown): unknown => end(stored);

/** A person who was stored, as they would be written today. */
export const upcastPerson = (stored: unknown): Person => person(stored) as Person;

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

const end = within('by', person);
const event = both(end, within('asked.requester', person), within('vote.by', person));
const grant = both(within('requester', person), within('ending.by', person));
const head = both(
  within('state.requester', person),
  within('state.by', person),
  within('state.votes.[].by', person),
  within('outbox.[].effect', window),
  within('posts.{}', message),
);

function both(...changes: Change[]): Change {
  return (value) => changes.reduce((changed, change) => change(changed), value);
}

/** @param path names of members, between dots; `[]` for each part of a list, `{}` for each member of an object */
function within(path: string, change: Change): Change {
  const [name = '', ...rest] = path.split('.');
  const inside = rest.length === 0 ? change : within(rest.join('.'), change);
  if (name === '[]') return (value) => (Array.isArray(value) ? list(value, inside) : value);
  return (value) => {
    if (!isObject(value)) return value;
    if (name !== '{}') return Object.hasOwn(value, name) ? member(value, name, inside) : value;
    return Object.keys(value).reduce((changed, key) => member(changed, key, inside), value);
  };
}

function list(values: unknown[], change: Change): unknown[] {
  const changed = values.map(change);
  return changed.every((value, n) => value === values[n]) ? values : changed;
}

function member(of: Record<string, unknown>, name: string, change: Change): Record<string, unknown> {
  const changed = change(of[name]);
  return changed === of[name] ? of : { ...of, [name]: changed };
}

import type { DirectoryConfig } from '../domain/directory.js';
import type { Post } from '../domain/request/head.js';
import type { State } from '../domain/request/state.js';
import type { Bundle } from '../ports/policy.js';

/** Where a card may be posted: a channel, and the message of ours there whose thread is the request's. */
export interface CardPlace {
  channel: string;
  root?: string;
}

/** Slack's errors of a channel in which no message can be posted or updated, and no button pressed, any more. */
export const CLOSED = /^(?:is_archived|channel_not_found)$/;
/** Slack's errors that say something of the channel, and not of the message or the token (docs.slack.dev, chat.postMessage). */
export const OF_THE_CHANNEL =
  /^(?:is_archived|channel_not_found|not_in_channel|restricted_action\w*|no_permission)$/;

/**
 * Where to try to post the card of the stage of this name, in this order: in the request's thread in the stage's channel, else the
 * entitlement's, else the default one; there beside the thread, whose first message may have been deleted; and in the
 * default channel.
 */
export function placesFor(
  state: State,
  name: string,
  { stages, channel: byDefault }: DirectoryConfig,
  posts: Record<string, Post>,
): CardPlace[] {
  const own = stages.find((stage) => stage.name === name)?.channel ?? state.entitlement.channel ?? byDefault;
  return [...new Set([own, byDefault])].flatMap((channel): CardPlace[] => {
    // The first card of a request in a channel: its thread is the request's.
    const [root] = Object.values(posts)
      .flatMap(({ place, ref }) => (place === channel ? [ref] : []))
      .sort((a, b) => Number(a) - Number(b));
    return root === undefined ? [{ channel }] : [{ channel, root }, { channel }];
  });
}

/** Each channel that the policy folder names, with where it does. */
export function channelsOf({
  directory,
  entitlements,
}: Pick<Bundle, 'directory' | 'entitlements'>): Map<string, string[]> {
  const named = new Map<string, string[]>([[directory.channel, ['directory.yml']]]);
  const add = (id: string | undefined, where: string): void => {
    if (id !== undefined) named.set(id, [...(named.get(id) ?? []), where]);
  };
  for (const stage of directory.stages) add(stage.channel, `stage ${stage.name}`);
  for (const { id, channel } of entitlements.values()) add(channel, `entitlement ${id}`);
  return named;
}

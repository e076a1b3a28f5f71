import { toldBy, type DirectoryConfig, type StageDef } from '../../domain/directory.js';
import { isCard, type Post } from '../../domain/request/posts.js';
import type { State } from '../../domain/request/state.js';
import type { Bundle } from '../../ports/policy.js';

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
/** The same of a person to whom no direct message can be sent. */
export const OF_THE_PERSON =
  /^(?:channel_not_found|user_not_found|user_disabled|user_not_visible|cannot_dm_bot|messages_tab_disabled|not_in_channel|is_archived|restricted_action\w*|no_permission)$/;

/** How a stage can hear of a request: each by a direct message, or by a card in a channel. */
export type AskingWay = 'people' | CardPlace;

/**
 * The ways by which to ask the stage of this name, in this order: as directory.yml says, the other way, the entitlement's
 * channel, the default one. Of a channel first the request's thread there, then beside it, since its first message may
 * have been deleted.
 */
export function waysFor(
  state: State,
  name: string,
  { stages, channel: byDefault }: DirectoryConfig,
  posts: Record<string, Post>,
): AskingWay[] {
  const stage = stages.find((one) => one.name === name);
  const { channel: ofEntitlement } = state.entitlement;
  const own = channelOf(state, stage, { channel: byDefault });
  const places = (channel: string) => placesIn(channel, posts);
  const others = [...new Set([ofEntitlement ?? byDefault, byDefault])].filter((channel) => channel !== own);
  const first: AskingWay[] =
    stage && toldBy(stage) === 'people' ? ['people', ...places(own)] : [...places(own), 'people'];
  return [...first, ...others.flatMap(places)];
}

/** Where the card of a stage stands, where nothing is in the way. */
export function channelOf(
  { entitlement }: State,
  stage: Pick<StageDef, 'channel'> | undefined,
  { channel: byDefault }: Pick<DirectoryConfig, 'channel'>,
): string {
  return stage?.channel ?? entitlement.channel ?? byDefault;
}

export function placesIn(channel: string, posts: Record<string, Post>): CardPlace[] {
  const root = rootIn(channel, posts);
  return root === undefined ? [{ channel }] : [{ channel, root }, { channel }];
}

/** The first card of a request in a channel: its thread is the request's. */
export function rootIn(channel: string, posts: Record<string, Post>): string | undefined {
  const [root] = Object.entries(posts)
    .flatMap(([name, { place, ref }]) => (place === channel && isCard(name) ? [ref] : []))
    .sort((a, b) => Number(a) - Number(b));
  return root;
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
  add(directory.fallback?.channel, 'fallback');
  add(directory.emergency?.channel, 'emergency');
  for (const { id, channel } of entitlements.values()) add(channel, `entitlement ${id}`);
  return named;
}

import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Stage } from '../domain/chain.js';
import { canonical, sha256 } from '../domain/entitlement.js';
import type { Post } from '../domain/request/head.js';
import type { State } from '../domain/request/state.js';
import type { GrantKind } from '../ports/access.js';
import { NotifyFault, type Notifier, type RequestView } from '../ports/messages.js';
import type { Ailing } from '../ports/health.js';
import type { Bundle } from '../ports/policy.js';
import { notifyFault, slackError } from './wire/faults.js';
import { CARD_EVENT, NEWS_EVENT } from './ids.js';
import { plainly, type Message } from './messages/blocks.js';
import { card } from './messages/card.js';
import { opened, votable } from './messages/chain.js';
import { credentialsView, noCredentialsView } from './messages/credentials.js';
import { NEWS } from './messages/news.js';
import { lookUp, type Mark } from './find-own-message.js';
import { isClosed, isOfTheChannel, placesFor } from './card-places.js';

/** Nothing in a message is guessed by Slack to be a name or a link; `chat.update` would, unless told (invariant 11). */
const AS_WRITTEN = { parse: 'none', link_names: false } as const;
const GONE = ['message_not_found', 'cant_update_message'];

/** Messages out, over Slack's Web API. Throws `NotifyFault` only. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function slackNotifier(options: {
  /** With the engine's patience, and without retries of its own. */
  client: WebClient;
  bundle: () => Bundle;
  kinds: readonly GrantKind[];
  /** The bot's own: only messages from it are taken for ours. */
  botUserId: string;
  /** Hears which channels take no cards. */
  ailing?: Ailing | undefined;
}): Notifier {
  const { client, bundle, kinds, botUserId, ailing } = options;

  return {
    cards: (view, retry) => faultsOf(() => cards(view, retry)),
    tell: (view, news, id, retry) =>
      faultsOf(async () => {
        const { state } = view;
        const opened = await client.conversations.open({ users: state.requester.account.id });
        const channel = opened.channel?.id;
        if (channel === undefined) throw new NotifyFault('no_conversation', false);
        const mark = { event_type: NEWS_EVENT, event_payload: { request: state.id, id } };
        if (retry && (await lookUp(client, { channel, mark, botUserId, since: state.requestedAt }))) return;
        await post(channel, NEWS[news](view, bundle().directory, kinds), mark);
      }),
    showCredentials: (viewId, state, credentials) => show(viewId, credentialsView(state, credentials)),
    showNoCredentials: (viewId, why, hint) => show(viewId, noCredentialsView(why, hint)),
  };

  async function cards(view: RequestView, retry: boolean): Promise<Record<string, Post>> {
    const { state } = view;
    const { directory } = bundle();
    const open = votable(state);
    const posts = retry ? { ...(await lost(view)), ...view.posts } : { ...view.posts };
    let fault: NotifyFault | undefined;
    let fresh = open && !posts[open.name] ? open : undefined;
    for (const stage of state.chain) {
      const old = posts[stage.name];
      if (!old) continue;
      const message = card(view, stage, directory);
      try {
        const there = await update(old, message, markOf(state, stage));
        // Only an open stage needs its card again; the record of a closed stage, once deleted, stays deleted.
        if (!there && stage === open) fresh = open;
        posts[stage.name] = { ...old, shown: digest(message) };
      } catch (error) {
        const found = notifyFault(error);
        if (!found.permanent) throw found;
        // Nobody can press a button there any more.
        if (stage === open && isClosed(found.code)) fresh = open;
        else fault ??= found;
      }
    }
    if (fresh) {
      // The only new message, and the last thing done: no later failure can make us forget it.
      const { [fresh.name]: gone, ...others } = posts;
      const message = card(view, fresh, directory);
      const there = retry && gone ? await find(state, fresh, others, gone) : undefined;
      if (there && (await update(there, message, markOf(state, fresh))))
        posts[fresh.name] = { ...there, shown: digest(message) };
      else posts[fresh.name] = await postCard(state, fresh, message, others);
    }
    const learned = Object.entries(posts).some(([name, { ref }]) => view.posts[name]?.ref !== ref);
    if (fault && !learned) throw fault;
    return posts;
  }

  /** Posts the card of a stage where it is taken. @throws with all that was tried, where no channel takes it */
  async function postCard(
    state: State,
    stage: Stage,
    message: Message,
    others: Record<string, Post>,
  ): Promise<Post> {
    const refused = new Map<string, string>();
    for (const { channel, root } of placesFor(state, stage, bundle().directory, others)) {
      if (isOfTheChannel(refused.get(channel) ?? '')) continue;
      try {
        const posted = await post(channel, message, markOf(state, stage), root);
        ailing?.works(`channel ${channel}`);
        return posted;
      } catch (error) {
        const { code, permanent } = heard(channel, error);
        if (!permanent) throw error;
        refused.set(channel, code);
      }
    }
    const tried = [...refused].map(([channel, code]) => ({ channel, code }));
    throw new NotifyFault(tried[0]?.code ?? 'no_channel', true, undefined, { stage: stage.name, tried });
  }

  /** What Slack said of a channel. */
  function heard(channel: string, error: unknown): NotifyFault {
    const fault = notifyFault(error);
    if (isOfTheChannel(fault.code)) ailing?.fails(`channel ${channel}`, fault.code);
    return fault;
  }

  /** Cards that Slack may have posted although its answer never came (invariant 5). */
  async function lost({ state, posts }: RequestView): Promise<Record<string, Post>> {
    const found: Record<string, Post> = {};
    for (const stage of opened(state)) {
      const there = posts[stage.name] ? undefined : await find(state, stage, posts);
      if (there) found[stage.name] = there;
    }
    return found;
  }

  /** @param gone the card that stood here before, and is not meant */
  async function find(
    state: State,
    stage: Stage,
    others: Record<string, Post>,
    gone?: Post,
  ): Promise<Post | undefined> {
    const mark = markOf(state, stage);
    for (const place of placesFor(state, stage, bundle().directory, others)) {
      const ts = await lookUp(client, { ...place, mark, botUserId, since: state.requestedAt });
      if (ts !== undefined && ts !== gone?.ref) return { place: place.channel, ref: ts, shown: '' };
    }
    return undefined;
  }

  async function post(channel: string, message: Message, mark: Mark, root?: string): Promise<Post> {
    const thread = root === undefined ? {} : { thread_ts: root, reply_broadcast: true as const };
    const sent = await drawn(message, (drawable) =>
      client.chat.postMessage({
        channel,
        ...drawable,
        ...thread,
        ...AS_WRITTEN,
        unfurl_links: false,
        unfurl_media: false,
        metadata: mark,
      }),
    );
    if (sent.ts === undefined) throw new NotifyFault('no_timestamp', false);
    return { place: sent.channel ?? channel, ref: sent.ts, shown: digest(message) };
  }

  /** @returns false when the message is no longer there */
  async function update(
    { place: channel, ref: ts, shown }: Post,
    message: Message,
    mark: Mark,
  ): Promise<boolean> {
    if (shown === digest(message)) return true;
    try {
      await drawn(message, (drawable) =>
        client.chat.update({ channel, ts, ...drawable, ...AS_WRITTEN, metadata: mark }),
      );
      ailing?.works(`channel ${channel}`);
      return true;
    } catch (error) {
      if (GONE.includes(slackError(error) ?? '')) return false;
      throw heard(channel, error);
    }
  }

  function show(viewId: string, view: ModalView): Promise<void> {
    return faultsOf(async () => {
      await client.views.update({ view_id: viewId, view });
    });
  }
}

function markOf({ id }: State, { name }: Stage): Mark {
  return { event_type: CARD_EVENT, event_payload: { request: id, stage: name } };
}

function digest(message: Message): string {
  return sha256(canonical(message));
}

/** Sends; where this Slack cannot draw the blocks, once more as plain sections. */
async function drawn<T>(message: Message, send: (message: Message) => Promise<T>): Promise<T> {
  try {
    return await send(message);
  } catch (error) {
    if (slackError(error) !== 'invalid_blocks') throw error;
    return send(plainly(message));
  }
}

async function faultsOf<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notifyFault(error);
  }
}

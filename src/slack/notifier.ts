import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Stage } from '../domain/chain.js';
import { canonical, sha256 } from '../domain/entitlement.js';
import type { News } from '../domain/request/effects.js';
import type { Post } from '../domain/request/head.js';
import type { GrantKind } from '../ports/access.js';
import type { Ailing } from '../ports/health.js';
import { NotifyFault, type Notifier, type RequestView } from '../ports/messages.js';
import type { Bundle } from '../ports/policy.js';
import { CLOSED, OF_THE_CHANNEL, placesFor } from './card-places.js';
import { lookUp, type Mark } from './find-own-message.js';
import { CARD_EVENT, NEWS_EVENT } from './ids.js';
import { plainly, type Message } from './messages/blocks.js';
import { card } from './messages/card.js';
import { turnOf, votable } from './messages/chain.js';
import { credentialsView, noCredentialsView } from './messages/credentials.js';
import { NEWS } from './messages/news.js';
import { notifyFault, slackError } from './wire/faults.js';

/** Nothing in a message is guessed by Slack to be a name or a link; `chat.update` would, unless told (invariant 11). */
const AS_WRITTEN = { parse: 'none', link_names: false } as const;
const GONE = ['message_not_found', 'cant_update_message'];

/** By stage. */
type Posts = Record<string, Post>;
interface Card {
  stage: string;
  message: Message;
  /** What it shows, as a digest. */
  shown: string;
  mark: Mark;
}

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
    cards: (...about) => faultsOf(cards(...about)),
    tell: (...about) => faultsOf(tellRequester(...about)),
    showCredentials: (viewId, state, credentials) => show(viewId, credentialsView(state, credentials)),
    showNoCredentials: (viewId, why, hint) => show(viewId, noCredentialsView(why, hint)),
  };

  async function tellRequester(view: RequestView, news: News, id: string, retry: boolean): Promise<void> {
    const { state } = view;
    const dm = await client.conversations.open({ users: state.requester.account.id });
    const channel = dm.channel?.id;
    if (channel === undefined) throw new NotifyFault('no_conversation', false);
    const mark = { event_type: NEWS_EVENT, event_payload: { request: state.id, id } };
    if (retry && (await lookUp(client, { channel, mark, botUserId, since: state.requestedAt }))) return;
    await post(channel, NEWS[news](view, bundle().directory, kinds), mark);
  }

  async function cards(view: RequestView, retry: boolean): Promise<Posts> {
    const { state } = view;
    const { directory } = bundle();
    const all = state.chain.map((stage) => cardOf(view, stage, directory));
    const open = votable(state)?.name;
    const posts = { ...view.posts };
    if (retry)
      for (const one of all.slice(0, turnOf(state) + 1)) {
        // One that Slack may have posted although its answer never came (invariant 5).
        const there = posts[one.stage] ?? (await find(view, one, view.posts));
        if (there) posts[one.stage] = there;
      }
    let fault: NotifyFault | undefined;
    let missing = all.find(({ stage }) => stage === open && !posts[stage]);
    for (const one of all) {
      const old = posts[one.stage];
      if (!old) continue;
      try {
        const isThere = await update(old, one);
        // Only an open stage needs its card again; the record of a closed stage, once deleted, stays deleted.
        if (!isThere && one.stage === open) missing = one;
        posts[one.stage] = { ...old, shown: one.shown };
      } catch (error) {
        const found = notifyFault(error);
        if (!found.permanent) throw found;
        // No approver can press a button there any more.
        if (one.stage === open && CLOSED.test(found.code)) missing = one;
        else fault ??= found;
      }
    }
    // The only new message, and the last thing done: no later failure can make us forget it.
    if (missing) posts[missing.stage] = await again(view, missing, posts, retry);
    const learned = Object.entries(posts).some(([name, { ref }]) => view.posts[name]?.ref !== ref);
    if (fault && !learned) throw fault;
    return posts;
  }

  /** Posts the card of the open stage, unless that was done before: then `retry`, and it stands elsewhere than on record. */
  async function again(view: RequestView, one: Card, posts: Posts, retry: boolean): Promise<Post> {
    const { [one.stage]: gone, ...others } = posts;
    const there = retry && gone ? await find(view, one, others, gone) : undefined;
    if (there && (await update(there, one))) return { ...there, shown: one.shown };
    return postCard(view, one, others);
  }

  /** Posts a card where it is taken. @throws with all that was tried, where no channel takes it */
  async function postCard({ state }: RequestView, one: Card, others: Posts): Promise<Post> {
    const refused = new Map<string, string>();
    for (const { channel, root } of placesFor(state, one.stage, bundle().directory, others)) {
      if (OF_THE_CHANNEL.test(refused.get(channel) ?? '')) continue;
      try {
        const sent = await post(channel, one.message, one.mark, root);
        ailing?.works(`channel ${channel}`);
        return { ...sent, shown: one.shown };
      } catch (error) {
        const { code, permanent } = heard(channel, error);
        if (!permanent) throw error;
        refused.set(channel, code);
      }
    }
    const tried = [...refused].map(([channel, code]) => ({ channel, code }));
    throw new NotifyFault(tried[0]?.code ?? 'no_channel', true, undefined, { stage: one.stage, tried });
  }

  /** What Slack said of a channel. */
  function heard(channel: string, error: unknown): NotifyFault {
    const fault = notifyFault(error);
    if (OF_THE_CHANNEL.test(fault.code)) ailing?.fails(`channel ${channel}`, fault.code);
    return fault;
  }

  /** @param gone the card that stood here before, and is not meant */
  async function find(
    { state }: RequestView,
    { stage, mark }: Card,
    others: Posts,
    gone?: Post,
  ): Promise<Post | undefined> {
    for (const place of placesFor(state, stage, bundle().directory, others)) {
      const ts = await lookUp(client, { ...place, mark, botUserId, since: state.requestedAt });
      if (ts !== undefined && ts !== gone?.ref) return { place: place.channel, ref: ts, shown: '' };
    }
    return undefined;
  }

  async function post(channel: string, message: Message, mark: Mark, root?: string) {
    const thread = root === undefined ? {} : { thread_ts: root, reply_broadcast: true as const };
    const plain = { ...AS_WRITTEN, unfurl_links: false, unfurl_media: false };
    const sent = await drawn(message, (drawable) =>
      client.chat.postMessage({ channel, ...drawable, ...thread, ...plain, metadata: mark }),
    );
    if (sent.ts === undefined) throw new NotifyFault('no_timestamp', false);
    return { place: sent.channel ?? channel, ref: sent.ts };
  }

  /** @returns false when the message is no longer there */
  async function update(
    { place: channel, ref: ts, shown }: Post,
    { message, mark, ...now }: Card,
  ): Promise<boolean> {
    if (shown === now.shown) return true;
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

  async function show(viewId: string, view: ModalView): Promise<void> {
    await faultsOf(client.views.update({ view_id: viewId, view }));
  }
}

function cardOf(view: RequestView, stage: Stage, directory: Bundle['directory']): Card {
  const message = card(view, stage, directory);
  const mark = { event_type: CARD_EVENT, event_payload: { request: view.state.id, stage: stage.name } };
  return { stage: stage.name, message, shown: sha256(canonical(message)), mark };
}

/** Sends; where this Slack cannot draw the blocks, once more as plain sections. */
async function drawn<T>(message: Message, send: (message: Message) => Promise<T>): Promise<T> {
  return send(message).catch((error: unknown) => {
    if (slackError(error) !== 'invalid_blocks') throw error;
    return send(plainly(message));
  });
}

async function faultsOf<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw notifyFault(error);
  });
}

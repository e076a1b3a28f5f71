import type { WebClient } from '@slack/web-api';
import { detailsIn, type Post } from '../../domain/request/posts.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Ailing } from '../../ports/health.js';
import type {
  Copy,
  Redrawn,
  Earlier,
  NoteCopies,
  Notifier,
  NotifyFault,
  RequestView,
} from '../../ports/messages.js';
import type { Bundle } from '../../ports/policy.js';
import { HISTORY_EVENT } from '../ids.js';
import { card } from '../messages/card.js';
import { turnOf, votable } from '../messages/chain.js';
import { history } from '../messages/history.js';
import { notifyFault } from '../wire/faults.js';
import { asker } from './ask.js';
import { CLOSED, rootIn, waysFor, type CardPlace } from './card-places.js';
import { copyKeeper, digest, IN_COPIES, markOf } from './copies.js';
import { lookUp } from './find-own-message.js';
import { channelMembers } from './members.js';
import { sender } from './send.js';

/** What messages are sent with. */
export interface SlackDelivery {
  client: WebClient;
  bundle: () => Bundle;
  /** The bot's own: only messages from it are taken for ours. */
  botUserId: string;
  now: () => Instant;
  ailing?: Ailing | undefined;
}

/** The cards of a request, in channels and in direct messages. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function cardKeeper(delivery: SlackDelivery): Notifier['cards'] {
  const { client, bundle, botUserId, now } = delivery;
  const send = sender(client, delivery.ailing);
  const keeper = copyKeeper({ client, send, bundle, botUserId });
  const { ask, askAbsent } = asker({ send, copies: keeper, bundle, members: channelMembers(client, now) });

  return async (view, earlier) => {
    const { state } = view;
    const { retry } = earlier;
    const open = votable(state);
    const posts = ofStages(view);
    const faults: NotifyFault[] = [];
    if (retry) await findLost(view, posts);
    const settled = await keeper.settle(view, earlier.copies);
    if (settled.fault) faults.push(settled.fault);
    let copies = settled.copies;
    const mayStand = await updateAll(view, posts, faults);

    if (open) {
      const has = copies.filter(({ stage, ref, done }) => stage === open.name && ref !== '' && !done);
      const post = posts[open.name];
      const known = copies;
      const note: NoteCopies = (planned) => earlier.note([...known, ...planned]);
      const isAsked = mayStand && (post?.direct ? has.length > 0 && !settled.gone : post !== undefined);
      if (!isAsked) {
        // The card that stood there, if any, is not meant: nobody can press its buttons.
        const { [open.name]: gone, ...others } = posts;
        const find = async (place: CardPlace) => {
          const there = gone && (await look(view, open.name, place));
          return there?.ref === gone?.ref ? undefined : there;
        };
        const come = await ask({ view, stage: open, posts: others, has, retry, find, note });
        copies = withNew(copies, come.copies);
        if (come.post) posts[open.name] = come.post;
        if (come.fault) faults.push(come.fault);
      } else if ((retry || settled.gone) && post && !post.direct) {
        const more = await askAbsent({ view, stage: open, has, retry, note }, post.place);
        copies = withNew(copies, more.copies);
        if (more.fault) faults.push(more.fault);
      }
    }
    if (state.status === 'closed') await addDetails(view, posts, earlier, faults);
    // What says that nobody can be asked goes before what may pass.
    const fault =
      faults.find(({ unasked }) => unasked) ?? faults.find(({ permanent }) => !permanent) ?? faults[0];
    return { posts, copies, ...(fault && { fault }) };
  };

  /** Those that an earlier try may have posted although its answer never came (invariant 5). */
  async function findLost(view: RequestView, posts: Redrawn['posts']): Promise<void> {
    const { state } = view;
    const turn = turnOf(state);
    for (const { name } of state.chain.slice(0, turn + 1)) {
      if (posts[name]) continue;
      for (const way of waysFor(state, name, bundle().directory, posts)) {
        const there = way === 'people' ? undefined : await look(view, name, way);
        if (!there) continue;
        posts[name] = { ...there, shown: '' };
        break;
      }
    }
  }

  async function look({ state }: RequestView, stage: string, place: CardPlace) {
    const mark = markOf({ state }, stage);
    const ref = await lookUp(client, { ...place, mark, botUserId, since: state.requestedAt });
    return ref === undefined ? undefined : { place: place.channel, ref };
  }

  /** @returns false where the card of the open stage is gone, or stands where nobody can press a button */
  async function updateAll(
    view: RequestView,
    posts: Redrawn['posts'],
    faults: NotifyFault[],
  ): Promise<boolean> {
    const { state } = view;
    const open = votable(state)?.name;
    let stands = true;
    for (const stage of state.chain) {
      const old = posts[stage.name];
      if (!old) continue;
      if (old.direct) {
        posts[stage.name] = { ...old, shown: IN_COPIES };
        continue;
      }
      const message = card(view, stage, bundle().directory);
      const shown = digest(message);
      if (old.shown === shown) continue;
      try {
        const isThere = await send.update(old, message, markOf(view, stage.name));
        // Only an open stage needs its card again; the record of a closed stage, once deleted, stays deleted.
        if (!isThere && stage.name === open) stands = false;
        posts[stage.name] = { ...old, shown };
      } catch (error) {
        const fault = notifyFault(error);
        // Whether it was heard is not known: it may show either.
        if (!fault.permanent) posts[stage.name] = { ...old, shown: '' };
        if (fault.permanent && stage.name === open && CLOSED.test(fault.code)) stands = false;
        else faults.push(fault);
      }
    }
    return stands;
  }

  /** Once a request is over: what has happened, in the thread of its cards in each channel. */
  async function addDetails(
    view: RequestView,
    posts: Redrawn['posts'],
    { retry, records }: Earlier,
    faults: NotifyFault[],
  ): Promise<void> {
    const { state } = view;
    const channels = new Set(channelPosts(posts).map(({ place }) => place));
    for (const channel of channels) {
      const name = detailsIn(channel);
      const root = rootIn(channel, posts);
      if (root === undefined || view.posts[name]) continue;
      const mark = { event_type: HISTORY_EVENT, event_payload: { request: state.id, of: channel } };
      try {
        const there = retry
          ? await lookUp(client, { channel, root, mark, botUserId, since: state.requestedAt })
          : undefined;
        const message = history(await records(), state);
        const sent =
          there === undefined
            ? await send.post(channel, message, mark, { root })
            : { place: channel, ref: there };
        posts[name] = { ...sent, shown: '' };
      } catch (error) {
        const fault = notifyFault(error);
        // A thread that was deleted, or a channel that was archived, takes none: nobody misses it.
        if (!fault.permanent) faults.push(fault);
      }
    }
  }
}

/** A copy that was only planned gives way to the one that stands. */
function withNew(copies: Copy[], come: Copy[]): Copy[] {
  const isCome = ({ stage, to }: Copy) => come.some((one) => one.stage === stage && one.to === to);
  return [...copies.filter((copy) => copy.ref !== '' || !isCome(copy)), ...come];
}

function ofStages({ posts }: RequestView): Record<string, Post> {
  return Object.fromEntries(Object.entries(posts).filter(([name]) => !name.startsWith('@')));
}

function channelPosts(posts: Record<string, Post>): Post[] {
  return Object.values(posts).filter(({ direct }) => !direct);
}

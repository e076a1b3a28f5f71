import type { WebClient } from '@slack/web-api';
import type { Stage } from '../../domain/chain.js';
import { detailsIn, escalatedIn, isCard, type Post } from '../../domain/request/posts.js';
import type { State } from '../../domain/request/state.js';
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
import { escalationsOf } from '../messages/parts/escalation.js';
import { notifyFault } from '../wire/faults.js';
import { asker, type StageAsk, type StageAsked } from './ask.js';
import { CLOSED, placesIn, rootIn, waysFor, type AskingWay, type CardPlace } from './card-places.js';
import { copyKeeper, digest, IN_COPIES, markOf } from './copies.js';
import { recordKeeper } from './decided/record-line.js';
import { lookUp } from './find-own-message.js';
import { channelMembers } from './members.js';
import { sender } from './send.js';
import { escalationTeller } from './waiting/escalated.js';

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
  const { ask, askMore } = asker({ send, copies: keeper, bundle, members: channelMembers(client, now) });
  const keepRecords = recordKeeper({
    send,
    bundle,
    find: (sought) => lookUp(client, { ...sought, botUserId }),
  });
  const tellEscalation = escalationTeller({ send, copies: keeper, bundle });

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
      const note: NoteCopies = (planned) => earlier.note([...copies, ...planned]);
      const of = { view, stage: open, retry, note };
      const standing = () =>
        copies.filter(({ stage, ref, done }) => stage === open.name && ref !== '' && !done);
      const has = standing();
      const post = posts[open.name];
      const isAsked = mayStand && (!post?.direct || (has.length > 0 && !settled.gone));
      const isSure = !retry && !settled.gone && !view.decidersChanged;
      // Where nobody is left who may decide, there is nobody to ask, until somebody comes in.
      const isNobodyThere = view.deciders?.length === 0;
      const come =
        post && (isAsked || isNobodyThere)
          ? await askMore({ ...of, has }, { post, isSure })
          : await askAnew({ ...of, has, posts });
      heard(open.name, come);
      for (const escalation of escalationsOf(state, open.name)) {
        const name = escalatedIn(open.name, escalation.to);
        const find = (place: CardPlace) => look(view, name, place);
        heard(name, await tellEscalation({ ...of, has: standing(), posts, find }, escalation));
      }
    }
    await keepRecords(view, posts, retry, faults);
    if (state.status === 'closed' && !view.extension) await addDetails(view, posts, earlier, faults);
    // What says that nobody can be asked goes before what may pass.
    const fault =
      faults.find(({ unasked }) => unasked) ?? faults.find(({ permanent }) => !permanent) ?? faults[0];
    return { posts, copies, ...(fault && { fault }) };

    function heard(
      name: string,
      { post, copies: more, fault }: Partial<StageAsked> & Pick<StageAsked, 'copies'>,
    ) {
      copies = withNew(copies, more);
      if (post) posts[name] = post;
      if (fault) faults.push(fault);
    }
  };

  /** The card that stood there, if any, is not meant: nobody can press its buttons. */
  async function askAnew({ posts, ...asking }: Omit<StageAsk, 'find'>): Promise<StageAsked> {
    const { view, stage } = asking;
    const { [stage.name]: gone, ...others } = posts;
    const find = async (place: CardPlace) => {
      const there = gone && (await look(view, stage.name, place));
      return there?.ref === gone?.ref ? undefined : there;
    };
    return ask({ ...asking, posts: others, find });
  }

  /** Those that an earlier try may have posted although its answer never came (invariant 5). */
  async function findLost(view: RequestView, posts: Redrawn['posts']): Promise<void> {
    const { state } = view;
    const { directory } = bundle();
    for (const stage of state.chain.slice(0, turnOf(state) + 1)) {
      const ways = () => waysFor(state, stage.name, directory, posts);
      await findAt(view, stage.name, posts, ways());
      for (const { to, channel } of escalationsOf(state, stage.name)) {
        const places = channel === undefined ? ways() : placesIn(channel, posts);
        await findAt(view, escalatedIn(stage.name, to), posts, places);
      }
    }
  }

  async function findAt(
    view: RequestView,
    name: string,
    posts: Redrawn['posts'],
    ways: AskingWay[],
  ): Promise<void> {
    if (posts[name]) return;
    for (const way of ways) {
      const there = way === 'people' ? undefined : await look(view, name, way);
      if (!there) continue;
      posts[name] = { ...there, shown: '' };
      return;
    }
  }

  async function look(view: RequestView, stage: string, place: CardPlace) {
    const { state } = view;
    const mark = markOf(view, stage);
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
    for (const [name, stage] of namedCards(state)) {
      const old = posts[name];
      if (!old) continue;
      if (old.direct) {
        posts[name] = { ...old, shown: IN_COPIES };
        continue;
      }
      const message = card(view, stage, bundle().directory);
      const shown = digest(message);
      if (old.shown === shown) continue;
      try {
        const isThere = await send.update(old, message, markOf(view, name));
        // Only an open stage needs its card again; the record of a closed stage, once deleted, stays deleted.
        if (!isThere && name === open) stands = false;
        posts[name] = { ...old, shown };
      } catch (error) {
        const fault = notifyFault(error);
        // Whether it was heard is not known: it may show either.
        if (!fault.permanent) posts[name] = { ...old, shown: '' };
        if (fault.permanent && name === open && CLOSED.test(fault.code)) stands = false;
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
  return Object.fromEntries(Object.entries(posts).filter(([name]) => isCard(name)));
}

/** Under which names cards of these stages may stand: each has its own, and one more for each escalation. */
function namedCards(state: State): [name: string, stage: Stage][] {
  return state.chain.flatMap((stage): [string, Stage][] => [
    [stage.name, stage],
    ...escalationsOf(state, stage.name).map(({ to }): [string, Stage] => [
      escalatedIn(stage.name, to),
      stage,
    ]),
  ]);
}

function channelPosts(posts: Record<string, Post>): Post[] {
  return Object.values(posts).filter(({ direct }) => !direct);
}

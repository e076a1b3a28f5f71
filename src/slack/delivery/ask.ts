import type { Stage } from '../../domain/chain.js';
import { isGone } from '../../domain/directory.js';
import type { Post, TriedPlace } from '../../domain/request/posts.js';
import { NotifyFault, type Copy, type NoteCopies, type RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import type { Bundle } from '../../ports/policy.js';
import { card } from '../messages/card.js';
import { absentOf, audienceOf, type Audience, type Direct } from './audience.js';
import { OF_THE_CHANNEL, waysFor, type CardPlace } from './card-places.js';
import { digest, IN_COPIES, markOf, type Copies } from './copies.js';
import type { Send } from './send.js';

/** The stage that is to be asked. */
export interface StageAsk {
  view: RequestView;
  stage: Stage;
  posts: Record<string, Post>;
  /** The copies of its card that people have already. */
  has: Copy[];
  /** Whatever is not on record is looked up before it is posted. */
  retry: boolean;
  /** Is told of the copies of this stage before they are sent. */
  note: NoteCopies;
  /** The card of a channel, where an earlier try posted it and its answer was lost. */
  find: (place: CardPlace) => Promise<Pick<Post, 'place' | 'ref'> | undefined>;
}

/** What came of asking: `post` is absent where nobody was reached. */
export interface StageAsked {
  post?: Post;
  copies: Copy[];
  fault?: NotifyFault;
}

/** One round through the ways of a stage. */
interface Round extends StageAsk {
  audience: Audience | undefined;
  /** All who have a copy now. */
  reached: Copy[];
  /** By the id of a channel or of an account: why it took nothing. */
  refused: Map<string, string>;
}

/** What came of one way: a post, a fault that passes, or nothing. */
type Came = Pick<StageAsked, 'post' | 'fault'>;

/** Asks the people of a stage, by one way after the other until one works (invariant 15). */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function asker(of: {
  send: Send;
  copies: Copies;
  bundle: () => Bundle;
  members: (channel: string) => Promise<ReadonlySet<string> | undefined>;
}) {
  const { send, copies, bundle, members } = of;

  async function ask(asking: StageAsk): Promise<StageAsked> {
    const { view, stage, posts, has } = asking;
    const { directory } = bundle();
    if (isGone(stage, directory)) {
      const unasked = { stage: stage.name, tried: [] };
      return { copies: [], fault: new NotifyFault('stage_gone', true, undefined, unasked) };
    }
    const audience = audienceOf(view, stage, directory);
    const round: Round = { ...asking, audience, reached: [...has], refused: new Map() };
    const ways = waysFor(view.state, stage.name, directory, posts);
    const sent = (came: Came): StageAsked => ({ ...came, copies: round.reached.slice(has.length) });
    if (!audience && ways[0] === 'people') return sent({ fault: new NotifyFault('people_unknown', false) });
    for (const way of ways) {
      const came = way === 'people' ? await byPeople(round) : await inChannel(round, way);
      if (came.post || came.fault) return sent(came);
    }
    // Fewer than are needed, but those few have been asked.
    if (round.reached.length > 0) return sent({ post: directPost(round) });
    const tried = triedIn(round);
    const unasked = { stage: stage.name, tried };
    return sent({ fault: new NotifyFault(tried[0]?.code ?? 'no_channel', true, undefined, unasked) });
  }

  /**
   * Copies for those who have none: who has begun to stand in for somebody since, or to be one of those who may decide.
   * Where a card stands in a channel, it mentions them, and those have a copy who are not there.
   * @param where.post what stands for the stage
   * @param where.isSure of those who may decide nobody has come in, nor can have been left out
   */
  async function askMore(
    { view, stage, has, retry, note }: Omit<StageAsk, 'find' | 'posts'>,
    { post, isSure }: { post: Post; isSure: boolean },
  ) {
    const { direct, place, tried = [] } = post;
    const audience = audienceOf(view, stage, bundle().directory);
    const others = async () =>
      direct ? (audience?.direct ?? []) : absentOf(audience, audience && (await members(place))).absent;
    const meant = isSure ? [] : await others();
    const takes = ({ id }: Direct) => tried.every(({ channel }) => channel !== id);
    const left = without(withStandIns(meant, audience), has).filter(takes);
    return copies.deliver(view, stage, left, { retry, note });
  }

  async function byPeople(round: Round): Promise<Came> {
    const { audience, stage, view, reached } = round;
    const fault = await deliver(round, audience?.direct ?? []);
    if (fault) return { fault };
    const had = view.state.votes.filter((vote) => vote.stage === stage.name).length;
    const enough = Math.min(stage.quorum - had, audience?.told.length ?? 0);
    return reached.length > 0 && reached.length >= enough ? { post: directPost(round) } : {};
  }

  async function inChannel(round: Round, { channel, root }: CardPlace): Promise<Came> {
    const { view, stage, audience, reached, refused, retry, find } = round;
    if (OF_THE_CHANNEL.test(refused.get(channel) ?? '')) return {};
    const place = root === undefined ? { channel } : { channel, root };
    const { absent, isEmpty } = absentOf(audience, audience && (await members(channel)));
    try {
      const there = retry ? await find(place) : undefined;
      const fault = await deliver(round, withStandIns(absent, audience));
      if (isEmpty && fault) return { fault };
      if (isEmpty && reached.length === 0) {
        refused.set(channel, 'nobody_in_channel');
        return {};
      }
      // Nobody reads a card there who could press its buttons: what is decided will stand there as one line.
      if (isEmpty && view.deciders && !there && audience?.told.every(has(reached)))
        return { post: directPost(round) };
      const message = card(view, stage, bundle().directory);
      const mark = markOf(view, stage.name);
      const thread = root === undefined ? undefined : { root, broadcast: true };
      const isThere = there !== undefined && (await send.update(there, message, mark));
      const stands = isThere ? there : await send.post(channel, message, mark, thread);
      // Where only the thread was gone, the channel itself has taken it.
      refused.delete(channel);
      const tried = triedIn(round);
      const post = { ...stands, shown: digest(message), ...(tried.length > 0 && { tried }) };
      return { post, ...(fault && { fault }) };
    } catch (error) {
      const fault = send.heard(channel, error);
      if (!fault.permanent) return { fault };
      refused.set(channel, fault.code);
      return {};
    }
  }

  /** @returns a fault that passes */
  async function deliver(round: Round, people: Direct[]): Promise<NotifyFault | undefined> {
    const { view, stage, has, retry, reached, refused } = round;
    const left = without(people, reached).filter(({ id }) => !refused.has(id));
    const note: NoteCopies = (planned) => round.note([...reached.slice(has.length), ...planned]);
    const delivered = await copies.deliver(view, stage, left, { retry, note });
    reached.push(...delivered.copies);
    for (const [id, code] of delivered.refused) refused.set(id, code);
    return delivered.fault;
  }

  return { ask, askMore };
}

function withStandIns(people: Direct[], audience: Audience | undefined): Direct[] {
  const more = audience?.standIns.filter(({ id }) => !people.some((one) => one.id === id)) ?? [];
  return [...people, ...more];
}

function has(copies: Copy[]): (one: Candidate) => boolean {
  return ({ account }) => copies.some(({ to }) => to === account?.id);
}

export function without(people: Direct[], has: Copy[]): Direct[] {
  return people.filter(({ id }) => !has.some(({ to }) => to === id));
}

/** It says that people were asked, and where one of the copies is; the note of copies knows the others. */
function directPost(round: Round): Post {
  const { place, ref } = round.reached[0]!;
  const tried = triedIn(round);
  return { place, ref, shown: IN_COPIES, direct: true, ...(tried.length > 0 && { tried }) };
}

function triedIn({ refused }: Round): TriedPlace[] {
  return [...refused].map(([channel, code]) => ({ channel, code }));
}

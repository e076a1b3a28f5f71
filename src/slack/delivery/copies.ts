import type { WebClient } from '@slack/web-api';
import { openStage, type Stage } from '../../domain/chain.js';
import { isGone } from '../../domain/directory.js';
import { canonical, sha256 } from '../../domain/entitlement.js';
import { extensionCardIn } from '../../domain/request/posts.js';
import {
  NotifyFault,
  plannedCopy,
  type Copy,
  type NoteCopies,
  type RequestView,
} from '../../ports/messages.js';
import type { State } from '../../domain/request/state.js';
import type { Bundle } from '../../ports/policy.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { CARD_EVENT } from '../ids.js';
import type { Message } from '../messages/blocks.js';
import { card, decided, record } from '../messages/card.js';
import { votable } from '../messages/chain.js';
import { standsInFor } from '../messages/parts/stand-ins.js';
import { notifyFault } from '../wire/faults.js';
import type { Direct } from './audience.js';
import { lookUp, type Mark } from './find-own-message.js';
import type { Send } from './send.js';

/** What a post shows that stands for copies, each of which is noted with its own: not an empty text, which is unknown. */
export const IN_COPIES = 'copies';

/** What came of sending copies. */
export interface Delivered {
  copies: Copy[];
  /** Those whose direct messages took none, by the id of the account. */
  refused: Map<string, string>;
  /** Something that passes stood in the way. */
  fault?: NotifyFault;
}

/** What came of drawing copies anew. */
interface Settled extends Pick<Delivered, 'copies' | 'fault'> {
  gone: boolean;
}

export type Copies = ReturnType<typeof copyKeeper>;

/** Cards in direct messages: each is posted once, and updated when there is nothing more to decide by it. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function copyKeeper(of: { client: WebClient; send: Send; bundle: () => Bundle; botUserId: string }) {
  const { client, send, bundle, botUserId } = of;

  /**
   * Sends each of these people a copy of the stage's card.
   * @param how.retry one may have been posted, and its answer lost
   * @param how.note is told of them before the first is sent
   */
  async function deliver(
    view: RequestView,
    stage: Stage,
    to: Direct[],
    { retry, note }: { retry: boolean; note: NoteCopies },
  ): Promise<Delivered> {
    const mark = markOf(view, stage.name);
    const come: Delivered = { copies: [], refused: new Map() };
    if (to.length > 0) await note(to.map(({ id }) => plannedCopy(stage.name, id)));
    await sideBySide(to, async ({ id }) => {
      const message = card(view, stage, bundle().directory, 'direct', id);
      const seat = standsInFor(view, stage.name, id)?.for.account.id;
      try {
        const there = retry ? await find(id, mark, view) : undefined;
        const isThere = there !== undefined && (await send.update(there, message, mark));
        const stands = isThere ? there : await send.post(id, message, mark);
        const shown = digest(message);
        come.copies.push({
          ...stands,
          shown,
          stage: stage.name,
          to: id,
          ...(seat !== undefined && { for: seat }),
        });
      } catch (error) {
        const fault = notifyFault(error);
        if (fault.permanent) come.refused.set(id, fault.code);
        else come.fault = fault;
      }
    });
    return come;
  }

  async function find(id: string, mark: Mark, { state }: RequestView) {
    const channel = await send.directChannel(id);
    const ref = await lookUp(client, { channel, mark, botUserId, since: state.requestedAt });
    return ref === undefined ? undefined : { place: channel, ref };
  }

  /**
   * Draws anew those copies that show something else now, as a question; from those by which nothing more can be decided
   * it takes the buttons, once: they are kept for whoever still presses one (a late click).
   * @returns those that are there, and whether one is gone by which somebody could have decided
   */
  async function settle(view: RequestView, copies: Copy[]): Promise<Settled> {
    const kept: Copy[] = [];
    const come: Omit<Settled, 'copies'> = { gone: false };
    await sideBySide(copies, async (copy) => {
      try {
        const now = await settled(view, copy);
        if (now === 'gone') come.gone = true;
        else if (now) kept.push(now);
      } catch (error) {
        const fault = notifyFault(error);
        // Where nothing can be updated any more, nobody can press a button either.
        if (fault.permanent) return undefined;
        come.fault = fault;
        kept.push({ ...copy, shown: '' });
      }
      return undefined;
    });
    return { copies: kept, ...come };
  }

  /** @returns the copy as it is now; undefined where there is none */
  async function settled(view: RequestView, copy: Copy): Promise<Copy | 'gone' | undefined> {
    const { stage, to, ref, done } = copy;
    const now = nowShown(view, copy, bundle().directory);
    const shown = digest(now.message);
    const isUnknown = copy.shown === '' || view.posts[stage]?.shown === '';
    if (!isUnknown && (done || (now.isOpen && shown === copy.shown))) return copy;
    const mark = markOf(view, stage);
    // It was about to be sent: it may stand there.
    const there = ref === '' ? await find(to, mark, view) : copy;
    if (!there) return undefined;
    const { place } = there;
    const isThere = await send.update(there, now.message, mark);
    if (!isThere) return now.isOpen ? 'gone' : undefined;
    return { stage, to, place, ref: there.ref, shown, ...(!now.isOpen && { done: true }) };
  }

  return { deliver, settle };
}

/** What a copy has to show now. It says nothing of the votes of others, so that these alone change nothing on it. */
function nowShown(
  view: RequestView,
  copy: Copy,
  directory: Bundle['directory'],
): { message: Message; isOpen: boolean } {
  const { state } = view;
  const { stage: name, to, for: absentee } = copy;
  const stage = state.chain.find((one) => one.name === name) ?? { name, quorum: 1 };
  if (state.status === 'closed' || isGone(stage, directory))
    return { message: record(view, stage, directory), isOpen: false };
  const isOpen = openStage(state)?.name === name && votable(state) !== undefined;
  if (!isOpen || hasVoted(state, to)) return { message: decided(view, stage), isOpen: false };
  if (!mayStill(view, copy)) {
    const over = absentee === undefined || hasVoted(state, absentee) ? undefined : absentee;
    return { message: decided(view, stage, over), isOpen: false };
  }
  return { message: card(view, stage, directory, 'direct', to), isOpen: true };
}

/** Whether they have voted, or somebody has in their place. @param id of their account */
function hasVoted({ votes }: State, id: string): boolean {
  return votes.some(({ by, delegatedBy }) => [by, delegatedBy].some((one) => one?.account.id === id));
}

/**
 * Whether the reader of a copy of the open stage may still decide: in their own right, or in the place of another. Where
 * that is not known, nothing changes.
 */
function mayStill(view: RequestView, { stage, to, for: absentee }: Copy): boolean {
  const { standIns, deciders, asked } = view;
  if (!standIns || !(absentee === undefined ? deciders : asked[stage])) return true;
  const isAsked = deciders?.includes(to) ?? asked[stage]?.some(({ account }) => account?.id === to);
  return isAsked === true || standsInFor(view, stage, to) !== undefined;
}

export function markOf({ state, extension }: Pick<RequestView, 'state' | 'extension'>, stage: string): Mark {
  const of = extension ? extensionCardIn(extension.number, stage) : stage;
  return { event_type: CARD_EVENT, event_payload: { request: state.id, stage: of } };
}

export function digest(message: Message): string {
  return sha256(canonical(message));
}

import type { Stage } from '../../../domain/chain.js';
import { sideBySide } from '../../../kit/side-by-side.js';
import type { Candidate } from '../../../ports/people.js';
import type { Notifier, NotifyFault, Reminding, RequestView } from '../../../ports/messages.js';
import { REMINDER_EVENT } from '../../ids.js';
import { votable } from '../../messages/chain.js';
import { reminderFor, reminderInThread } from '../../messages/waiting/reminder.js';
import { notifyFault } from '../../wire/faults.js';
import { rootIn } from '../card-places.js';
import type { SlackDelivery } from '../cards.js';
import { markOf } from '../copies.js';
import { lookUp, type Mark } from '../find-own-message.js';
import { linksTo } from '../link-to.js';
import { sender } from '../send.js';

/** Reminds people of a stage that waits. Each message is sent once a round, whatever else of the round fails. */
export function reminder(delivery: SlackDelivery): Notifier['remind'] {
  const { client, bundle, botUserId, now } = delivery;
  const send = sender(client, delivery.ailing);
  const linkTo = linksTo(client, now);

  return async (view, reminding, retry) => {
    const stage = votable(view.state);
    // It was decided while this was owed.
    if (stage?.name !== reminding.stage) return { refused: [] };
    const round = { view, stage, retry, mark: markFor(view, reminding) };
    const refused: string[] = [];
    const faults: NotifyFault[] = [];
    if (reminding.inThread) await inThread(round).catch(kept);
    await sideBySide(reminding.to, async (person) => {
      const id = person.account?.provider === 'slack' ? person.account.id : undefined;
      if (id === undefined) return;
      await inPerson(round, person, id).catch((error: unknown) => {
        if (!kept(error)) refused.push(id);
      });
    });
    const [fault] = faults;
    if (fault) throw fault;
    return { refused };

    /** @returns false for what will not pass by itself */
    function kept(error: unknown): boolean {
      const fault = notifyFault(error);
      if (!fault.permanent) faults.push(fault);
      return !fault.permanent;
    }
  };

  async function inThread({ view, stage, retry, mark }: Round): Promise<void> {
    const post = view.posts[stage.name];
    if (!post || post.direct) return;
    const channel = post.place;
    const root = rootIn(channel, view.posts) ?? post.ref;
    const since = view.state.requestedAt;
    if (retry && (await lookUp(client, { channel, root, mark, botUserId, since }))) return;
    await send.post(channel, reminderInThread(view, stage, bundle().directory), mark, { root });
  }

  async function inPerson({ view, stage, retry, mark }: Round, person: Candidate, id: string): Promise<void> {
    const channel = await send.directChannel(id);
    const since = view.state.requestedAt;
    if (retry && (await lookUp(client, { channel, mark, botUserId, since }))) return;
    const copy = await lookUp(client, { channel, mark: markOf(view, stage.name), botUserId, since });
    const card = copy === undefined ? inChannel(view, stage) : { place: channel, ref: copy };
    await send.post(id, reminderFor(view, stage, person, await linkTo(card, 'Open the card')), mark);
  }
}

interface Round {
  view: RequestView;
  stage: Stage;
  retry: boolean;
  mark: Mark;
}

function markFor({ state }: RequestView, { id }: Reminding): Mark {
  return { event_type: REMINDER_EVENT, event_payload: { request: state.id, id } };
}

function inChannel({ posts }: RequestView, { name }: Stage) {
  const post = posts[name];
  return post?.direct ? undefined : post;
}

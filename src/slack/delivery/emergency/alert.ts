import { INCIDENT, REVIEW } from '../../../domain/request/posts.js';
import { sideBySide } from '../../../kit/side-by-side.js';
import type { Notifier, NotifyFault } from '../../../ports/messages.js';
import { ALERT_EVENT } from '../../ids.js';
import { alertMessage } from '../../messages/emergency/alert.js';
import { notifyFault } from '../../wire/faults.js';
import type { SlackDelivery } from '../cards.js';
import { lookUp } from '../find-own-message.js';
import { linksTo } from '../link-to.js';
import { sender } from '../send.js';

/** Tells each of these people of an emergency. Whoever takes no message keeps nobody else from hearing it. */
export function alerter(delivery: SlackDelivery): Notifier['alert'] {
  const { client, bundle, botUserId, now } = delivery;
  const send = sender(client, delivery.ailing);
  const linkTo = linksTo(client, now);

  return async ({ state, posts }, { to, inThread, id, ...about }, retry) => {
    const { directory } = bundle();
    const mark = { event_type: ALERT_EVENT, event_payload: { request: state.id, id } };
    const since = state.requestedAt;
    const faults: NotifyFault[] = [];
    const kept = (error: unknown) => {
      const fault = notifyFault(error);
      if (!fault.permanent) faults.push(fault);
    };
    const card = posts[REVIEW] ?? posts[INCIDENT];
    if (inThread && card) await tellThread(card.place, card.ref).catch(kept);
    const link = await linkTo(card, 'Open it in the channel');
    await sideBySide(to, async ({ account }) => {
      if (account?.provider !== 'slack') return;
      await tellPerson(account.id).catch(kept);
    });
    const [fault] = faults;
    if (fault) throw fault;

    async function tellThread(channel: string, root: string): Promise<void> {
      if (retry && (await lookUp(client, { channel, root, mark, botUserId, since }))) return;
      await send.post(channel, alertMessage(state, { ...about, others: 0 }, directory), mark, { root });
    }

    async function tellPerson(person: string): Promise<void> {
      if (retry) {
        const channel = await send.directChannel(person);
        if (await lookUp(client, { channel, mark, botUserId, since })) return;
      }
      await send.post(person, alertMessage(state, about, directory, link), mark);
    }
  };
}

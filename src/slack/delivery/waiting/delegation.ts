import { samePerson } from '../../../domain/person.js';
import { sideBySide } from '../../../kit/side-by-side.js';
import type { DelegationNews, Notifier } from '../../../ports/messages.js';
import { DELEGATION_EVENT } from '../../ids.js';
import type { Message } from '../../messages/blocks.js';
import { toAbsentee, toChannel, toStandIn } from '../../messages/waiting/delegation.js';
import { notifyFault } from '../../wire/faults.js';
import type { SlackDelivery } from '../cards.js';
import { lookUp } from '../find-own-message.js';
import { sender } from '../send.js';

/**
 * Says that somebody stands in for another, or no longer does. A place that takes no message keeps nobody else from
 * hearing it.
 */
export function delegationTeller(delivery: SlackDelivery): Notifier['tellDelegation'] {
  const { client, bundle, botUserId } = delivery;
  const send = sender(client, delivery.ailing);

  return async (news, id, retry) => {
    const mark = { event_type: DELEGATION_EVENT, event_payload: { id } };
    const since = news.delegation.since;
    const faults: unknown[] = [];
    await sideBySide(letters(news, bundle().directory.channel), async ({ to, isPerson, message }) => {
      try {
        if (retry) {
          const channel = isPerson ? await send.directChannel(to) : to;
          if (await lookUp(client, { channel, mark, botUserId, since })) return;
        }
        await send.post(to, message, mark);
      } catch (error) {
        const fault = notifyFault(error);
        if (!fault.permanent) faults.push(fault);
      }
    });
    if (faults.length > 0) throw faults[0];
  };
}

interface Letter {
  /** A channel, or the id of an account. */
  to: string;
  isPerson: boolean;
  message: Message;
}

function letters(news: DelegationNews, byDefault: string): Letter[] {
  const { delegation, what, by, stages } = news;
  const endedByOther = what === 'ended' && by && samePerson(by, delegation.from) !== 'same';
  const channels = new Set(stages.map(({ channel }) => channel ?? byDefault));
  return [
    { to: delegation.to.account.id, isPerson: true, message: toStandIn(news) },
    ...(endedByOther ? [{ to: delegation.from.account.id, isPerson: true, message: toAbsentee(news) }] : []),
    ...Array.from(channels, (to) => ({
      to,
      isPerson: false,
      message: toChannel({
        ...news,
        stages: stages.filter(({ channel = byDefault }) => channel === to),
      }),
    })),
  ];
}

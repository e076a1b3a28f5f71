import type { Instant } from '../../../domain/entitlement.js';
import type { Head, Post, Unasked } from '../../../domain/request/head.js';
import type { Owed } from '../../../domain/request/outbox.js';
import { openStage } from '../../../domain/request/progress.js';
import type { NotifyFault } from '../../../ports/messages.js';
import type { Unsent } from '../message.js';

/** By then, minutes after the first try, a fault that would pass has not. */
const TOO_OFTEN = 8;

/**
 * Whether those who run jit must hear that nobody is asked: at once of what will not pass by itself, after minutes of
 * what may, and then ever more seldom.
 * @param attempts how often the cards have been tried
 */
export function isAlarming(head: Head, attempts: number, unasked: NotifyFault['unasked']): boolean {
  if (unasked && !head.unasked?.[unasked.stage]) return true;
  const again = attempts >= TOO_OFTEN && Number.isInteger(Math.log2(attempts));
  const stage = waitsFor(head);
  return again && (unasked !== undefined || (stage !== undefined && !head.posts[stage]));
}

/** The stage whose people are to be asked now. */
export function waitsFor({ state }: Head): string | undefined {
  return state.status === 'pending' ? openStage(state)?.name : undefined;
}

/**
 * Whether people can be asked is kept with the request, and where that has changed the requester is told anew
 * (invariant 15): what they have read was true then.
 * @param head as it is now
 * @param owed the cards that were to be posted
 */
export function whoCannotBeAsked(
  head: Head,
  owed: Owed,
  result: { sent: Record<string, Post> } | Unsent,
  now: Instant,
): { unasked: Record<string, Unasked>; news?: Owed } {
  const before = head.unasked ?? {};
  const unasked = { ...before };
  if ('sent' in result) {
    for (const stage of Object.keys(result.sent)) delete unasked[stage];
  } else if (result.unasked) {
    const { stage, tried } = result.unasked;
    unasked[stage] = { since: before[stage]?.since ?? now, tried };
  }
  const all = new Set([...Object.keys(before), ...Object.keys(unasked)]);
  const stage = [...all].find((name) => name in before !== name in unasked);
  if (stage === undefined || head.state.status !== 'pending') return { unasked };
  const id = `${owed.id}.${stage in unasked ? 'unasked' : 'asked'}`;
  return { unasked, news: { id, effect: { type: 'tell', news: 'sent' }, attempts: 0, notBefore: now } };
}

/** The outbox with this news in the place of what would have said the same, or what is no longer true. */
export function withNews(outbox: Owed[], news: Owed | undefined): Owed[] {
  if (!news) return outbox;
  return [...outbox.filter(({ effect }) => !(effect.type === 'tell' && effect.news === 'sent')), news];
}

import { isMessage, type AccessEffect, type MessageEffect } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import { backOff, owe, putOff, settle, withoutCredentials, type Owed } from '../../domain/request/outbox.js';
import { carryOut } from './access.js';
import type { EngineDeps } from './loop.js';
import { send } from './message.js';
import { isToldOf } from './effect-outcome.js';
import { recordForEngine } from '../record-command.js';
import { whoCannotBeAsked, withNews } from './effects/unreachable-approvers.js';

/**
 * Carries out one effect that this process has claimed, and records what came of it.
 * @returns the head that records it
 */
export function perform(deps: EngineDeps, head: Head, owed: Owed): Promise<Head> {
  const { effect } = owed;
  return isMessage(effect) ? deliver(deps, head, { ...owed, effect }) : act(deps, head, { ...owed, effect });
}

async function act(deps: EngineDeps, head: Head, owed: Owed & { effect: AccessEffect }): Promise<Head> {
  const { store, clock, log } = deps;
  const { id } = head;
  const outcome = await carryOut(deps, head.state, owed);
  const now = clock.now();
  if ('done' in outcome) {
    const { done, told } = outcome;
    const { head: after, events } = await recordForEngine(store, id, done, ({ state }, led) => {
      // A duty to revoke ends with the proof that it is gone, and with nothing else.
      const open = owed.effect.type === 'revoke' && state.status === 'ending' && led.length === 0;
      if (open) return { outbox: (outbox) => putOff(outbox, owed.id, now) };
      const message = told ? [withoutCredentials(owed, told, now)] : [];
      return { outbox: (outbox) => [...settle(outbox, [owed.id]), ...message] };
    });
    for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
    return after;
  }
  const { later, why, failures = 0 } = outcome;
  log[failures > 0 && isToldOf(failures) ? 'error' : 'warn'](
    { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
    'put off',
  );
  const putBack = await recordForEngine(store, id, undefined, () => ({
    outbox: (outbox) => putOff(outbox, owed.id, now, later),
  }));
  return putBack.head;
}

async function deliver(deps: EngineDeps, shown: Head, owed: Owed & { effect: MessageEffect }): Promise<Head> {
  const { store, clock } = deps;
  const sent = await send(deps, shown, owed);
  const now = clock.now();
  const { head: after } = await recordForEngine(store, shown.id, undefined, (head) => {
    if (sent === 'given-up') return { outbox: (outbox) => settle(outbox, [owed.id]) };
    const later = 'later' in sent ? (sent.later ?? now + backOff(owed.attempts)) : now;
    // Somebody wrote meanwhile: what we showed, or may have, can be older than what they showed, so show it again,
    // even if they have settled it.
    const overtaken = owed.effect.type === 'cards' && head.tail.n !== shown.tail.n;
    if (overtaken) {
      const posts = 'posts' in sent ? sent.posts : unknown(head.posts);
      return { posts, outbox: (outbox) => owe(outbox, owed, later) };
    }
    const done = (outbox: Owed[]): Owed[] =>
      'later' in sent ? putOff(outbox, owed.id, now, later) : settle(outbox, withTwins(outbox, owed));
    const posts = 'posts' in sent ? { posts: sent.posts } : {};
    if (owed.effect.type !== 'cards') return { ...posts, outbox: done };
    const { unasked, news } = whoCannotBeAsked(head, owed, sent, now);
    return { ...posts, unasked, outbox: (outbox) => withNews(done(outbox), news) };
  });
  return after;
}

/** A call whose fate nobody knows: what the cards show now may be anything. */
function unknown(posts: Head['posts']): Head['posts'] {
  return Object.fromEntries(Object.entries(posts).map(([stage, post]) => [stage, { ...post, shown: '' }]));
}

/** Cards were brought in line with HEAD as it is: whatever else asked for that has been served too. */
function withTwins(outbox: Owed[], owed: Owed): string[] {
  if (owed.effect.type !== 'cards') return [owed.id];
  return outbox.filter(({ effect }) => effect.type === 'cards').map(({ id }) => id);
}

import type { Instant } from '../domain/entitlement.js';
import type { Head } from '../domain/request/head.js';
import { hurry, type Owed } from '../domain/request/outbox.js';
import { CARDS, LIVING } from '../domain/request/stories/story.js';

/**
 * What is owed, with the cards and the requester's message to be drawn once more, at once: what they show rests on more
 * than the record.
 */
export function drawnAgain(outbox: Owed[], { version }: Pick<Head, 'version'>, at: Instant): Owed[] {
  const again = [CARDS, LIVING].map(({ effect }) => ({
    id: `again.${version}.${effect.type}`,
    effect,
    attempts: 0,
    notBefore: at,
  }));
  return [...hurry(hurry(outbox, 'cards', at), 'living', at), ...again];
}

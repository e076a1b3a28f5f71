import { isGone } from '../../domain/directory.js';
import type { Refusal } from '../../domain/refusal.js';
import { apply, type Head } from '../../domain/request/head.js';
import type { Answer } from '../../ports/front.js';
import { drawnAgain } from '../draw-again.js';
import type { FrontDeps } from './deps.js';

/** What people hear who have pressed what no longer holds. */
const LATE = new Set<Refusal['code']>([
  'not-pending',
  'not-active',
  'extension-over',
  'stale-card',
  'stage-not-open',
  'already-answered',
  // Their copy of the card has no buttons any more.
  'already-voted',
]);
/** Whoever loses so many races has seen as many writes, each of which has the cards drawn. */
const RACES = 3;

/**
 * Has the messages drawn anew of a request whose button somebody has pressed too late: what they see is older than what
 * HEAD believes they see. An update may have been lost, or an older one may have landed after it, so what the messages
 * show counts as unknown. Only for those who may learn how the request stands; to everybody else there is none.
 * One that comes again has no second effect (invariant 14), so only what carries the mark of its signed request counts.
 * @param of.seen that mark
 * @param of.met the request, if there is one
 * @param answer what this person is told
 */
export async function drawnAnew<A extends Answer<unknown>>(
  deps: Pick<FrontDeps, 'store' | 'clock' | 'wake' | 'log' | 'bundle'>,
  { seen, met }: { seen: string; met: Head | undefined },
  answer: A,
): Promise<A> {
  if (!met || !('refusal' in answer) || !isLate(answer.refusal, deps)) return answer;
  try {
    await forget(deps, met, seen);
  } catch (error) {
    // They are told how it stands all the same.
    deps.log.warn({ request: met.id, err: error }, 'the cards of a request could not be drawn anew');
  }
  return answer;
}

/** Also where the stage has left directory.yml: its card and the requester's message are to say so. */
function isLate(refusal: Refusal, { bundle }: Pick<FrontDeps, 'bundle'>): boolean {
  if (refusal.code === 'not-in-stage' || refusal.code === 'would-strand')
    return isGone({ name: refusal.stage }, bundle().directory);
  return LATE.has(refusal.code);
}

async function forget(
  { store, clock, wake }: Pick<FrontDeps, 'store' | 'clock' | 'wake'>,
  met: Head,
  seen: string,
): Promise<void> {
  let head: Head | undefined = met;
  for (let lost = 0; head && lost < RACES; lost++) {
    const { version } = head;
    const posts = Object.entries(head.posts);
    if (posts.length === 0) return;
    const isOwed = head.outbox.some(({ effect, attempts }) => effect.type === 'cards' && attempts === 0);
    if (isOwed && posts.every(([, { shown }]) => shown === '')) return wake(head.id);
    const at = clock.now();
    const next = apply(head, [], {
      posts: Object.fromEntries(posts.map(([stage, post]) => [stage, { ...post, shown: '' }])),
      outbox: (outbox) => drawnAgain(outbox, { version }, at),
    });
    const written = await store.write({ ...next, records: [], seen });
    if (written !== 'conflict') return written === 'written' ? wake(head.id) : undefined;
    head = await store.head(head.id);
  }
}

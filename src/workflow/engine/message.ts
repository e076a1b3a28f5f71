import type { Head, Post } from '../../domain/request/head.js';
import type { MessageEffect } from '../../domain/request/effects.js';
import type { Owed } from '../../domain/request/outbox.js';
import { openStage } from '../../domain/request/progress.js';
import type { News } from '../../domain/request/effects.js';
import type { State } from '../../domain/request/state.js';
import { NotifyFault, type RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import { candidatesFor } from '../facts.js';
import type { EngineDeps } from './loop.js';
import { inForce } from '../in-force.js';
import { isAlarming, waitsFor } from './effects/unreachable-approvers.js';

/** What came of a message: sent (with the posts that now stand), or when to try again, and who cannot be asked. */
export type Sent =
  | { posts: Record<string, Post> }
  | { later: number | undefined; unasked?: NotifyFault['unasked'] }
  | 'given-up';

/**
 * A channel that is gone may come back when somebody invites the bot; after this many tries nobody will. While people
 * are to be asked, it is tried until the request lapses.
 */
const MOST_TRIES = 300;

/** Nobody looks at an empty window for longer. */
const MOST_TRIES_OF_A_WINDOW = 4;

/** Brings what people see in line with the request. Never changes it (invariant 10). */
export async function send(
  deps: EngineDeps,
  head: Head,
  { id, effect, attempts }: Owed & { effect: MessageEffect },
): Promise<Sent> {
  const { notifier, clock, log } = deps;
  const retry = attempts > 1;
  try {
    switch (effect.type) {
      case 'cards':
        return { posts: await notifier.cards(await view(deps, head), retry) };
      case 'tell':
        if (!isStale(effect.news, head.state))
          await notifier.tell(await view(deps, head), effect.news, `${head.id}.${id}`, retry);
        return { posts: {} };
      case 'no-credentials':
        await notifier.showNoCredentials(effect.waiting, effect.why, effect.hint);
        return { posts: {} };
      default:
        return effect satisfies never;
    }
  } catch (error) {
    const fault = error instanceof NotifyFault ? error : undefined;
    const code = fault?.code ?? (error instanceof Error ? error.name : 'unknown fault');
    log.warn({ request: head.id, effect, attempts, code }, 'a message could not be sent');
    // A window that has been closed is nobody's loss: the person presses again.
    const closed =
      effect.type === 'no-credentials' && (fault?.permanent || attempts > MOST_TRIES_OF_A_WINDOW);
    if (closed) return 'given-up';
    const hopeless = fault?.permanent && (effect.type === 'tell' || head.state.status === 'closed');
    const asking = effect.type === 'cards' && head.state.status === 'pending';
    if (hopeless || (attempts > MOST_TRIES && !asking)) return 'given-up';
    const unasked = fault?.unasked;
    if (asking && isAlarming(head, attempts, unasked)) {
      const { stage, tried } = unasked ?? { stage: waitsFor(head), tried: [] };
      log.error({ request: head.id, stage, tried, code, attempts }, 'nobody could be asked');
    }
    return {
      later: fault?.retryAfter === undefined ? undefined : clock.now() + fault.retryAfter,
      ...(unasked && { unasked }),
    };
  }
}

/** News that time has overtaken: what follows says it better. */
function isStale(news: News, { status }: State): boolean {
  if (news === 'ending-soon' || news === 'active') return status === 'ending' || status === 'closed';
  return news === 'sent' && status !== 'pending';
}

async function view(deps: EngineDeps, head: Head): Promise<RequestView> {
  const { posts, unasked } = head;
  const state = inForce(head.state, deps.bundle());
  const open = state.status === 'pending' ? openStage(state) : undefined;
  let asked: Record<string, Candidate[]> = {};
  try {
    const { requester, entitlement, chain } = state;
    if (open) ({ asked } = await candidatesFor(deps, chain, requester.email, entitlement.owners));
  } catch {
    // The card is of use without the names of those who are asked.
  }
  return { state, posts, ...(unasked && { unasked }), asked };
}

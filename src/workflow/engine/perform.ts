import type { Head } from '../../domain/request/head.js';
import { putOff, settle, type Owed } from '../../domain/request/outbox.js';
import { recordForEngine } from '../record-command.js';
import type { EngineDeps } from './deps.js';
import { isToldOf } from './effect-outcome.js';
import { carryOut } from './effects/index.js';

/**
 * Carries out one effect that this process has claimed, and records what came of it.
 * @returns the head that records it
 */
export async function perform(deps: EngineDeps, head: Head, owed: Owed): Promise<Head> {
  const { store, clock, log } = deps;
  const { id } = head;
  const outcome = await carryOut(deps, head, owed);
  if ('later' in outcome) {
    const { later, why, failures = 0 } = outcome;
    log[failures > 0 && isToldOf(failures) ? 'error' : 'warn'](
      { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
      'put off',
    );
    const now = clock.now();
    const putBack = await recordForEngine(store, id, undefined, () => ({
      outbox: (outbox) => putOff(outbox, owed.id, now, later),
    }));
    return putBack.head;
  }
  const settled = () => ({ outbox: (outbox: Owed[]) => settle(outbox, [owed.id]) });
  const { head: after, events } = await recordForEngine(store, id, outcome.done, outcome.keep ?? settled);
  for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
  return after;
}

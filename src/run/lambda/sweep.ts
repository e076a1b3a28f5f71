import type { Head } from '../../domain/request/head.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { EngineStore } from '../../ports/record.js';
import type { OpenBot } from '../wiring/bot.js';
import { engineOf } from './engine.js';
import { cannotStart, endIfTrapped, timeLeft, type Invocation, type Container } from './runtime.js';

/**
 * Every minute: does what is due for any request, and brings the groups up to date. The guarantee behind every lost
 * wake-up, so it ends well whatever happens: its line "swept" is the heartbeat that an alarm waits for.
 */
export function sweepHandler(
  container: Container,
): (event: unknown, invocation?: Invocation) => Promise<void> {
  const { now } = container;
  const late = lateness(now);
  const { log, open } = engineOf(container, late.watch);

  async function sweep({ engine }: OpenBot, invocation: Invocation) {
    const begun = now();
    late.take();
    const { looked, left, failed } = await engine.sweep({ mayBegin: () => timeLeft(invocation) });
    const counts = { looked: looked.length + failed, left, failed };
    log.info({ ...counts, lagMs: late.take(), ms: now() - begun }, 'swept');
  }

  return async (_event, invocation = {}) => {
    try {
      const bot = await open(invocation);
      const jobs = bot.runJobs();
      await sweep(bot, invocation).catch((error: unknown) => {
        log.error({ err: error }, 'a sweep failed; the next one tries again');
      });
      await Promise.all([jobs, bot.homesDrawn()]);
    } catch (error) {
      cannotStart(log, error);
    }
    endIfTrapped(log, container);
  };
}

/** How late a request is: behind what is due for it, and behind its end, however often that was put off. */
export function latenessOf({ dueAt, state }: Pick<Head, 'dueAt' | 'state'>, now: Instant): Millis {
  const since = state.status === 'ending' ? Math.min(state.endingAt, dueAt ?? Infinity) : (dueAt ?? now);
  return Math.max(0, now - since);
}

/** Sees, on their way to the engine, how late requests are when they are first looked at. */
function lateness(now: () => Instant) {
  const seen = new Map<string, Millis>();
  return {
    watch: (store: EngineStore): EngineStore => ({
      ...store,
      async head(id) {
        const head = await store.head(id);
        if (head && !seen.has(id)) seen.set(id, latenessOf(head, now()));
        return head;
      },
    }),
    /** The greatest since the last call. */
    take(): Millis {
      const greatest = Math.max(0, ...seen.values());
      seen.clear();
      return greatest;
    },
  };
}

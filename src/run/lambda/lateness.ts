import type { Head } from '../../domain/request/head.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { EngineStore } from '../../ports/record.js';

/** How late a request is: behind what is due for it, and behind its end, however often that was put off. */
export function latenessOf({ dueAt, state }: Pick<Head, 'dueAt' | 'state'>, now: Instant): Millis {
  const since = state.status === 'ending' ? Math.min(state.endingAt, dueAt ?? Infinity) : (dueAt ?? now);
  return Math.max(0, now - since);
}

/** Sees, on their way to the engine, how late requests are when they are first looked at. */
export function lateness(now: () => Instant): {
  watch(store: EngineStore): EngineStore;
  /** The greatest since the last call. */
  take(): Millis;
} {
  const seen = new Map<string, Millis>();
  return {
    watch: (store) => ({
      ...store,
      async head(id) {
        const head = await store.head(id);
        if (head && !seen.has(id)) seen.set(id, latenessOf(head, now()));
        return head;
      },
    }),
    take() {
      const greatest = Math.max(0, ...seen.values());
      seen.clear();
      return greatest;
    },
  };
}

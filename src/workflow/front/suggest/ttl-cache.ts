import type { Instant, Millis } from '../../../domain/entitlement.js';

/**
 * A small memory of this process alone: what was put in is there for so long, and the oldest gives way when there is
 * too much. Only for what may be forgotten, or be a moment old.
 */
export function ttlCache<T>(most: number, lasts: Millis) {
  // In the order in which they were put in, which is that of their age.
  const kept = new Map<string, { value: T; at: Instant }>();
  const old = (at: Instant, now: Instant) => Math.abs(now - at) >= lasts;

  return {
    get(key: string, now: Instant): T | undefined {
      const found = kept.get(key);
      return found && !old(found.at, now) ? found.value : undefined;
    },
    put(key: string, value: T, now: Instant): T {
      kept.delete(key);
      kept.set(key, { value, at: now });
      for (const [oldest, { at }] of kept) {
        if (kept.size <= most && !old(at, now)) break;
        kept.delete(oldest);
      }
      return value;
    },
  };
}

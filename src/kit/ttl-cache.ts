import type { Instant, Millis } from '../domain/entitlement.js';

/**
 * A small memory of this process alone: what was put in is there for so long, and the oldest gives way when there is
 * too much. Only for what may be forgotten, or be a moment old. A clock that was put back makes it forget.
 */
export function ttlCache<V, K = string>(most: number, lasts: Millis) {
  // In the order in which they were put in, which is that of their age.
  const entries = new Map<K, { value: V; at: Instant }>();
  const old = (at: Instant, now: Instant) => Math.abs(now - at) >= lasts;

  return {
    get(key: K, now: Instant): V | undefined {
      const found = entries.get(key);
      return found && !old(found.at, now) ? found.value : undefined;
    },
    put(key: K, value: V, now: Instant): V {
      entries.delete(key);
      entries.set(key, { value, at: now });
      for (const [oldest, { at }] of entries) {
        if (entries.size <= most && !old(at, now)) break;
        entries.delete(oldest);
      }
      return value;
    },
    /** Forgets it, if it is still this one. */
    drop(key: K, value: V): void {
      if (entries.get(key)?.value === value) entries.delete(key);
    },
  };
}

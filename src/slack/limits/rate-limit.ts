import type { Instant, Millis } from '../../domain/entitlement.js';

const KEPT = 1000;

/**
 * A rate limit for each key: `burst` at once, then `perMinute`. In memory, for this process alone.
 * @returns whether the key may act now; only an act that may be done counts
 */
export function allowance(of: { burst: number; perMinute: number; now: () => Instant }) {
  const { burst, perMinute, now } = of;
  const every: Millis = 60_000 / perMinute;
  /** When each key has its whole burst again; a key that is absent has it. */
  const whole = new Map<string, Instant>();

  return (key: string): boolean => {
    const at = now();
    const until = Math.max(whole.get(key) ?? at, at) + every;
    if (until - at > burst * every) return false;
    whole.set(key, until);
    if (whole.size > KEPT) for (const [other, then] of whole) if (then <= at) whole.delete(other);
    return true;
  };
}

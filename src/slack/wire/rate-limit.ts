import type { Instant, Millis } from '../../domain/entitlement.js';

const KEPT = 1000;

/**
 * How often each key may do something: so much at once, and then so much a minute. In memory, for this process alone.
 * @returns whether this one may be done; it counts only if so
 */
export function allowance(of: { burst: number; perMinute: number; now: () => Instant }) {
  const { burst, perMinute, now } = of;
  const every: Millis = 60_000 / perMinute;
  /** When each key's whole burst is there again; whoever is not here has it. */
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

import type { Instant, Millis } from '../../domain/entitlement.js';
import { AT_ONCE } from '../../kit/side-by-side.js';
import type { Timers } from '../outside.js';

/** A timer for what is due already: not at once, or a fault would spin. */
const SOON: Millis = 200;

export const realTimers: Timers = {
  after: (ms, run) => setTimeout(run, ms).unref(),
  cancel: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/**
 * One timer for each request that is due before the next sweep, so that it is done on time. Should this process die,
 * another's sweep does it.
 * @param of.advance does what is due for one request. Must not reject
 * @param of.interval between two sweeps
 */
export function requestTimers(of: {
  advance: (id: string) => Promise<void>;
  timers: Timers;
  interval: Millis;
  now: () => Instant;
}): { set(id: string, dueAt: Instant | undefined): void; stop(): void } {
  const { advance, interval, now } = of;
  const timers = new Map<string, unknown>();
  const ripe = new Set<string>();
  let workers = 0;
  let stopped = false;

  /** What a timer brings waits for its turn; what people have just done does not wait behind it. */
  function ripen(id: string): void {
    ripe.add(id);
    if (workers < AT_ONCE) void work();
  }

  async function work(): Promise<void> {
    workers++;
    for (const id of ripe) {
      if (stopped) break;
      ripe.delete(id);
      await advance(id);
    }
    workers--;
  }

  return {
    set(id, dueAt) {
      of.timers.cancel(timers.get(id));
      timers.delete(id);
      // What was due long ago has had its turn: whatever keeps it so, the next sweep looks again.
      if (dueAt === undefined || stopped || !(Math.abs(dueAt - now()) <= interval)) return;
      timers.set(
        id,
        of.timers.after(Math.max(dueAt - now(), SOON), () => ripen(id)),
      );
    },
    stop() {
      stopped = true;
      for (const timer of timers.values()) of.timers.cancel(timer);
    },
  };
}

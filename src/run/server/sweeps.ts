import type { Logger } from 'pino';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { untilNextSweep } from '../../domain/request/due.js';
import type { Engine } from '../../workflow/engine/loop.js';
import type { Timers } from '../outside.js';
import { AT_ONCE } from '../../kit/side-by-side.js';

/** When the last sweep came to its end, and whether that is as it should be; before the first, when it began. */
export interface SweepStatus {
  lastAt: Instant | undefined;
  since: Instant;
  fresh: boolean;
}

/**
 * The sweep, again and again: the guarantee behind the stream and the timers.
 * @param of.runJobs begins the periodic work. What is due does not wait for it: Slack and S3 may be silent
 * @param of.found what was looked at, with when it is due next
 * @param of.mayGoOn asked after each sweep, also after one that failed; false: it was the last
 */
export function sweeps(of: {
  engine: Pick<Engine, 'sweep'>;
  runJobs: () => Promise<void>;
  track: <T>(work: Promise<T>) => Promise<T>;
  found: (looked: { id: string; dueAt?: Instant }[]) => void;
  mayGoOn: () => boolean;
  timers: Timers;
  interval: Millis;
  log: Logger;
  now: () => Instant;
}): { start(): void; stop(): void; status(): SweepStatus } {
  const { engine, track, timers, interval, log, now } = of;
  const startedAt = now();
  let sweptAt: Instant | undefined;
  let next: unknown;
  let stopped = false;

  async function sweep(): Promise<void> {
    let pause = interval;
    try {
      // Not even a stop waits for it: what is cut off is done after the next start.
      void of.runJobs();
      // What falls due before the next sweep is looked at too, and gets a timer.
      const until = now() + interval;
      const { looked } = await engine.sweep({ until });
      sweptAt = now();
      of.found(looked);
      pause = untilNextSweep(looked, { now: now(), until, interval });
    } catch (error) {
      log.error({ err: error }, 'a sweep failed; the next one tries again');
    }
    if (!stopped && of.mayGoOn()) next = timers.after(pause, () => void track(sweep()));
  }

  return {
    start: () => void track(sweep()),
    stop() {
      stopped = true;
      timers.cancel(next);
    },
    status() {
      const since = sweptAt ?? startedAt;
      return { lastAt: sweptAt, since, fresh: now() - since < 3 * interval + 10_000 };
    },
  };
}

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

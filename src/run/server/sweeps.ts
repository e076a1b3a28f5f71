import type { Logger } from 'pino';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { untilNextSweep } from '../../domain/request/due.js';
import type { Engine } from '../../workflow/engine/loop.js';
import type { Timers } from '../outside.js';

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

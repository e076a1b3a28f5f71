import type { Instant, Millis } from '../../src/domain/entitlement.js';
import type { Random } from './random.js';

/** A running copy of the program. What it awaits when it is stopped never comes back to it. */
export interface Process {
  name: string;
  alive: boolean;
  /** Its clock minus the true one. */
  skew: Millis;
}

/** How bad the network is: the chance that a call goes wrong in each way. */
export interface Weather {
  refused: number;
  lost: number;
  slow: number;
  /** The call lands once more, perhaps long after its answer. */
  repeated: number;
}

/** How long a caller waits, and how much later its call may still land. */
export interface Patience {
  timeout: Millis;
  lag: Millis;
  /** By when, after it began, it may have landed once more: by a try of the client's, or the other side's doing. */
  again: Millis;
  fault: (what: 'refused' | 'lost') => Error;
}

/** From when until when no call is answered at all. */
export interface Silence {
  from: Instant;
  until: Instant;
}

export interface Timer {
  at: Instant;
  /** Settles ties by chance. */
  tie: number;
  run: () => unknown;
  process?: Process;
}

export type Scheduler = ReturnType<typeof scheduler>;

/**
 * A virtual clock and a list of what happens when. One thing runs at a time, until nothing more can go on without
 * something else from the list, so whatever runs belongs to the process that was resumed.
 */
export function scheduler(random: Random, start: Instant, weather: Weather) {
  let now = start;
  let items: Timer[] = [];
  let current: Process | undefined;
  let resumed = 0;
  const stops = new Set<number>();
  let onStop: (process: Process) => void = () => undefined;

  function after(delay: Millis, run: () => unknown, process?: Process): Timer {
    const item = { at: now + delay, tie: random.next(), run, ...(process && { process }) };
    items.push(item);
    return item;
  }

  function cancel(item: Timer | undefined): void {
    items = items.filter((other) => other !== item);
  }

  function stop(process: Process): void {
    process.alive = false;
    items = items.filter((item) => item.process !== process);
    onStop(process);
  }

  async function step(): Promise<void> {
    let next = items[0]!;
    for (const item of items)
      if (item.at < next.at || (item.at === next.at && item.tie < next.tie)) next = item;
    cancel(next);
    now = Math.max(now, next.at);
    const { process } = next;
    if (process && stops.delete(++resumed)) return stop(process);
    current = process;
    const running = next.run();
    // What lands in the world is waited for; a process goes on for as long as it can without anything else.
    if (!process) await running;
    await new Promise((resolve) => setImmediate(resolve));
    current = undefined;
  }

  /**
   * A call over the network. It lands even if its caller is stopped meanwhile; its answer may be lost, or come too late;
   * and it may land twice.
   */
  function call<T>(
    process: Process,
    { timeout, lag, again, fault }: Patience,
    effect: (again: boolean) => T | Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const refused = random.chance(weather.refused);
      const lost = random.chance(weather.lost);
      const out = random.chance(weather.slow) ? random.between(0, timeout + lag) : random.between(1, 40);
      const back = random.between(1, 20);
      if (!refused && random.chance(weather.repeated)) {
        after(random.between(out + 1, Math.max(out + 1, again)), async () => {
          try {
            await effect(true);
          } catch {
            // Nobody hears the second answer.
          }
        });
      }
      signal?.addEventListener('abort', () => reject(fault('lost')));
      const waiting = out + back > timeout ? after(timeout, () => reject(fault('lost')), process) : undefined;
      after(out, async () => {
        const answer = (run: () => void) => waiting ?? after(back, run, process);
        if (refused) {
          answer(() => reject(fault('refused')));
          return;
        }
        try {
          const value = await effect(false);
          answer(() => (lost ? reject(fault('lost')) : resolve(value)));
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }

  return {
    now: () => now,
    after,
    cancel,
    stop,
    call,
    current: () => current,
    /** Runs as that process, as if it had just been resumed. */
    as: (process: Process, run: () => unknown) => void after(0, run, process),
    /** Stops whichever process is the `nth` to be resumed from the beginning. */
    stopAt: (nth: number) => void stops.add(nth),
    whenStopped: (then: (process: Process) => void) => void (onStop = then),
    noMoreStops: () => stops.clear(),
    async run(until: Instant, enough: () => boolean = () => false): Promise<void> {
      while (items.some(({ at }) => at <= until) && !enough()) await step();
      if (!enough()) now = Math.max(now, until);
    },
  };
}

/** A call into a silence: nothing lands, and its caller waits for as long as it ever does. */
export function hangs(
  { now, after }: Pick<Scheduler, 'now' | 'after'>,
  { from, until }: Silence,
  process: Process,
  { timeout, fault }: Patience,
): Promise<never> | undefined {
  if (now() < from || now() >= until) return undefined;
  return new Promise((_, reject) => void after(timeout, () => reject(fault('lost')), process));
}

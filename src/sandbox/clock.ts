import type { Instant, Millis } from '../domain/entitlement.js';

/** A clock that can be hurried and moved ahead, and the timers that live by it. It never goes back. */
export interface SandboxClock {
  now(): Instant;
  rate(): Rate;
  setRate(rate: Rate): void;
  /** @param ms at least 0 */
  advance(ms: Millis): void;
  /** As `setTimeout`, in the sandbox's time. @returns what `cancel` takes */
  after(ms: Millis, run: () => void): Timer;
  cancel(timer: Timer | undefined): void;
  /** Called when it was moved, or its pace changed. */
  onChange(listener: () => void): () => void;
  stop(): void;
}
export type Rate = 1 | 60;
export interface Timer {
  at: Instant;
  run: () => void;
}

/** Node keeps no timer for longer. */
const LONGEST: Millis = 2 ** 31 - 1;

/** @param real the wall clock; @param start what the sandbox's clock shows at first */
export function sandboxClock(real: () => Instant, start: Instant): SandboxClock {
  let base = { real: real(), shown: start, rate: 1 as Rate };
  const timers = new Set<Timer>();
  const listeners = new Set<() => void>();
  let alarm: NodeJS.Timeout | undefined;

  const now = () => Math.floor(base.shown + (real() - base.real) * base.rate);

  function rebase(change: { shown?: Instant; rate?: Rate }): void {
    base = { real: real(), shown: now(), rate: base.rate, ...change };
    wind();
    for (const listener of listeners) listener();
  }

  /** Winds the one real timer for whatever comes first. */
  function wind(): void {
    clearTimeout(alarm);
    if (timers.size === 0) return;
    const first = Math.min(...[...timers].map(({ at }) => at));
    alarm = setTimeout(ring, Math.min(LONGEST, Math.max(0, first - now()) / base.rate));
    alarm.unref();
  }

  function ring(): void {
    const due = [...timers].filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      // One that runs may cancel another.
      if (timers.delete(timer)) timer.run();
    }
    wind();
  }

  return {
    now,
    rate: () => base.rate,
    setRate: (rate) => rebase({ rate }),
    advance: (ms) => rebase({ shown: now() + Math.max(0, ms) }),
    after(ms, run) {
      const timer = { at: now() + ms, run };
      timers.add(timer);
      wind();
      return timer;
    },
    cancel(timer) {
      if (timer && timers.delete(timer)) wind();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () => clearTimeout(alarm),
  };
}

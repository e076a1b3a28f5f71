import type { Instant, Millis } from '../../domain/entitlement.js';
import type { EngineDeps } from '../engine/effect.js';
import { keepDelegations } from './delegations.js';
import { lookForLeavers } from './leavers.js';
import { retryAfterChange } from './retries.js';
import { lookAtWaiting } from './waiting.js';

/** What a process has besides an engine, to be kept up to date. Neither is waited for by what is due. */
export interface ProcessParts {
  refreshPolicies(): Promise<unknown>;
  /** Tries to get what is still lacking to give access, such as the connection to those who are told. */
  complete(): Promise<unknown>;
}

/** Periodic work. It is begun by the first sweep at which it is time, and never while it is still in hand. */
interface Job {
  name: string;
  every: Millis;
  run(deps: EngineDeps, process: ProcessParts): Promise<unknown>;
}

const EACH_SWEEP: Millis = 0;
const MINUTE: Millis = 60_000;
/** What calls each minute comes a little early at times. */
const EARLY: Millis = 5_000;

/** One table for the server and for Lambda. */
const JOBS: readonly Job[] = [
  { name: 'policies', every: EACH_SWEEP, run: (_, process) => process.refreshPolicies() },
  { name: 'missing parts', every: EACH_SWEEP, run: (_, process) => process.complete() },
  { name: 'groups', every: EACH_SWEEP, run: ({ directory }) => directory.refresh() },
  { name: 'leavers', every: MINUTE, run: lookForLeavers },
  { name: 'waiting', every: MINUTE, run: lookAtWaiting },
  { name: 'retries', every: EACH_SWEEP, run: retryAfterChange },
  { name: 'delegations', every: EACH_SWEEP, run: keepDelegations },
];

/**
 * The periodic work of one process.
 * @returns what is called at every sweep: begins what it is time for, side by side, and waits for all that is in hand.
 * Never rejects: a job that fails is logged, and one that fails or hangs keeps no other from its turn
 */
export function periodicJobs(deps: EngineDeps, process: ProcessParts): () => Promise<void> {
  const { clock, log } = deps;
  const begunAt = new Map<string, Instant>();
  const inHand = new Map<string, Promise<void>>();

  async function begin({ name, run }: Job): Promise<void> {
    begunAt.set(name, clock.now());
    try {
      await run(deps, process);
    } catch (error) {
      log.warn({ job: name, err: error }, 'a periodic job failed; it is run again at the next sweep');
    } finally {
      inHand.delete(name);
    }
  }

  function isTime({ name, every }: Job): boolean {
    const before = begunAt.get(name);
    // A clock that was put back must not keep anything from being done.
    return !inHand.has(name) && (before === undefined || Math.abs(clock.now() - before) >= every - EARLY);
  }

  return async () => {
    for (const job of JOBS.filter(isTime)) inHand.set(job.name, begin(job));
    await Promise.all(inHand.values());
  };
}

import type { EngineDeps } from '../engine/deps.js';
import { lookForLeavers } from './leavers.js';
import { retryAfterChange } from './retries.js';

/** Periodic work. A job decides itself whether it is time: each is called at every sweep, once a minute. */
interface Job {
  name: string;
  run(deps: EngineDeps): Promise<void>;
}

/** One table for the server and for Lambda. */
const JOBS: readonly Job[] = [
  { name: 'groups', run: ({ directory }) => directory.refresh() },
  { name: 'leavers', run: lookForLeavers },
  { name: 'retries', run: retryAfterChange },
];

/** Runs all of them, side by side. Never throws: one that fails stops no other, and is run again at the next sweep. */
export async function runJobs(deps: EngineDeps): Promise<void> {
  await Promise.all(
    JOBS.map(async ({ name, run }) => {
      try {
        await run(deps);
      } catch (error) {
        deps.log.warn({ job: name, err: error }, 'a periodic job failed; it is run again at the next sweep');
      }
    }),
  );
}

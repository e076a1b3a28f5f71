import { StartFault } from '../wiring/faults.js';
import { readLambdaConfig } from '../../config.js';
import { engineOf } from './engine.js';
import { lateness } from './lateness.js';
import { cannotStart, endIfTrapped, logOf, timeLeft, type Context, type Given } from './runtime.js';

/**
 * Every minute: does what is due for any request, and brings the groups up to date. The guarantee behind every lost
 * wake-up, so it ends well whatever happens: its line "swept" is the heartbeat that an alarm waits for.
 */
export function sweepHandler(given: Given): (event: unknown, context?: Context) => Promise<void> {
  const { now } = given;
  const config = readLambdaConfig('engine', given);
  const log = logOf('problems' in config ? 'info' : config.logLevel, given);
  const late = lateness(now);
  const open = 'problems' in config ? undefined : engineOf(config, given, { log, watch: late.watch });

  async function sweep({ engine }: Awaited<ReturnType<NonNullable<typeof open>>>, context: Context) {
    const begun = now();
    late.take();
    const { looked, left, failed } = await engine.sweep({ mayBegin: () => timeLeft(context) });
    const counts = { looked: looked.length + failed, left, failed };
    log.info({ ...counts, lagMs: late.take(), ms: now() - begun }, 'swept');
  }

  return async (_event, context = {}) => {
    try {
      if (!open) throw new StartFault('problems' in config ? config.problems : []);
      const opened = await open(context);
      const jobs = opened.runJobs();
      await sweep(opened, context).catch((error: unknown) => {
        log.error({ err: error }, 'a sweep failed; the next one tries again');
      });
      await jobs;
    } catch (error) {
      cannotStart(log, error);
    }
    endIfTrapped(log, given);
  };
}

import { StartFault } from '../wiring/start-fault.js';
import { readLambdaConfig } from '../../config.js';
import { engineOf } from './engine.js';
import { lateness } from './lateness.js';
import { cannotStart, endIfTrapped, logOf, timeLeft, type Invocation, type Container } from './runtime.js';

/**
 * Every minute: does what is due for any request, and brings the groups up to date. The guarantee behind every lost
 * wake-up, so it ends well whatever happens: its line "swept" is the heartbeat that an alarm waits for.
 */
export function sweepHandler(
  container: Container,
): (event: unknown, invocation?: Invocation) => Promise<void> {
  const { now } = container;
  const config = readLambdaConfig('engine', container);
  const log = logOf('problems' in config ? 'info' : config.logLevel, container);
  const late = lateness(now);
  const open = 'problems' in config ? undefined : engineOf(config, container, { log, watch: late.watch });

  async function sweep({ engine }: Awaited<ReturnType<NonNullable<typeof open>>>, invocation: Invocation) {
    const begun = now();
    late.take();
    const { looked, left, failed } = await engine.sweep({ mayBegin: () => timeLeft(invocation) });
    const counts = { looked: looked.length + failed, left, failed };
    log.info({ ...counts, lagMs: late.take(), ms: now() - begun }, 'swept');
  }

  return async (_event, invocation = {}) => {
    try {
      if (!open) throw new StartFault('problems' in config ? config.problems : []);
      const opened = await open(invocation);
      const jobs = opened.runJobs();
      await sweep(opened, invocation).catch((error: unknown) => {
        log.error({ err: error }, 'a sweep failed; the next one tries again');
      });
      await jobs;
    } catch (error) {
      cannotStart(log, error);
    }
    endIfTrapped(log, container);
  };
}

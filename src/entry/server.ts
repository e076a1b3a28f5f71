import { wallClock } from '../run/wiring/clock.js';
import { StartFault } from '../run/wiring/late-part.js';
import { adviseOnNode, readConfig } from '../config.js';
import { createLog, endAfterSurprise } from '../log.js';
import { serve } from '../run/server/serve.js';

const config = readConfig();
const log = createLog('problems' in config ? 'info' : config.logLevel);
adviseOnNode((advice) => log.warn(advice));

endAfterSurprise(log);

try {
  if ('problems' in config) throw new StartFault(config.problems);
  const stop = (code: number) => void serving.stop().then(() => process.exit(code));
  const serving = await serve(config, { log, now: wallClock, end: () => stop(1) });
  process.once('SIGTERM', () => stop(0));
  process.once('SIGINT', () => stop(0));
} catch (error) {
  if (error instanceof StartFault) {
    process.stderr.write(`jit cannot start:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
  } else log.fatal({ err: error }, 'jit cannot start');
  process.exitCode = 1;
  process.exit();
}

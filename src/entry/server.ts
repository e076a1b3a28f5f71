import { wallClock } from '../run/wiring/clock.js';
import { StartFault } from '../run/wiring/late-part.js';
import { adviseOnNode, readConfig } from '../config.js';
import { createLog } from '../log.js';
import { serve } from '../run/server/serve.js';

const config = readConfig();
const log = createLog('problems' in config ? 'info' : config.logLevel);
adviseOnNode((advice) => log.warn(advice));

// Node would print the whole error, with all that a client has hung on it.
process.once('uncaughtException', (err) => {
  log.fatal({ err }, 'unexpected; ending, so that another process goes on');
  process.exit(1);
});

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

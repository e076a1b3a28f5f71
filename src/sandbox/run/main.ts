import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adviseOnNode } from '../../config.js';
import { wallClock } from '../../run/wiring/clock.js';
import { runSandbox } from './command.js';

const pageDir = join(fileURLToPath(import.meta.url), '../../../page');

adviseOnNode((advice) => void process.stderr.write(`${advice}\n`));

try {
  const sandbox = await runSandbox(process.argv.slice(2), {
    realNow: wallClock,
    pageDir,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
  if (!sandbox) process.exitCode = 2;
  const end = () => void sandbox?.close().then(() => process.exit());
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
} catch (error) {
  process.stderr.write(`The sandbox cannot start: ${error instanceof Error ? error.message : 'unknown'}\n`);
  process.exit(1);
}

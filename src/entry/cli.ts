import { run } from '../cli/index.js';
import { adviseOnNode, readPolicyDir } from '../config.js';
import { wallClock } from '../run/wiring/clock.js';

const { stdout, stderr } = process;
// For people only: a pipeline may take whatever stands on standard error for a fault.
adviseOnNode((advice) => stderr.isTTY && stderr.write(`${advice}\n`));
process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  now: wallClock,
  folder: readPolicyDir(),
});

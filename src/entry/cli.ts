import { run } from '../cli/index.js';
import { readPolicyDir } from '../config.js';
import { wallClock } from '../run/wiring/clock.js';

const { stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  now: wallClock,
  folder: readPolicyDir(),
});

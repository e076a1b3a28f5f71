import { adviseOnNode } from '../config.js';
import { runCli } from '../run/cli/index.js';

const { stdout, stderr } = process;
// For people only: a pipeline may take whatever stands on standard error for a fault.
adviseOnNode((advice) => stderr.isTTY && stderr.write(`${advice}\n`));
process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr });

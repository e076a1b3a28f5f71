import { run } from '../../cli/index.js';
import type { CliOutside } from '../../cli/outside.js';
import { readPolicyDir } from '../../config.js';
import { wallClock } from '../wiring/clock.js';
import { openOrders, openReader } from './table.js';

/**
 * The command line, on what the environment names.
 * @param args without the program's own name
 * @param outside where it writes, and what tests put in the place of the rest
 * @returns the exit code
 */
export async function runCli(
  args: string[],
  outside: Pick<CliOutside, 'stdout' | 'stderr'> & Partial<CliOutside>,
): Promise<number> {
  return run(args, {
    record: openReader,
    orders: openOrders,
    // Cedar, Slack and AWS: no other command waits for them to load.
    async *examine(question) {
      const { examine } = await import('./doctor.js');
      yield* examine(question);
    },
    now: wallClock,
    folder: readPolicyDir(),
    ...outside,
  });
}

import { Command, CommanderError } from 'commander';
import { auditCommand, type Outside } from './audit/index.js';
import { doctorCommand } from './doctor/command.js';
import { policyCommand, type PolicyOutside } from './policy/index.js';
import { openOrders, type Orders } from './orders.js';
import { revokeCommand } from './revoke.js';
import { openTable, CannotRead } from './audit/table.js';
import { plain } from './text.js';

/**
 * The command line.
 * @param args without the program's own name
 * @returns the exit code: 0; 1 where a command found something wrong; 2 where it could not do its work
 */
export async function run(
  args: string[],
  {
    stdout,
    stderr,
    record = openTable,
    orders = openOrders,
    now = noClock,
    folder = 'policies',
  }: Omit<Outside, 'record'> &
    Partial<
      Pick<Outside, 'record'> & Pick<PolicyOutside, 'now' | 'folder'> & { orders: () => Promise<Orders> }
    >,
): Promise<number> {
  let code = 0;
  const program = new Command('jit')
    .description('just-in-time AWS access: policy as code, checks, the record, and an end to access')
    .addCommand(auditCommand({ stdout, stderr, record }, () => (code = 1)))
    .addCommand(doctorCommand({ stdout }, () => (code = 1)))
    .addCommand(policyCommand({ stdout, now, folder, fail: () => (code = 1) }))
    .addCommand(revokeCommand({ stdout, orders, now }));
  for (const command of family(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whoever reads the output has had enough of it: `jit audit export | head`.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
    const problems = error instanceof CannotRead ? error.problems : [messageOf(error)];
    stderr.write(`jit: ${problems.map(plain).join('\n     ')}\n`);
    return 2;
  }
}

function family(command: Command): Command[] {
  return [command, ...command.commands.flatMap(family)];
}

function noClock(): never {
  throw new Error('what time it is now is not known here: write --at 2026-11-20T10:00:00Z');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

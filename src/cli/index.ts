import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit/index.js';
import { CannotRead, type CliOutside } from './outside.js';
import { doctorCommand } from './doctor/command.js';
import { policyCommand } from './policy/index.js';
import { revokeCommand } from './revoke.js';
import { plain } from './terminal.js';

/** Exit codes, what weighs most last. */
const WEIGHT = [0, 3, 1, 2];

/**
 * The command line.
 * @param args without the program's own name
 * @returns the exit code: 0; 1 where a command found something wrong; 2 where it could not do its work; 3 where something is not proven
 */
export async function run(args: string[], outside: CliOutside): Promise<number> {
  const { stdout, stderr } = outside;
  let code = 0;
  const given = {
    ...outside,
    fail: (found = 1) => void (code = WEIGHT.indexOf(found) > WEIGHT.indexOf(code) ? found : code),
  };
  const program = new Command('jit')
    .description('just-in-time AWS access: policy as code, checks, the record, and an end to access')
    .addCommand(auditCommand(given))
    .addCommand(doctorCommand(given))
    .addCommand(policyCommand(given))
    .addCommand(revokeCommand(given));
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
    // The program that reads the output has had enough of it: `jit audit export | head`.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
    const message = error instanceof Error ? error.message : String(error);
    const problems = error instanceof CannotRead ? error.problems : [message];
    stderr.write(`jit: ${problems.map(plain).join('\n     ')}\n`);
    return 2;
  }
}

function family(command: Command): Command[] {
  return [command, ...command.commands.flatMap(family)];
}

import type { Writable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit/index.js';
import type { Reader } from './audit/record.js';
import { CannotRead } from './cannot-read.js';
import { doctorCommand } from './doctor/command.js';
import type { Examine } from './doctor/outside.js';
import { policyCommand } from './policy/index.js';
import { revokeCommand, type Orders } from './revoke.js';
import { plain } from './terminal.js';
import type { Instant } from '../domain/entitlement.js';

/** What the commands work with, each put together only when a command asks for it. */
export interface CliOutside {
  stdout: Writable;
  stderr: Writable;
  /** Opens the record, to be read. @throws CannotRead */
  record: () => Promise<Reader>;
  /** Opens the record for an operator's orders. @throws CannotRead */
  orders: () => Promise<Orders>;
  examine: Examine;
  now: () => Instant;
  /** The policy folder where the command line names none. */
  folder: string;
}

/**
 * The command line.
 * @param args without the program's own name
 * @returns the exit code: 0; 1 where a command found something wrong; 2 where it could not do its work
 */
export async function run(args: string[], outside: CliOutside): Promise<number> {
  const { stdout, stderr } = outside;
  let code = 0;
  const fail = () => void (code = 1);
  const program = new Command('jit')
    .description('just-in-time AWS access: policy as code, checks, the record, and an end to access')
    .addCommand(auditCommand(outside, fail))
    .addCommand(doctorCommand(outside, fail))
    .addCommand(policyCommand({ ...outside, fail }))
    .addCommand(revokeCommand(outside));
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

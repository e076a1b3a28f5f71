import { Command } from 'commander';
import type { CommandOutside } from '../outside.js';
import type { PolicyCommand } from './policy-folder.js';
import { whatCanCommand, whoCanCommand } from './subcommands/access.js';
import { diffCommand } from './subcommands/diff.js';
import { explainCommand } from './subcommands/explain.js';
import { lintCommand } from './subcommands/lint.js';
import { packCommand } from './subcommands/pack.js';
import { testCommand } from './subcommands/test.js';
import { validateCommand } from './subcommands/validate.js';

const COMMANDS: Record<string, PolicyCommand> = {
  validate: validateCommand,
  test: testCommand,
  explain: explainCommand,
  'who-can': whoCanCommand,
  'what-can': whatCanCommand,
  lint: lintCommand,
  diff: diffCommand,
  pack: packCommand,
};

/** `jit policy`: policies checked, tested and explained, on a folder, without network and without keys. */
export function policyCommand(outside: CommandOutside): Command {
  const policy = new Command('policy').description('policies checked, tested and explained, on a folder');
  for (const [name, define] of Object.entries(COMMANDS))
    policy.addCommand(define(new Command(name), outside));
  return policy;
}

import type { Writable } from 'node:stream';
import { Command } from 'commander';
import type { Instant } from '../../domain/entitlement.js';
import { diffCommand } from './diff.js';
import { explainCommand } from './explain.js';
import { lintCommand } from './lint.js';
import { packCommand } from './pack.js';
import { testCommand } from './test.js';
import { validateCommand } from './validate.js';
import { whatCanCommand } from './what-can.js';
import { whoCanCommand } from './who-can.js';

export interface PolicyOutside {
  stdout: Writable;
  now: () => Instant;
  /** The policy folder where the command line names none. */
  folder: string;
  /** Sets the exit code to 1: the command found something wrong. */
  fail: () => void;
}

/** Gives a command its options and its action. */
export type PolicyCommand = (command: Command, outside: PolicyOutside) => Command;

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
export function policyCommand(outside: PolicyOutside): Command {
  const policy = new Command('policy').description('policies checked, tested and explained, on a folder');
  for (const [name, define] of Object.entries(COMMANDS))
    policy.addCommand(define(new Command(name), outside));
  return policy;
}

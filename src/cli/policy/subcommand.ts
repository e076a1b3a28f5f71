import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Instant } from '../../domain/entitlement.js';

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

import type { Command } from 'commander';
import type { CommandOutside } from '../outside.js';

/** Gives a command its options and its action. */
export type PolicyCommand = (command: Command, outside: CommandOutside) => Command;

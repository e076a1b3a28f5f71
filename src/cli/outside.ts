import type { Writable } from 'node:stream';
import type { Reader } from './audit/verify.js';
import type { Examine } from './doctor/outside.js';
import type { Instant } from '../domain/entitlement.js';
import type { RequestStore } from '../ports/record.js';

/** What an operator's order needs: who gives it, and one item to put. Nothing is read. */
export interface Orders {
  operator: string;
  putEnd: RequestStore['putEnd'];
}

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

export interface CommandOutside extends CliOutside {
  /** Sets the exit code: 1 something is wrong; 2 it could not be read, which comes before; 3 it is not proven, which comes after. */
  fail: (code?: 1 | 2 | 3) => void;
}

/** What keeps a command from beginning, one sentence each. */
export class CannotRead extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

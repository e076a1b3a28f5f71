import type { MessageEffect } from '../../domain/request/effects.js';
import type { Command } from '../../domain/request/command.js';
import { GrantFault } from '../../ports/access.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';

/** What came of an effect: a command that ends it, or when to try again (absent: after a back-off). */
export type Outcome =
  | {
      done: Command | undefined;
      /** What the window that waits for credentials is told instead. */ told?: Told;
    }
  | {
      later: number | undefined;
      why: string;
      /** Tries to take access away that failed in a row: said at the level of an alarm. */ failures?: number;
    };
export type Told = Omit<Extract<MessageEffect, { type: 'no-credentials' }>, 'type'>;

/** How long an attempt itself may take to be recorded; a process that was frozen meanwhile begins no call. */
export const RECORDING = 5_000;

/**
 * Why nothing is given now, if so: by policies that could be out of date, or half written, or while there are none.
 * Access is taken away as ever.
 */
export function whyNothingIsGiven({ bundle }: { bundle: () => Bundle }): string | undefined {
  try {
    return bundle().standIn && 'policies only stand in';
  } catch (error) {
    if (error instanceof Unknowable) return error.message;
    throw error;
  }
}

/** Trying again cannot help. */
export function isPermanent(error: unknown): error is GrantFault {
  return error instanceof GrantFault && error.permanent;
}

/** Whether an alarm is raised for so many failures in a row: each at first, then ever more seldom, so that it hides no other. */
export function isToldOf(failures: number): boolean {
  return failures <= 8 || Number.isInteger(Math.log2(failures));
}

/** For the log: what went wrong, without what a client hangs on its errors. */
export function codeOf(error: unknown): string {
  if (error instanceof GrantFault) return error.code;
  return error instanceof Error ? error.name : 'unknown fault';
}

import { GrantFault, type Provisioner } from '../../ports/access.js';
import type { Clock } from '../../ports/clock.js';
import type { Notifier } from '../../ports/messages.js';
import type { EngineStore } from '../../ports/record.js';
import type { FactSources } from '../facts.js';
import type { InputDeps } from '../gather-inputs.js';
import type { Log } from '../../kit/log.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Account } from '../../domain/person.js';
import type { Command } from '../../domain/request/command.js';
import type { Effect } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import type { Owed } from '../../domain/request/outbox.js';
import type { Keep, Known } from '../record-command.js';

export interface EngineDeps extends FactSources, InputDeps {
  store: EngineStore;
  provisioners: Record<string, Provisioner>;
  notifier: Notifier;
  clock: Clock;
  log: Log;
  /** Hears of each request that was looked at, as it is then. Must neither throw nor hold up. Absent: nobody listens. */
  changed?: (head: Head) => void;
  /** Hears of people of whom something has changed that is not about one request. The same goes for it. */
  concerns?: (accounts: Account[]) => void;
}

/** What came of an effect. */
export type EffectOutcome =
  | {
      /** Recorded with it. */
      done?: Command | undefined;
      /** What else is written in the same transaction; by default the effect is settled. */
      keep?: Keep;
      /** What the effect itself has read or written last, where that is newer than what it was given. */
      known?: Known;
    }
  | {
      /** When to try again; undefined: after a back-off. */
      later: Instant | undefined;
      why: string;
      /** Tries to take access away that failed in a row: said at the level of an alarm. */
      failures?: number;
      known?: Known;
    };

/** Nothing is left to do, and nothing to record. */
export const SETTLED: EffectOutcome = {};

/** An effect of this type, as HEAD owes it. */
export type OwedOf<T extends Effect['type']> = Owed & { effect: Extract<Effect, { type: T }> };

/**
 * Carries out one effect; it may run twice, late, or beside itself (invariant 5).
 * @param head as it was when this process claimed the effect
 */
export type CarryOut<T extends Effect['type']> = (
  deps: EngineDeps,
  head: Head,
  owed: OwedOf<T>,
) => Promise<EffectOutcome>;

/** How long an attempt itself may take to be recorded; a process that was frozen meanwhile begins no call. */
export const RECORDING = 5_000;

/** Trying again cannot help. */
export function isPermanent(error: unknown): error is GrantFault {
  return error instanceof GrantFault && error.permanent;
}

/** Whether an alarm is raised for so many failures in a row: each at first, then ever more seldom, so that it hides no other. */
export function isToldOf(failures: number): boolean {
  return failures <= 8 || Number.isInteger(Math.log2(failures));
}

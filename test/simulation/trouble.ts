import type { Millis } from '../../src/domain/entitlement.js';
import type { Random } from './random.js';

/** The processes that a company runs: servers, or functions that only a stream's batches and a sweep wake. */
export type Hosting = 'server' | 'lambda';

/** What goes on in a history besides the ordinary, by chance. */
export interface Trouble {
  /** In any case people want theirs for longer; else that is left to chance. */
  extends?: true;
  hosting: Hosting;
  /** People press "Open a session" dozens of times, while somebody ends it. */
  floods: boolean;
  /** Every message to Slack hangs until its time-out. */
  silence: false | 'a-while' | 'for-ever';
  /** Then nobody can be looked up either. */
  nobodyKnown: boolean;
  /** Somebody writes what they like under `REQUEST#*`. */
  hostile: boolean;
  /** People go away, and others stand in for them. */
  delegations: boolean;
  /** The periodic work of a server is begun by its sweeps, as it is outside of here. */
  jobs: boolean;
  /** Nothing else goes wrong: what takes access away has to be on time. */
  fair: boolean;
}

export const NO_TROUBLE: Trouble = {
  hosting: 'server',
  floods: false,
  silence: false,
  nobodyKnown: false,
  hostile: false,
  delegations: false,
  jobs: false,
  fair: false,
};

/** Those who are away come back by the clock, which takes the periodic work. */
const leaving = (delegations: boolean) => ({ delegations, jobs: delegations });

/** A share of the histories each, so that most cost what they cost without. */
export function troubleOf(random: Random, leave: Random): Trouble {
  const trouble = {
    hosting: random.chance(0.2) ? 'lambda' : 'server',
    floods: random.chance(0.12),
    silence: random.chance(0.85) ? false : random.pick(['a-while', 'for-ever'] as const),
    nobodyKnown: random.chance(0.4),
    hostile: random.chance(0.15),
    ...leaving(leave.chance(0.2)),
  } as const;
  const any = trouble.floods || trouble.silence !== false || trouble.hostile;
  return { ...trouble, fair: any && random.chance(0.6) };
}

/** By when access has to be away that was taken back, counted from then on; where much goes wrong, nothing is promised. */
export interface Pace {
  /** AWS has been asked to take it away. */
  asked: Millis;
  /** AWS permits nothing any more: a minute and a sweep. */
  away: Millis;
  /** After an end, the record says so: five minutes and a sweep, and a call that may still land. */
  recorded: Millis;
}

export function paceOf({ fair, hosting }: Trouble): Pace {
  if (!fair) return { asked: Infinity, away: Infinity, recorded: Infinity };
  return { asked: hosting === 'server' ? 1_000 : 30_000, away: 125_000, recorded: 410_000 };
}

import type { Instant, Millis } from '../../domain/entitlement.js';
import { sharedRun } from '../../kit/shared-run.js';
import type { Ailing } from '../../ports/health.js';
import type { LogAndClock } from '../outside.js';

/** What keeps the program from starting, one sentence each. */
export class StartFault extends Error {
  constructor(
    readonly problems: string[],
    /** Whether an operator must fix it, or it may pass by itself. */
    readonly code: 'refused' | 'unreachable' = 'refused',
  ) {
    super(problems.join('\n'));
  }
}

/** What the program cannot give access without, and does not have now. */
export interface Lack {
  /** One thing, always by the same name: `slack`. */
  what: string;
  /** For readers who may see codes only. */
  code: string;
  since: Instant;
  /** Sentences for operators; no secret. */
  problems: string[];
}

/** Something that comes when it comes: what ends access does not wait for it. */
export type LatePart<T> = ReturnType<typeof latePart<T>>;

/** What just failed is not tried again at once: who has something to end would wait for it. */
const AGAIN: Millis = 5_000;
/** How often the log repeats it: an alarm looks at the last five minutes. */
const REMIND: Millis = 4 * 60_000;

/** @param make once more at each attempt: what is there already may be replaced by something newer */
export function latePart<T>(
  what: string,
  make: () => Promise<T>,
  { now, ailing }: { now: () => Instant; ailing?: Ailing | undefined },
) {
  let there: T | undefined;
  let lack: Lack | undefined;
  let triedAt: Instant | undefined;

  const attempt = sharedRun(async () => {
    try {
      there = await make();
      lack = undefined;
      ailing?.works(what);
    } catch (error) {
      lack = { what, since: lack?.since ?? now(), ...described(error) };
      ailing?.fails(what, lack.code);
    }
    triedAt = now();
  });

  return {
    there: (): T | undefined => there,
    /** Why it is not there, or why a newer one is not. */
    lack: (): Lack | undefined => lack,
    /** Tries, unless that failed just before; callers at the same time share one try. Never throws. */
    async attempt(): Promise<void> {
      // A clock that was put back must not keep anything from being tried.
      if (lack && triedAt !== undefined && Math.abs(now() - triedAt) < AGAIN) return;
      await attempt();
    },
  };
}

function described(error: unknown): Pick<Lack, 'code' | 'problems'> {
  if (error instanceof StartFault) return { code: error.code, problems: error.problems };
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  return { code: 'unreadable', problems: [name === 'Error' ? message.slice(0, 300) : name] };
}

/** @returns what says what is lacking: at once, and every few minutes for as long as it lasts; alarms listen for it */
export function lackReporter({ log, now }: LogAndClock): (lacks: Lack[]) => void {
  let last: { said: string; at: Instant } | undefined;
  return (lacks) => {
    const said = lacks.map(({ what, code }) => `${what} ${code}`).join();
    if (said === '') {
      if (last) log.info({}, 'nothing is lacking any more: access is given again');
      last = undefined;
      return;
    }
    if (last?.said === said && Math.abs(now() - last.at) < REMIND) return;
    last = { said, at: now() };
    const lacking = lacks.map(({ what, since, problems }) => ({
      what,
      since: new Date(since).toISOString(),
      problems,
    }));
    log.error({ lacking }, 'jit only ends access: it lacks what it cannot give access without');
  };
}

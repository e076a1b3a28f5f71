import type { Instant, Millis } from '../../domain/entitlement.js';

/** Something that does not work, since when, and a code for what is wrong with it. */
export interface Ailment {
  what: string;
  since: Instant;
  code?: string;
}

export type Ailments = ReturnType<typeof bookOfAilments>;

/** What lasts longer will not pass by itself. */
const TOO_LONG: Millis = 5 * 60_000;
/** Things have few names; should one be made up of what comes from outside, this is where it ends. */
const MOST = 200;

/** What does not work in this process at the moment. In memory: a new process finds out anew. */
export function bookOfAilments(now: () => Instant) {
  const known = new Map<string, Ailment>();
  const told = new Set<string>();
  return {
    fails(what: string, code?: string): void {
      const before = known.get(what);
      if (!before && known.size >= MOST) return;
      known.set(what, { what, since: before?.since ?? now(), ...(code !== undefined && { code }) });
    },
    works(what: string): void {
      known.delete(what);
      told.delete(what);
    },
    all: (): Ailment[] => [...known.values()],
    /** Those that have lasted for five minutes, each once. */
    overdue(): Ailment[] {
      const late = [...known.values()].filter(
        ({ what, since }) => !told.has(what) && now() - since >= TOO_LONG,
      );
      for (const { what } of late) told.add(what);
      return late;
    },
  };
}

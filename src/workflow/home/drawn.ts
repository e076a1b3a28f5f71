import type { Instant, Millis } from '../../domain/entitlement.js';
import { defined } from '../../domain/objects.js';
import type { Person } from '../../domain/person.js';
import { personLedger, type LedgerHead, type PersonLedger } from '../../domain/record/ledger.js';
import { isInstant } from '../../domain/record/values.js';
import { NO_TAIL } from '../../domain/record/seal.js';
import type { Log } from '../../kit/log.js';
import type { Clock } from '../../ports/clock.js';
import type { RequestStore } from '../../ports/record.js';

/** One person's App Home is drawn no more often. */
export const LEAST: Millis = 1_000;
/** So long after somebody has opened their App Home it is drawn again when something changes. */
export const FOLLOWED: Millis = 7 * 86_400_000;
const RACES = 5;

/** What a person's ledger notes of their App Home. */
export interface HomeNote {
  /** When they last opened it. */
  seenAt?: Instant;
  /** When a process last began to draw it. */
  drawnAt?: Instant;
  /** What it shows is no older. */
  showsAt?: Instant;
}

export function homeNoteOf(head: Pick<LedgerHead, 'note'> | undefined): HomeNote {
  const { homeSeenAt: seenAt, homeDrawnAt: drawnAt, homeShowsAt: showsAt } = head?.note ?? {};
  return {
    ...(isInstant(seenAt) && { seenAt }),
    // Earlier versions note the one instant, which is both.
    ...(isInstant(drawnAt) && { drawnAt, showsAt: isInstant(showsAt) ? showsAt : drawnAt }),
  };
}

/** The next version of a person's ledger, with this noted and no fact. */
export function withHomeNote(
  ledger: PersonLedger,
  head: LedgerHead<PersonLedger> | undefined,
  { seenAt, drawnAt, showsAt = drawnAt }: HomeNote,
): { head: LedgerHead<PersonLedger>; records: [] } {
  const note = {
    ...head?.note,
    ...(seenAt !== undefined && { homeSeenAt: seenAt }),
    ...(drawnAt !== undefined && { homeDrawnAt: drawnAt }),
    ...(showsAt !== undefined && { homeShowsAt: showsAt }),
  };
  return {
    head: { ...head, ledger, version: (head?.version ?? 0) + 1, tail: head?.tail ?? NO_TAIL, note },
    records: [],
  };
}

interface Opened {
  since?: Instant;
  ledger?: LedgerHead<PersonLedger> | 'none';
}

/**
 * Notes that a person has opened their App Home. Where that cannot be noted it is drawn all the same.
 * @param recent when the last look began that may be shown, if there is one; it is younger than `LEAST`
 * @returns how old what is shown may be, absent where only a look that begins now will do, and the ledger as it was read;
 * undefined where nothing is to be drawn, since it was drawn a moment ago
 */
export async function opened(
  {
    store,
    clock,
    log,
  }: { store: Pick<RequestStore, 'ledger' | 'append'>; clock: Clock; log: Pick<Log, 'warn'> },
  person: Person,
  recent: () => Instant | undefined,
): Promise<Opened | undefined> {
  try {
    const ledger = personLedger(person.account);
    for (let race = 0; race < RACES; race++) {
      const at = clock.now();
      const head = await store.ledger(ledger);
      const { drawnAt, seenAt } = homeNoteOf(head);
      if (seenAt !== undefined && drawnAt !== undefined && Math.abs(at - drawnAt) < LEAST) return undefined;
      // For whoever is not followed, nothing is drawn of what came after an older look and before this note.
      const isFollowed = seenAt !== undefined && at - seenAt <= FOLLOWED;
      const since = isFollowed ? recent() : undefined;
      const note = { seenAt: at, drawnAt: at, showsAt: since ?? at };
      if ((await store.append(withHomeNote(ledger, head, note))) === 'written')
        return { ...defined({ since }), ledger: head ?? 'none' };
    }
  } catch (error) {
    log.warn({ err: error }, 'it could not be noted that somebody opened their App Home');
  }
  return {};
}

import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Person } from '../../domain/person.js';
import { personLedger, type LedgerHead, type PersonLedger } from '../../domain/record/ledger.js';
import { isInstant } from '../../domain/record/values.js';
import { NO_TAIL } from '../../domain/record/seal.js';
import type { Log } from '../../kit/log.js';
import type { Clock } from '../../ports/clock.js';
import type { RequestStore } from '../../ports/record.js';

/** One person's App Home is drawn no more often. */
export const LEAST: Millis = 1_000;

/** What a person's ledger notes of their App Home. */
export interface HomeNote {
  /** When they last opened it. */
  seenAt?: Instant;
  /** When a process last began to draw it: what it shows is no older. */
  drawnAt?: Instant;
}

export function homeNoteOf(head: Pick<LedgerHead, 'note'> | undefined): HomeNote {
  const { homeSeenAt: seenAt, homeDrawnAt: drawnAt } = head?.note ?? {};
  return { ...(isInstant(seenAt) && { seenAt }), ...(isInstant(drawnAt) && { drawnAt }) };
}

/** The next version of a person's ledger, with this noted and no fact. */
export function withHomeNote(
  ledger: PersonLedger,
  head: LedgerHead<PersonLedger> | undefined,
  { seenAt, drawnAt }: HomeNote,
): { head: LedgerHead<PersonLedger>; records: [] } {
  const note = {
    ...head?.note,
    ...(seenAt !== undefined && { homeSeenAt: seenAt }),
    ...(drawnAt !== undefined && { homeDrawnAt: drawnAt }),
  };
  return {
    head: { ...head, ledger, version: (head?.version ?? 0) + 1, tail: head?.tail ?? NO_TAIL, note },
    records: [],
  };
}

/**
 * Notes that a person has opened their App Home. Where that cannot be noted it is drawn all the same.
 * @returns whether it is to be drawn: false where it was drawn a moment ago
 */
export async function opened(
  {
    store,
    clock,
    log,
  }: { store: Pick<RequestStore, 'ledger' | 'append'>; clock: Clock; log: Pick<Log, 'warn'> },
  person: Person,
): Promise<boolean> {
  const at = clock.now();
  try {
    const ledger = personLedger(person.account);
    const head = await store.ledger(ledger);
    const { drawnAt, seenAt } = homeNoteOf(head);
    if (seenAt !== undefined && drawnAt !== undefined && Math.abs(at - drawnAt) < LEAST) return false;
    await store.append(withHomeNote(ledger, head, { seenAt: at, drawnAt: at }));
  } catch (error) {
    log.warn({ err: error }, 'it could not be noted that somebody opened their App Home');
  }
  return true;
}

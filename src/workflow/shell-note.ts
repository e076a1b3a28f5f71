import { NO_TAIL } from '../domain/record/seal.js';
import type { LedgerHead, PersonLedger } from '../domain/record/ledger.js';
import { isShell, SHELLS, type Shell } from '../ports/shell.js';

/** The shell that a person has chosen: handy to know, and no fact. */
export function shellOf(head: Pick<LedgerHead, 'note'> | undefined): Shell {
  const { shell } = head?.note ?? {};
  return isShell(shell) ? shell : SHELLS[0];
}

/** The next version of a person's ledger, with this noted and no fact. */
export function withShell(
  ledger: PersonLedger,
  head: LedgerHead<PersonLedger> | undefined,
  shell: Shell,
): { head: LedgerHead<PersonLedger>; records: [] } {
  const version = (head?.version ?? 0) + 1;
  return {
    head: { ...head, ledger, version, tail: head?.tail ?? NO_TAIL, note: { ...head?.note, shell } },
    records: [],
  };
}

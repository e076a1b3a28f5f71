import {
  isOfPerson,
  type LedgerHead,
  type LedgerName,
  type LedgerRecord,
} from '../../domain/record/ledger.js';
import { checkLedgerChange, disagreement, tailBefore, type Store } from '../change.js';

/**
 * HEADs and records that are not about one request.
 * @param seen which signed requests have had their effect
 * @param copy shares nothing with the caller
 */
export function ledgersInMemory(
  seen: { has(hash: string): boolean; mark(hash: string): void },
  copy: <T>(value: T) => T,
): Pick<Store, 'ledger' | 'ledgerRecords' | 'append' | 'dueLedgers' | 'ledgers'> {
  const heads = new Map<string, LedgerHead>();
  const records = new Map<string, LedgerRecord[]>();

  return {
    ledger: async <Name extends LedgerName>(name: Name) =>
      copy(heads.get(name)) as LedgerHead<Name> | undefined,
    ledgerRecords: async (name) => copy(records.get(name)) ?? [],

    async append(change) {
      checkLedgerChange(change);
      const { head, records: added, seen: hash } = copy(change);
      const stored = heads.get(head.ledger);
      if (hash && seen.has(hash)) return 'seen';
      if ((stored?.version ?? 0) !== head.version - 1) return 'conflict';
      if ((stored?.tail.n ?? 0) !== tailBefore({ head, records: added }))
        throw disagreement(head.ledger, 'the records do not follow the last one');
      heads.set(head.ledger, head);
      records.set(head.ledger, [...(records.get(head.ledger) ?? []), ...added]);
      if (hash) seen.mark(hash);
      return 'written';
    },

    async dueLedgers(until, limit) {
      return [...heads.values()]
        .flatMap(({ ledger, dueAt }) =>
          isOfPerson(ledger) && dueAt !== undefined && dueAt <= until ? [{ ledger, dueAt }] : [],
        )
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit)
        .map(({ ledger }) => ledger);
    },

    ledgers: async () => [...heads.keys()].sort() as LedgerName[],
  };
}

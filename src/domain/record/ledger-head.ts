import type { Delegation, DelegationFact, OwedNews } from '../delegation.js';
import type { Millis } from '../entitlement.js';
import { defined } from '../objects.js';
import { sameAccount } from '../person.js';
import { delegationAfter } from './delegations.js';
import { sealInLedger, type LedgerHead, type LedgerRecord, type PersonLedger } from './ledger.js';
import { NO_TAIL } from './seal.js';

/** How long a process may work on one before another may take it over. */
export const NEWS_CLAIM: Millis = 12_000;

/**
 * The next version of a person's ledger: sealed records of these facts, what they lead to, and what they owe, all in one
 * write, so that nothing is lost if a process dies in between.
 * @param keep what has been done of what was owed
 */
export function applyToLedger(
  ledger: PersonLedger,
  head: LedgerHead<PersonLedger> | undefined,
  facts: DelegationFact[],
  keep = (outbox: OwedNews[]) => outbox,
): { head: LedgerHead<PersonLedger>; records: LedgerRecord[] } {
  let tail = head?.tail ?? NO_TAIL;
  let { delegation } = head ?? {};
  let outbox = keep(head?.outbox ?? []);
  const records = facts.map((fact, position) => {
    const record = sealInLedger(ledger, tail, fact);
    tail = { n: record.n, hash: record.hash };
    outbox = [...outbox, ...newsOf(fact, delegation, facts[position + 1], record.n)];
    delegation = delegationAfter(fact);
    return record;
  });
  const times = [...outbox.map(({ notBefore }) => notBefore), ...(delegation ? [delegation.until] : [])];
  return {
    head: {
      ledger,
      version: (head?.version ?? 0) + 1,
      tail,
      note: head?.note ?? {},
      ...defined({ delegation }),
      ...(outbox.length > 0 && { outbox }),
      ...(times.length > 0 && { dueAt: Math.min(...times) }),
    },
    records,
  };
}

function newsOf(
  fact: DelegationFact,
  before: Delegation | undefined,
  next: DelegationFact | undefined,
  n: number,
): OwedNews[] {
  const news = { id: String(n), attempts: 0, notBefore: fact.at };
  if (fact.type === 'DelegationStarted') return [{ ...news, what: 'started', delegation: fact.delegation }];
  if (!before) return [];
  // Whoever goes on standing in, until another time, hears that alone.
  const goesOn =
    next?.type === 'DelegationStarted' && sameAccount(next.delegation.to.account, before.to.account);
  if (goesOn) return [];
  return [{ ...news, what: 'ended', delegation: before, ...(fact.by !== 'jit' && { by: fact.by }) }];
}

import type { Delegation, OwedNews } from '../delegation.js';
import { canonical, sha256, type Instant, type JsonObject } from '../entitlement.js';
import type { Account } from '../person.js';
import { delegationAfter, isOfDelegation, wrongDelegation } from './delegations.js';
import type { Finding } from './history.js';
import { firstBroken, type Tail } from './seal.js';

/*
 * Facts that are not about one request: a ledger for each person, and ledgers of jit's own. Each is a HEAD and a chain of
 * sealed records, as a request is.
 */

/** What one person has said about themselves; what faces people may write it. */
export type PersonLedger = `PERSON#${string}`;
/** What concerns everybody; only the engine may write it. */
export type JitLedger = `JIT#${string}`;
export type LedgerName = PersonLedger | JitLedger;

/** The names of the facts that each kind of ledger may hold. Those of pairings and lockdowns nothing writes yet. */
const FACTS = {
  PERSON: ['DelegationStarted', 'DelegationEnded', 'PairingConfirmed', 'PairingEnded'],
  JIT: ['LockdownStarted', 'LockdownLifted'],
} as const;
type Kind = keyof typeof FACTS;
type Fact = (typeof FACTS)[Kind][number];

/** A fact as it was stored, by whichever version. */
export interface LedgerEvent {
  type: Fact;
  at: Instant;
  by: unknown;
}

/** A fact as it is kept: appended, never changed, chained to the one before. */
export interface LedgerRecord extends Tail {
  /** Part of what is hashed: in another ledger the record is broken. */
  ledger: LedgerName;
  event: LedgerEvent;
}

/** A ledger as it is now. */
export interface LedgerHead<Name extends LedgerName = LedgerName> {
  ledger: Name;
  /** Goes up with every write; every write is conditional on it. */
  version: number;
  /** Of the newest record; `NO_TAIL` where there is none. */
  tail: Tail;
  /** What is handy to know and no fact: not sealed, written over, and nothing is decided by it. */
  note: JsonObject;
  /** Who stands in for the person, as the records say; its time may be over. Absent: nobody. */
  delegation?: Delegation;
  /** What is to be told of that. Absent: nothing. */
  outbox?: OwedNews[];
  /** When the engine has to look at it next: something is to be told, or ends. Absent: never. */
  dueAt?: Instant;
}

export function personLedger({ provider, tenant, id }: Account): PersonLedger {
  return `PERSON#${provider}/${tenant}/${id}`;
}

/** Undefined for the name of anything else. */
export function kindOfLedger(name: string): Kind | undefined {
  return /^(PERSON|JIT)#./s.exec(name)?.[1] as Kind | undefined;
}

export function isLedgerName(name: string): name is LedgerName {
  return kindOfLedger(name) !== undefined;
}

export function isOfPerson(name: string): name is PersonLedger {
  return kindOfLedger(name) === 'PERSON';
}

export function sealInLedger(ledger: LedgerName, tail: Tail, event: LedgerEvent): LedgerRecord {
  const n = tail.n + 1;
  return { ledger, n, event, hash: hashOf({ ledger, n, event }, tail) };
}

function hashOf({ ledger, n, event }: Omit<LedgerRecord, 'hash'>, before: Tail): string {
  return sha256(before.hash + canonical({ ledger, n, event }));
}

function isSealed(record: LedgerRecord, before: Tail): boolean {
  return record.n === before.n + 1 && record.hash === hashOf(record, before);
}

/**
 * Whether what is on record in a ledger can be true: its chain is whole, reaches HEAD's tail, and holds only facts of
 * its kind.
 */
export function examineLedger(
  name: LedgerName,
  { head, records }: { head?: LedgerHead; records: LedgerRecord[] },
): Finding[] {
  const found = (fault: Omit<Finding, 'request'>): Finding[] => [{ request: name, ...fault }];
  const foreign = records.find(({ ledger }) => ledger !== name);
  if (foreign)
    return found({ code: 'foreign', n: foreign.n, what: `record ${foreign.n} belongs to ${foreign.ledger}` });
  const n = firstBroken(records, isSealed);
  if (n !== undefined) {
    const isThere = records.some((record) => record.n === n);
    return isThere
      ? found({
          code: 'altered',
          n,
          what: `record ${n} is not what was written, or does not follow the one before`,
        })
      : found({ code: 'missing', n, what: `record ${n} is missing` });
  }
  const last = records.at(-1);
  if (!head)
    return last ? found({ code: 'no-head', what: 'there are records, and no HEAD that they lead to' }) : [];
  if ((last?.n ?? 0) !== head.tail.n || (last?.hash ?? '') !== head.tail.hash)
    return found({
      code: 'cut-off',
      what: `the records end at ${last?.n ?? 0}, while HEAD ends at ${head.tail.n} with another hash`,
    });
  return replay(name, head, records).map((fault) => ({ request: name, ...fault }));
}

/** Whether its facts are of its kind, could have been written one after another, and lead to HEAD as it is. */
function replay(name: LedgerName, head: LedgerHead, records: LedgerRecord[]): Omit<Finding, 'request'>[] {
  const known: readonly string[] = FACTS[kindOfLedger(name)!];
  const found: Omit<Finding, 'request'>[] = [];
  let delegation: Delegation | undefined;
  for (const { n, event } of records) {
    if (!known.includes(event.type))
      found.push({ code: 'impossible', n, what: `record ${n} is no fact of such a ledger` });
    if (!isOfDelegation(event)) continue;
    const what = wrongDelegation(event, delegation, (account) => personLedger(account) === name);
    if (what !== undefined) found.push({ code: 'unlawful', n, what });
    delegation = delegationAfter(event);
  }
  if (canonical(head.delegation) !== canonical(delegation))
    found.push({ code: 'state', what: 'HEAD says otherwise than its records who stands in for the person' });
  return found;
}

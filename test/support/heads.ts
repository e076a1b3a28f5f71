import { NO_TAIL, seal, type AuditRecord } from '../../src/domain/record/seal.js';
import {
  sealInLedger,
  type LedgerEvent,
  type LedgerHead,
  type LedgerName,
  type LedgerRecord,
} from '../../src/domain/record/ledger.js';
import type { Person } from '../../src/domain/person.js';
import { sha256, type Instant } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Head } from '../../src/domain/request/head.js';
import type { Asked, Pending, Proof } from '../../src/domain/request/state.js';
import type { Event } from '../../src/domain/request/event.js';
import { slackAccount } from './accounts.js';
import { HOUR } from './units.js';

export { HOUR };

/** Friday, 2026-11-20, 10:00 UTC. */
export const TEN: Instant = Date.UTC(2026, 10, 20, 10);

export const ana: Person = { email: 'ana@corp.example', account: slackAccount('U0ANA') };
export const bob: Person = { email: 'bob@corp.example', account: slackAccount('U0BOB') };

export function pending(id: string, more: Partial<Asked> = {}): Pending {
  return {
    status: 'pending',
    checked: true,
    id,
    requester: ana,
    entitlement: {
      id: 'orders-db-admin',
      name: 'Orders database admin',
      environment: 'production',
      account: '111122223333',
      risk: 'high',
      owners: ['dba'],
      description: 'Schema changes.',
    },
    duration: HOUR,
    justification: 'fixing the orders index',
    requestedAt: TEN,
    lapsesAt: TEN + 8 * HOUR,
    grant: { kind: 'sts-session', account: '111122223333', config: { statements: [] }, hash: 'pinned' },
    ruling: { policies: ['production'], advice: [], bundle: 'bundle' },
    chain: [{ name: 'manager', quorum: 1 }],
    revision: 1,
    votes: [],
    ...more,
  };
}

export function voted(at: Instant = TEN, by: Person = bob): Event {
  return { type: 'Voted', at, by, vote: { stage: 'manager', by, at, policies: ['production'] } };
}

/** The first version of a request, with its first record. */
export function opened(
  id: string,
  { dueAt, ...asked }: Partial<Asked> & { dueAt?: Instant } = {},
): { head: Head; records: AuditRecord[] } {
  const state = pending(id, asked);
  const { revision: _revision, votes: _votes, status: _status, checked: _checked, ...first } = state;
  const record = seal(id, NO_TAIL, {
    type: 'RequestSubmitted',
    at: state.requestedAt,
    by: ana,
    asked: first,
  });
  const head: Head = {
    id,
    version: 1,
    state,
    outbox: [],
    posts: {},
    tail: { n: record.n, hash: record.hash },
    ...(dueAt !== undefined && { dueAt }),
  };
  return { head, records: [record] };
}

/** The next version, with records for these events; `dueAt` is gone unless given. */
export function next(
  { dueAt: _dueAt, ...head }: Head,
  events: Event[] = [],
  more: Partial<Head> = {},
): { head: Head; records: AuditRecord[] } {
  const records: AuditRecord[] = [];
  let { tail } = head;
  for (const event of events) {
    const record = seal(head.id, tail, event);
    tail = { n: record.n, hash: record.hash };
    records.push(record);
  }
  return { head: { ...head, version: head.version + 1, tail, ...more }, records };
}

export function grantOf(id: string, more: Partial<Grant> = {}): Grant {
  const { requester, entitlement, grant } = pending(id);
  return {
    requestId: id,
    requester,
    entitlement: entitlement.id,
    grant,
    lease: { startsAt: TEN, endsAt: TEN + HOUR },
    settledBy: TEN,
    ...more,
  };
}

/** The next version of a ledger, with records for these events. @param before absent: the first */
export function ledgerOf<Name extends LedgerName>(
  name: Name,
  events: LedgerEvent[] = [],
  before?: LedgerHead<Name>,
): { head: LedgerHead<Name>; records: LedgerRecord[] } {
  const records: LedgerRecord[] = [];
  let tail = before?.tail ?? NO_TAIL;
  for (const event of events) {
    const record = sealInLedger(name, tail, event);
    tail = { n: record.n, hash: record.hash };
    records.push(record);
  }
  const head = { ledger: name, version: (before?.version ?? 0) + 1, tail, note: before?.note ?? {} };
  return { head, records };
}

export const gone: Proof = { checkedAt: TEN + HOUR, evidence: 'no inline policy jit-1 on user ana.lopez' };

/** As the hash of a Slack request's signature. */
export function signature(text: string): string {
  return sha256(text);
}

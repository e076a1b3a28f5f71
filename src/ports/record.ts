import type { Instant, JsonObject, Millis } from '../domain/entitlement.js';
import type { Grant } from '../domain/grant.js';
import type { Person } from '../domain/person.js';
import type { LedgerHead, LedgerName, LedgerRecord, PersonLedger } from '../domain/record/ledger.js';
import type { AuditRecord } from '../domain/record/seal.js';
import type { End, Ordered } from '../domain/request/end.js';
import type { Head } from '../domain/request/head.js';

/** One change: HEAD conditional on its version, records (and `seen`) conditional on absence, all or nothing. */
export interface Change {
  /** Its version is one above what was read; 1 means that the request must not exist. */
  head: Head;
  records: AuditRecord[];
  /** SHA-256 of the signature of the request that caused it: the same one never counts twice. */
  seen?: string;
}
/** What the engine alone may write with it. */
export interface EngineChange extends Change {
  grant?: Grant;
  /** `put` and `remove` the timer item whose TTL is the grant's end; `move`: to the end that the grant has now. */
  lease?: 'put' | 'move' | 'remove';
}
/** The same of a ledger. */
export interface LedgerChange<Name extends LedgerName = LedgerName> {
  /** Its version is one above what was read; 1 means that the ledger must not exist. */
  head: LedgerHead<Name>;
  records: LedgerRecord[];
  seen?: string;
}
/** `conflict`: another write was first, read again. `seen`: this very signed request has had its effect. */
export type Written = 'written' | 'conflict' | 'seen';

/** An item that is not what jit writes, or items that disagree: no race, and trying again does not help. */
export class RecordFault extends Error {
  constructor(
    readonly code: 'unreadable' | 'disagreement',
    message: string,
    /** Whose items they are. */
    readonly request?: string,
  ) {
    super(message);
    this.name = 'RecordFault';
  }
}

/** What an index says of a request. */
export interface Listed {
  id: string;
  requestedAt: Instant;
  /** Something is due. Where nothing is, it is over. */
  isDue: boolean;
}

/** What may be done to the record by the part that faces people. Throws when the table is unusable. */
export interface RequestStore {
  /** Strongly consistent. */
  head(id: string): Promise<Head | undefined>;
  /** In order, all of them. */
  records(id: string): Promise<AuditRecord[]>;
  /**
   * What this account has asked for, newest first; read from an index, so good for lists and not for decisions. Of what
   * was last written before accounts stood in the index, only what was asked for under the e-mail of now is found.
   */
  byRequester(person: Person, limit: number): Promise<Head[]>;
  /**
   * The same of all that is not over, however old; what is over and still has something due is among it.
   * @param until only what was asked for by then: whoever knows what is newer saves reading past it
   */
  openByRequester(person: Person, until?: Instant): Promise<Head[]>;
  /**
   * Which requests this account has made, newest first: the same, without what they say.
   * @param after only what was asked for later
   */
  listedByRequester(person: Person, limit: number, after?: Instant): Promise<Listed[]>;
  /**
   * Ids of the requests that may wait for a decision: something is due for them, and no grant of theirs is. By keys of an
   * index alone, so among them are some that have just been decided, and the newest may be missing.
   */
  undecided(): Promise<string[]>;
  write(change: Change): Promise<Written>;
  /** What is not about one request. Strongly consistent. */
  ledger(name: PersonLedger): Promise<LedgerHead<PersonLedger> | undefined>;
  append(change: LedgerChange<PersonLedger>): Promise<Written>;
  /**
   * Names of people's ledgers of which something is due by `until`, earliest first: by `Infinity`, all in which somebody
   * stands in for somebody, or something is to be told. From an index: one that has just been written may be missing.
   */
  dueLedgers(until: Instant, limit: number): Promise<PersonLedger[]>;
  /** Puts down the order to end this access, once. @returns `stood` when one was there before: it stays as it is */
  putEnd(id: string, end: End): Promise<'written' | 'stood'>;
  /** Marks a signed request as answered though it had no effect, so that it cannot have one later (invariant 14). */
  remember(seen: string): Promise<void>;
  /** A small shared note (the directory's snapshot), or undefined. */
  note(name: string): Promise<JsonObject | undefined>;
}

/** What only the engine may do. */
export interface EngineStore extends RequestStore {
  write(change: EngineChange): Promise<Written>;
  ledger<Name extends LedgerName>(name: Name): Promise<LedgerHead<Name> | undefined>;
  append(change: LedgerChange): Promise<Written>;
  /** In order, all of them. */
  ledgerRecords(name: LedgerName): Promise<LedgerRecord[]>;
  /** All ledgers of which anything is kept, sorted. Reads the whole table. */
  ledgers(): Promise<LedgerName[]>;
  /** Strongly consistent. */
  grant(id: string): Promise<Grant | undefined>;
  /** Saves a grant whose request can no longer vouch for it. */
  saveGrant(grant: Grant): Promise<void>;
  /** The order to end it. Strongly consistent. */
  end(id: string): Promise<Ordered | undefined>;
  /** The order needs no looking for any more: it stands, and is not due. Nothing happens where there is none. */
  settleEnd(id: string): Promise<void>;
  /** Ids of requests of which HEAD, GRANT or END is due after `after` and by `until`, earliest first as far as can be. */
  due(until: Instant, limit: number, after?: Instant): Promise<string[]>;
  /** Ids of all requests of which anything is kept (HEAD, records, grant, order), sorted. Reads the whole table. */
  ids(): Promise<string[]>;
  saveNote(name: string, note: JsonObject): Promise<void>;
  /** Takes or renews a lease that at most one owner holds at a time; false when another holds it. */
  lock(name: string, owner: string, now: Instant, duration: Millis): Promise<boolean>;
}

/** The engine's notes, or the front's view of them: only the engine may write. */
export type Notes = Pick<RequestStore, 'note'> & Partial<Pick<EngineStore, 'saveNote'>>;

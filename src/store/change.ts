import type { Instant } from '../domain/entitlement.js';
import type { Grant } from '../domain/grant.js';
import { upcastHead } from '../domain/record/upcast.js';
import { isKnownFormat } from '../domain/request/state.js';
import type { Head } from '../domain/request/head.js';
import { isLedgerName } from '../domain/record/ledger.js';
import type { Tail } from '../domain/record/seal.js';
import { RecordFault, type EngineChange, type EngineStore, type LedgerChange } from '../ports/record.js';

/** How long a signed Slack request is remembered; Slack's own signatures are good for five minutes. */
export const SEEN_FOR = 15 * 60_000;

/** What both adapters offer. */
export interface Store extends EngineStore {
  /** One cheap read. Throws when the table cannot be used. */
  ping(): Promise<void>;
}

/** Throws when a change contradicts itself, which only a mistake in the caller can bring about. */
export function checkChange({ head, records, grant, lease }: EngineChange): void {
  const fault = (what: string) => new Error(`The change of request ${head.id} is not written: ${what}.`);
  const before = tailBefore({ head, records });
  if (!Number.isInteger(head.version) || head.version < 1)
    throw fault('its version is not a whole number from 1 on');
  if (head.state.id !== head.id) throw fault('its state belongs to another request');
  if (before < 0 || (head.version === 1 && before !== 0))
    throw fault('its records do not reach back to the first');
  if (records.some((record, i) => record.requestId !== head.id || record.n !== before + i + 1)) {
    throw fault('its records have a gap, or belong to another request');
  }
  const last = records.at(-1);
  if (last && last.hash !== head.tail.hash) throw fault('its tail is not its last record');
  if (grant && grant.requestId !== head.id) throw fault('its grant belongs to another request');
  if (lease === 'put' && !grant) throw fault('a lease begins together with its grant');
  if (lease === 'move' && !grant) throw fault('a lease ends when its grant does');
}

/** The same of a ledger's change. */
export function checkLedgerChange({ head, records }: LedgerChange): void {
  const fault = (what: string) => new Error(`The change of ${head.ledger} is not written: ${what}.`);
  const before = tailBefore({ head, records });
  if (!isLedgerName(head.ledger)) throw fault('it is no ledger');
  if (!Number.isInteger(head.version) || head.version < 1)
    throw fault('its version is not a whole number from 1 on');
  if (before < 0 || (head.version === 1 && before !== 0))
    throw fault('its records do not reach back to the first');
  if (records.some((record, i) => record.ledger !== head.ledger || record.n !== before + i + 1))
    throw fault('its records have a gap, or belong to another ledger');
  const last = records.at(-1);
  if (last && last.hash !== head.tail.hash) throw fault('its tail is not its last record');
}

/** The number of the last record that must already be there. */
export function tailBefore({ head, records }: { head: { tail: Tail }; records: unknown[] }): number {
  return head.tail.n - records.length;
}

/** Each of these only ever grows: a grant that is behind in any of them is the older one. */
export interface Progress {
  settledBy: Instant;
  mintedAt: Instant;
  step: number;
  /** 1 once it ends before its time. */
  ending: number;
  /** Of its lease: an extension moves it, and nothing moves it back. */
  endsAt: Instant;
}

export function progressOf(grant: Grant): Progress {
  const step = grant.cleanedUp ? 3 : grant.gone ? 2 : grant.receipt ? 1 : 0;
  const ending = grant.ending ? 1 : 0;
  const { settledBy, lastMintAt = 0, lease } = grant;
  return { settledBy, mintedAt: lastMintAt, step, ending, endsAt: lease.endsAt };
}

/**
 * HEAD as it is written today, whichever version wrote it. Throws where its record is of a format that this version does
 * not know: nothing is done to it then.
 * @param item what to call it
 */
export function headFrom(content: object, item: string): Head {
  const head = upcastHead(content);
  const { format }: { format?: unknown } = head.state ?? {};
  if (!isKnownFormat(format))
    throw unreadable(head.id, item, 'the format of its record is not known to this version of jit');
  return head;
}

export function unreadable(id: string, item: string, why: string): RecordFault {
  return new RecordFault('unreadable', `The item ${item} cannot be read: ${why}.`, id);
}

/** The version of HEAD was right, yet something else stood in the way: no race, but items that disagree. */
export function disagreement(id: string, what: string): RecordFault {
  const whose = isLedgerName(id) ? id : `request ${id}`;
  return new RecordFault(
    'disagreement',
    `The items of ${whose} disagree: ${what}. Check it with "jit audit verify".`,
    id,
  );
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Item } from '../../src/store/dynamodb/items.js';
import type { Head } from '../../src/domain/request/head.js';
import type { Grant } from '../../src/domain/grant.js';
import type { AuditRecord } from '../../src/domain/record/seal.js';
import type { End } from '../../src/domain/request/end.js';
import type { Store } from '../../src/store/change.js';

/**
 * Records that earlier programs wrote, as they stood in the table, with what `jit audit` said of them then:
 * - `0.1.0`: by commit 9b6218d, the last before records had a format;
 * - `before-accounts`: by commit 5c7d764, of format 2, while a person was still `{ email, slackId, team }`.
 *
 * Each was made in a work tree of that commit, by a test there on the `world()` of its test/support/world.ts (memory
 * store, clock from 2026-11-20T10:00Z, ids R1, R2 …), whose items were then written with its `headItem`, `eventItem`,
 * `grantItem`, `leaseItem` and `endItem`, and exported with its `run(['audit', 'export'])`. In this order: R1 refused by
 * policy; R2, whose reason holds quotes, a mention, a formula and an emoji, lapsed; R3 denied by bob; R4 cancelled; R5
 * failed with AccessDenied; R6 expired after one session and its announcement; R7 handed back after a session, with a
 * Deny still to be cleared away; R8 revoked by sam; R9 pending without a vote, of dan; R10 pending with the votes of bob
 * and sam; R11 active with two sessions; R12 active; R13 approved, AWS having been busy; R14 ending after a session, by
 * sam, AWS having been busy. Last, R12’s first session was asked for (window V4), and nobody had carried that out. In
 * `before-accounts` the end of R11 had been ordered by an operator and that of R12 by sam, and R12 was pressed twice (V4, V6).
 */
export interface Dump {
  /** When it was taken. */
  now: number;
  /** Requests of which AWS had a live session or policy. */
  live: string[];
  /** What `jit audit verify` said. */
  verified: string;
  /** The lines of `jit audit export`. */
  jsonl: string[];
  /** SHA-256, hex, of `jit audit export --format csv`. */
  csv: string;
  items: Item[];
}

export type DumpName = '0.1.0' | 'before-accounts';

export function dump(name: DumpName): Dump {
  return JSON.parse(readFileSync(join(__dirname, '../fixtures/records', `${name}.json`), 'utf8')) as Dump;
}

/** The content of the items of one request, as it was stored. */
export function storedIn({ items }: Dump, id: string) {
  const of = (sk: string) => items.filter(({ pk, sk: key }) => pk.endsWith(`#${id}`) && key.startsWith(sk));
  const [head, grant, end] = ['HEAD', 'GRANT', 'END'].map(
    (sk) => of(sk).map(({ json }) => JSON.parse(json))[0],
  );
  return {
    head: head as Head,
    records: of('EVENT').map(({ json }) => JSON.parse(json) as AuditRecord),
    grant: grant as Grant | undefined,
    end: end as End | undefined,
  };
}

export function idsIn({ items }: Dump): string[] {
  return items.filter(({ sk }) => sk === 'HEAD').map(({ pk }) => pk.slice('REQUEST#'.length));
}

/** Puts all of it, as it was stored, into a store that writes what it is given; each HEAD becomes its first version. */
export async function replay(from: Dump, store: Store): Promise<void> {
  for (const id of idsIn(from)) {
    const { head, records, grant, end } = storedIn(from, id);
    const written = await store.write({
      head: { ...head, version: 1 },
      records,
      ...(grant && { grant }),
      ...(grant && !grant.gone && { lease: 'put' }),
    });
    if (written !== 'written') throw new Error(`${id} was not written: ${written}`);
    if (end) await store.putEnd(id, end);
  }
}

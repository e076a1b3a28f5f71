import { examine, type Finding, type OnRecord } from '../../domain/record/history.js';
import {
  examineLedger,
  isLedgerName,
  personLedger,
  type LedgerHead,
  type LedgerName,
  type LedgerRecord,
} from '../../domain/record/ledger.js';
import { wrongStandIn } from '../../domain/record/delegations.js';
import { isObject } from '../../domain/is-object.js';
import { defined } from '../../domain/objects.js';
import type { AuditRecord } from '../../domain/record/seal.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import type { Event } from '../../domain/request/event.js';
import { isOperator, type Vote } from '../../domain/request/state.js';
import { plain } from '../terminal.js';
import { counted } from '../../kit/diagnosis.js';
import { allOf } from '../../kit/side-by-side.js';
import type { EngineStore } from '../../ports/record.js';

interface Verified {
  requests: number;
  /** What is not about one request. */
  ledgers: number;
  records: number;
  findings: Finding[];
}

/**
 * Examines one request or ledger, or all. A request that was named and of which nothing is kept is a finding too.
 * @param only a request's id, or a ledger's name
 */
export async function verify(reader: Reader, only?: string): Promise<Verified> {
  const named = only === undefined ? undefined : isLedgerName(only) ? { ledgers: [only] } : { ids: [only] };
  const { ids = [], ledgers = [] } = named ?? { ids: await reader.ids(), ledgers: await reader.ledgers() };
  const verified: Verified = { requests: ids.length, ledgers: ledgers.length, records: 0, findings: [] };
  const add = <F extends { records: unknown[] }>(found: F | Finding, faults: (found: F) => Finding[]) => {
    const unreadable = 'code' in found;
    if (!unreadable) verified.records += found.records.length;
    verified.findings.push(...(unreadable ? [found] : faults(found)));
  };
  for await (const { id, found } of eachOnRecord(reader, ids)) {
    add(found, (whole) => examine(id, whole));
    if (!('code' in found)) verified.findings.push(...(await standInsIn(reader, id, found.records)));
  }
  for await (const { name, found } of eachLedger(reader, ledgers))
    add(found, (whole) => examineLedger(name, whole));
  return verified;
}

/** What is wrong with the votes that were given in somebody's place: their ledgers say who stood in for whom. */
async function standInsIn(reader: Reader, request: string, records: AuditRecord[]): Promise<Finding[]> {
  const votes = records.flatMap(({ n, event: stored }) => {
    const { by, at, delegatedBy } = decisionIn(upcastEvent(stored));
    // What is not whole `examine` names.
    return by && at !== undefined && delegatedBy?.account ? [{ n, by, at, delegatedBy }] : [];
  });
  const found = await allOf(votes, async ({ n, ...vote }): Promise<Finding[]> => {
    try {
      const ledger = await reader.ledgerRecords(personLedger(vote.delegatedBy.account));
      const what = wrongStandIn(
        vote,
        ledger.map(({ event }) => event),
      );
      return what === undefined ? [] : [{ request, code: 'unlawful', n, what }];
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      return [{ request, code: 'unreadable', n, what }];
    }
  });
  return found.flat();
}

/** Who approved or denied it, when, and in whose place. Danger: the record may have been written by anybody. */
function decisionIn(event: Event): Partial<Pick<Vote, 'by' | 'at' | 'delegatedBy'>> {
  if (event.type === 'Voted') return event.vote ?? {};
  if (event.type !== 'RequestDenied') return {};
  const { by, at, delegatedBy } = event;
  return by !== 'jit' && isObject(by) && !isOperator(by) ? { by, at, ...defined({ delegatedBy }) } : {};
}

/** For people: one line for each finding, and what to do about them. */
export function report({ requests, ledgers, records, findings }: Verified): string {
  const besides = ledgers > 0 ? `${counted(ledgers, 'ledger')}, ` : '';
  const looked = `${counted(requests, 'request')}, ${besides}${counted(records, 'record')}`;
  if (findings.length === 0) return `${looked}: every chain is whole, and every history is possible.\n`;
  const lines = findings.map(({ request, code, what }) => `${plain(request)}  ${code}: ${plain(what)}\n`);
  const bad = [...new Set(findings.map(({ request }) => request))];
  const badLedgers = bad.filter(isLedgerName).length;
  const counts = [
    [bad.length - badLedgers, 'request'],
    [badLedgers, 'ledger'],
  ] as const;
  const named = counts.filter(([n]) => n > 0).map(([n, what]) => counted(n, what));
  return (
    lines.join('') +
    `${looked}: ${named.join(' and ')} cannot be trusted. Keep the table as it is (a backup shows when it was ` +
    'changed), find out in CloudTrail who wrote to it, and end what access is open.\n'
  );
}

/** What the command line reads of the record; it writes nothing. */
export type Reader = Pick<
  EngineStore,
  'ids' | 'head' | 'records' | 'grant' | 'end' | 'ledgers' | 'ledger' | 'ledgerRecords'
>;

const LOOKS = 20;
const AT_ONCE = 16;

/**
 * All that is on record about one request, at one moment: while others write, HEAD, records, grant and order read one after
 * another would not belong together.
 * @returns a finding when an item is not what jit writes, or when it never stood still
 */
function onRecord(reader: Reader, request: string): Promise<OnRecord | Finding> {
  const rest = async () => {
    const [records, grant] = [await reader.records(request), await reader.grant(request)];
    const end = await reader.end(request);
    return { records, ...(grant && { grant }), ...(end && { end }) };
  };
  return standingStill(request, () => reader.head(request), rest);
}

/** HEAD with what belongs to it. @param rest what is read between two looks at HEAD */
async function standingStill<H extends { version: number }, R extends object>(
  request: string,
  look: () => Promise<H | undefined>,
  rest: () => Promise<R>,
): Promise<(R & { head?: H }) | Finding> {
  const unreadable = (what: string): Finding => ({ request, code: 'unreadable', what });
  try {
    for (let looks = 0; looks < LOOKS; looks++) {
      const before = await look();
      const found = await rest();
      const head = await look();
      if (head?.version === before?.version) return { ...found, ...(head && { head }) };
    }
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
  return unreadable('it keeps changing: verify it again later');
}

type LedgerOnRecord = { head?: LedgerHead; records: LedgerRecord[] };

/** All that is on record in these ledgers, in the order of the names. */
export async function* eachLedger(
  reader: Reader,
  names: LedgerName[],
): AsyncGenerator<{ name: LedgerName; found: LedgerOnRecord | Finding }> {
  const read = async (name: LedgerName) => ({
    name,
    found: await standingStill(
      name,
      () => reader.ledger(name),
      async () => ({ records: await reader.ledgerRecords(name) }),
    ),
  });
  for (let from = 0; from < names.length; from += AT_ONCE)
    yield* await allOf(names.slice(from, from + AT_ONCE), read, AT_ONCE);
}

/** All that is on record about these requests, in the order of the ids; a few are read at a time. */
export async function* eachOnRecord(
  reader: Reader,
  ids: string[],
): AsyncGenerator<{ id: string; found: OnRecord | Finding }> {
  const read = async (id: string) => ({ id, found: await onRecord(reader, id) });
  for (let from = 0; from < ids.length; from += AT_ONCE)
    yield* await allOf(ids.slice(from, from + AT_ONCE), read, AT_ONCE);
}

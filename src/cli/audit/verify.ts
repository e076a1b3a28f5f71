import { examine, type Finding, type OnRecord } from '../../domain/record/history.js';
import { plain } from '../terminal.js';
import { counted } from '../../kit/diagnosis.js';
import { allOf } from '../../kit/side-by-side.js';
import type { EngineStore } from '../../ports/record.js';

interface Verified {
  requests: number;
  records: number;
  findings: Finding[];
}

/** Examines one request, or all. A request that was named and of which nothing is kept is a finding too. */
export async function verify(reader: Reader, only?: string): Promise<Verified> {
  const ids = only === undefined ? await reader.ids() : [only];
  const verified: Verified = { requests: ids.length, records: 0, findings: [] };
  for await (const { id, found } of eachOnRecord(reader, ids)) {
    if ('code' in found) verified.findings.push(found);
    else {
      verified.records += found.records.length;
      verified.findings.push(...examine(id, found));
    }
  }
  return verified;
}

/** For people: one line for each finding, and what to do about them. */
export function report({ requests, records, findings }: Verified): string {
  const looked = `${counted(requests, 'request')}, ${counted(records, 'record')}`;
  if (findings.length === 0) return `${looked}: every chain is whole, and every history is possible.\n`;
  const lines = findings.map(({ request, code, what }) => `${plain(request)}  ${code}: ${plain(what)}\n`);
  const bad = new Set(findings.map(({ request }) => request)).size;
  return (
    lines.join('') +
    `${looked}: ${counted(bad, 'request')} cannot be trusted. Keep the table as it is (a backup shows when it was ` +
    'changed), find out in CloudTrail who wrote to it, and end what access is open.\n'
  );
}

/** What the command line reads of the record; it writes nothing. */
export type Reader = Pick<EngineStore, 'ids' | 'head' | 'records' | 'grant' | 'end'>;

const LOOKS = 20;

/**
 * All that is on record about one request, at one moment: while others write, HEAD, records, grant and order read one after
 * another would not belong together.
 * @returns a finding when an item is not what jit writes, or when it never stood still
 */
async function onRecord(reader: Reader, request: string): Promise<OnRecord | Finding> {
  const unreadable = (what: string): Finding => ({ request, code: 'unreadable', what });
  try {
    for (let look = 0; look < LOOKS; look++) {
      const before = await reader.head(request);
      const [records, grant] = [await reader.records(request), await reader.grant(request)];
      const end = await reader.end(request);
      const head = await reader.head(request);
      if (head?.version !== before?.version) continue;
      return { records, ...(head && { head }), ...(grant && { grant }), ...(end && { end }) };
    }
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
  return unreadable('it keeps changing: verify it again later');
}

/** All that is on record about these requests, in the order of the ids; a few are read at a time. */
export async function* eachOnRecord(
  reader: Reader,
  ids: string[],
): AsyncGenerator<{ id: string; found: OnRecord | Finding }> {
  const AT_ONCE = 16;
  const read = async (id: string) => ({ id, found: await onRecord(reader, id) });
  for (let from = 0; from < ids.length; from += AT_ONCE)
    yield* await allOf(ids.slice(from, from + AT_ONCE), read, AT_ONCE);
}

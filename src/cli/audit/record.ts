import type { Finding, OnRecord } from '../../domain/record/history.js';
import { allOf } from '../../kit/side-by-side.js';
import type { EngineStore } from '../../ports/record.js';

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

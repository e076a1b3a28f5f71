import { brokenAt, type AuditRecord } from './seal.js';
import { canonical, sha256 } from '../entitlement.js';
import type { Ordered } from '../request/end.js';
import { evolveGrant, grantFrom, type Grant } from '../grant.js';
import type { Head } from '../request/head.js';
import { unfinished, unlawful } from './laws.js';
import { NO_PAST, pastWith, type Past } from './past.js';
import { isOperator } from '../request/state.js';
import { evolve } from '../request/stories/index.js';
import type { Event } from '../request/event.js';
import { upcastEvent } from './upcast.js';

/** Something that is wrong with what is on record about one request, or in a ledger. */
export interface Finding {
  /** The request's id, or the ledger's name. */
  request: string;
  code:
    | 'unreadable'
    | 'no-head'
    | 'no-records'
    | 'foreign'
    | 'missing'
    | 'altered'
    | 'cut-off'
    | 'impossible'
    | 'unlawful'
    | 'state'
    | 'grant';
  /** The number of the record at fault, where it is one. */
  n?: number;
  /** A sentence. Danger: it may hold text from the record, so escape it where it is shown. */
  what: string;
}

/** All that is on record about one request, read at one moment. */
export interface OnRecord {
  head?: Head;
  records: AuditRecord[];
  grant?: Grant;
  /** The order to end it, where one stands. */
  end?: Ordered;
}

type Fault = Omit<Finding, 'request'>;

/**
 * Whether what is on record about a request can be true: its chain is whole and reaches HEAD's tail, its events are
 * a history that the program could have written, and that history leads to HEAD and to the grant as they are.
 * It cannot tell a history that somebody with the whole table in hand made up and sealed from end to end.
 */
export function examine(request: string, found: OnRecord): Finding[] {
  try {
    return faults(request, found).map((fault) => ({ request, ...fault }));
  } catch {
    // Sealed by somebody who knows the format of a chain and not that of a request.
    return [{ request, code: 'unreadable', what: 'what is on record is not a whole request' }];
  }
}

function faults(id: string, found: OnRecord): Fault[] {
  const { head, records, grant, end } = found;
  if (records.length === 0) {
    // An operator may order the end of what there never was: that cannot be known where it is ordered.
    if (end && !head && !grant) return [];
    const what = grant ? 'there is a grant, and no record of who approved it' : 'there is no record of it';
    return [{ code: 'no-records', what }];
  }
  const chained = chain(id, records);
  // After a break, what follows says nothing that could be relied on.
  if (chained.length > 0) return chained;
  return [...tail(head, records), ...replay(id, found)];
}

function chain(id: string, records: AuditRecord[]): Fault[] {
  const foreign = records.find((record) => record.requestId !== id);
  if (foreign) {
    const { n } = foreign;
    return [{ code: 'foreign', n, what: `record ${n} belongs to the request ${foreign.requestId}` }];
  }
  const n = brokenAt(records);
  if (n === undefined) return [];
  return records.some((record) => record.n === n)
    ? [{ code: 'altered', n, what: `record ${n} is not what was written, or does not follow the one before` }]
    : [{ code: 'missing', n, what: `record ${n} is missing` }];
}

function tail(head: Head | undefined, records: AuditRecord[]): Fault[] {
  if (!head) return [{ code: 'no-head', what: 'there are records, and no HEAD that they lead to' }];
  const last = records.at(-1);
  if (last?.n === head.tail.n && last.hash === head.tail.hash) return [];
  const ends = `the records end at ${last?.n}, while HEAD ends at ${head.tail.n}`;
  return [{ code: 'cut-off', what: last?.n === head.tail.n ? `${ends} with another hash` : ends }];
}

function replay(id: string, { head, records, grant, end }: OnRecord): Fault[] {
  const found: Fault[] = [];
  let past: Past = NO_PAST;
  let given: Grant | undefined;
  for (const { n, event: stored } of records) {
    try {
      const event = upcastEvent(stored);
      const { before } = past;
      const ordered = end !== undefined || grant?.ending !== undefined;
      for (const what of [unlawful(event, past), ordered ? undefined : unordered(event)])
        if (what) found.push({ code: 'unlawful', n, what });
      if (event.type === 'RequestApproved' && before?.status === 'pending') given = grantFrom(before, event);
      else if (given) given = evolveGrant(given, event);
      past = pastWith(past, event, evolve(before, event));
    } catch (error) {
      const what =
        error instanceof TypeError ? 'it is not a whole event' : String(error).replace('Error: ', '');
      return [...found, { code: 'impossible', n, what }];
    }
  }
  const { before: state } = past;
  if (!state) return found;
  const stopped = unfinished(past);
  if (stopped) found.push({ code: 'unlawful', what: stopped });
  if (state.id !== id)
    found.push({ code: 'foreign', n: 1, what: `the first record made the request ${state.id}` });
  const { hash, ...pinned } = state.grant;
  if (sha256(canonical(pinned)) !== hash)
    found.push({ code: 'state', what: 'what approvers saw of the grant is not what its hash was made of' });
  const differ = head ? differing(head.state, state) : [];
  if (differ.length > 0)
    found.push({
      code: 'state',
      what: `HEAD differs from what its records lead to, in ${differ.join(', ')}`,
    });
  return [...found, ...grants(given, grant, end)];
}

function unordered(event: Event): string | undefined {
  const ordered =
    event.type === 'RevocationStarted' && (isOperator(event.by) || event.reason?.code === 'end-stands');
  return ordered ? 'it says that its end was ordered, and no such order stands' : undefined;
}

function grants(expected: Grant | undefined, found: Grant | undefined, end?: Ordered): Fault[] {
  if (!expected && !found) return [];
  if (!expected) return [{ code: 'grant', what: 'there is a grant without an approval' }];
  if (!found) return [{ code: 'grant', what: 'it was approved, and there is no grant' }];
  // The engine may end a grant by the grant's own record when its request can no longer vouch for it: from its end on,
  // or where an order to end it stands.
  const early = found.gone && found.gone.checkedAt < found.lease.endsAt && !end && !found.ending;
  if (!expected.gone && early)
    return [{ code: 'grant', what: 'the grant counts as gone before its end, and no record says so' }];
  const ended = ['gone', 'cleanedUp'].filter((part) => !(part in expected));
  if (isOtherLook(expected, found)) ended.push('gone');
  const own = ['ending', 'tries', ...ended];
  const differ = differing(expected, found).filter((part) => !own.includes(part));
  if (differ.length === 0) return [];
  return [{ code: 'grant', what: `the grant differs from what was approved, in ${differ.join(', ')}` }];
}

/** Whether two processes have looked, each of which proves the same: one wrote the record, the other the grant. */
function isOtherLook({ gone: recorded, settledBy }: Grant, { gone }: Grant): boolean {
  if (!gone || !recorded) return false;
  return gone.checkedAt > settledBy && gone.cleanUpAt === recorded.cleanUpAt;
}

function differing(a: object, b: object): string[] {
  const [left, right]: Record<string, unknown>[] = [{ ...a }, { ...b }];
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...names].filter((name) => canonical(left?.[name]) !== canonical(right?.[name])).sort();
}

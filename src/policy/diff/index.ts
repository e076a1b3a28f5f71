import type { Instant } from '../../domain/entitlement.js';
import { createPdp } from '../pdp.js';
import { bounded } from '../questions/model/diagram.js';
import { actRowsOf, type ActRow } from './acts.js';
import type { Loaded } from '../load.js';
import { KINDS, type Side } from './change.js';
import { fileChanges, type FileChanges } from './files.js';
import { diffHistory, type HistoryDiff } from './history.js';
import type { RecordedRequest, UnreadRequest } from './past/recorded.js';
import type { DiffRow } from './describe.js';
import { rowsOf } from './rows.js';

export interface PolicyDiff {
  /** Of the folders. */
  hashes: { before: string; after: string };
  timezone: string;
  /** The first instant of which anything is said. */
  from: Instant;
  /** Sorted by what weighs most. */
  rows: DiffRow[];
  /** Of who may approve, end and read. */
  acts: ActRow[];
  files: FileChanges;
  history?: HistoryDiff;
  /** What could not be proven, in sentences: it may be different, or not. */
  open: string[];
}

/** What a change of the policies does: to every request that could be made, and to those that were. */
export function diffPolicies(
  one: Loaded,
  other: Loaded,
  from: Instant,
  past?: { requests: (RecordedRequest | UnreadRequest)[]; groups: ReadonlyMap<string, string[]> },
): PolicyDiff {
  const [before, after] = [one, other].map(({ parts }): Side => ({ parts, pdp: createPdp(parts) })) as [
    Side,
    Side,
  ];
  const { rows, open } = bounded(
    () => rowsOf(before, after, from),
    (why) => ({ rows: [], open: [`not understood: ${why}`] }),
  );
  const acts = bounded(
    () => actRowsOf(before, after, from),
    (why) => ({ rows: [], open: [`who may approve, end and read: ${why}`] }),
  );
  const files = fileChanges(before.parts, after.parts);
  return {
    hashes: { before: before.parts.hash, after: after.parts.hash },
    timezone: after.parts.directory.timezone,
    from,
    rows: rows.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
    acts: acts.rows,
    files,
    ...(past && { history: diffHistory(before, after, past.requests, past.groups) }),
    open: [...new Set([...open, ...acts.open])],
  };
}

/** Whether any request, vote, end or look is decided differently. */
export function decidesDifferently({ rows, acts, history }: PolicyDiff): boolean {
  return (
    rows.length + acts.length > 0 || (history ? history.differ.length + history.otherwise.length : 0) > 0
  );
}

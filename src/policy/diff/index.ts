import { createPdp } from '../pdp.js';
import type { Loaded } from '../load.js';
import { KINDS, type Side } from './change.js';
import { fileChanges, type FileChanges } from './files.js';
import { diffHistory, type HistoryDiff, type RecordedRequest } from './history.js';
import { rowsOf, type DiffRow } from './rows.js';
import { spaceOf, type Hints } from './space.js';

export interface PolicyDiff {
  /** Of the folders. */
  hashes: { before: string; after: string };
  timezone: string;
  /** How many questions stand for the whole space. */
  questions: number;
  /** Sorted by what weighs most. */
  rows: DiffRow[];
  files: FileChanges;
  history?: HistoryDiff;
  /** What this does not show, in sentences. */
  notes: string[];
}

const NOTHING: Hints = { groups: [], tickets: [] };

/** What a change of the policies does: to every request that could be made, and to those that were. */
export function diffPolicies(
  one: Loaded,
  other: Loaded,
  hints: Hints = NOTHING,
  past?: { requests: RecordedRequest[]; groups: ReadonlyMap<string, string[]> },
): PolicyDiff {
  const [before, after] = [one, other].map(({ parts }): Side => ({ parts, pdp: createPdp(parts) })) as [
    Side,
    Side,
  ];
  const space = spaceOf(before, after, hints);
  const { questions, rows } = rowsOf(before, after, space);
  const files = fileChanges(before.parts, after.parts);
  const notes = [...space.notes];
  if (files.policies.length > 0)
    notes.push(
      'Only requests were compared: who may vote, revoke and audit is for you to read in the changed policies.',
    );
  return {
    hashes: { before: before.parts.hash, after: after.parts.hash },
    timezone: after.parts.directory.timezone,
    questions,
    rows: rows.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
    files,
    ...(past && { history: diffHistory(before, after, past.requests, past.groups) }),
    notes,
  };
}

/** Whether any request is decided differently. */
export function decidesDifferently({ rows, history }: PolicyDiff): boolean {
  return rows.length > 0 || (history?.differ.length ?? 0) > 0;
}

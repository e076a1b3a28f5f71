import type { Instant } from '../../domain/entitlement.js';
import { createPdp } from '../pdp.js';
import { bounded } from '../questions/model/diagram.js';
import { modelOf, type Model } from '../questions/model/model.js';
import { actRowsOf, type ActRow } from './acts.js';
import type { Loaded } from '../load.js';
import { KINDS, type Side } from './change.js';
import { fileChanges, type FileChanges } from './files.js';
import { diffHistory, type HistoryDiff } from './history.js';
import type { RecordedRequest, UnreadRequest } from './past/recorded.js';
import type { DiffRow } from './describe.js';
import { rightRowsOf, type RightRow } from './rights/rights.js';
import { rowsOf } from './rows.js';
import { tooMuch } from '../questions/too-much.js';
import { extensionChanges, settingChanges, type SettingRow } from './settings.js';
import { stageRowsOf, type StageRow } from './stages.js';

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
  /** Of what is given once it is granted. */
  rights: RightRow[];
  /** Of who sits in the stages that requests need. */
  stages: StageRow[];
  /** Of what else in directory.yml decides what people get, or must give. */
  settings: SettingRow[];
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
  const policies = [...after.parts.policies, ...before.parts.policies];
  const { model, rows, open } = bounded<ReturnType<typeof rowsOf> & { model: Model | undefined }>(
    () => {
      const both = modelOf([before.parts, after.parts], { from });
      return { model: both, ...rowsOf(before, after, both) };
    },
    (why) => ({ model: undefined, rows: [], open: [`not understood: ${tooMuch(why, policies)}`] }),
  );
  const acts = bounded(
    () => actRowsOf(before, after, from),
    (why) => ({ rows: [], open: [`who may approve, end and read: ${tooMuch(why, policies)}`] }),
  );
  const files = fileChanges(before.parts, after.parts);
  return {
    hashes: { before: before.parts.hash, after: after.parts.hash },
    timezone: after.parts.directory.timezone,
    from,
    rows: rows.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
    acts: acts.rows,
    rights: rightRowsOf(before.parts, after.parts),
    stages: stageRowsOf(before.parts, after.parts, model),
    settings: [
      ...settingChanges(before.parts.directory, after.parts.directory),
      ...extensionChanges(before.parts.entitlements, after.parts.entitlements),
    ],
    files,
    ...(past && { history: diffHistory(before, after, past.requests, past.groups) }),
    open: [...new Set([...open, ...acts.open])],
  };
}

/**
 * Whether anything differs that counts: what becomes of requests and votes, who sits in the stages, and what is given to
 * whom. Names, descriptions, channels, times to wait and comments do not count.
 */
export function decidesDifferently({
  rows,
  acts,
  rights,
  stages,
  settings,
  history,
}: Omit<PolicyDiff, 'files'>): boolean {
  const found = [rows, acts, rights, stages, settings, history?.differ ?? [], history?.otherwise ?? []];
  return found.some(({ length }) => length > 0);
}

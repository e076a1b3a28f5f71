import type { Instant } from '../../domain/entitlement.js';
import type { Problem } from '../../ports/policy.js';
import { pack } from '../live/packed.js';
import { readFiles } from '../live/source.js';
import { loadFolder, loadTexts, type Loaded, type LoadOptions } from '../load.js';
import { readCases } from '../read/folder.js';
import type { Decidable } from './coverage/index.js';
import type { Mutated } from './mutants.js';
import { readWritten } from './read.js';
import { failedCases, runCases, type CaseResult, type RunOptions } from './run.js';

export interface Validated {
  problems: Problem[];
  warnings: Problem[];
  /** What was read; absent where the folder does not load. */
  counts?: { policies: number; entitlements: number; cases: number };
}

/** Everything that is wrong with a policy folder, its cases too: whether they can be read, not whether they pass. */
export async function validateFolder(dir: string, options: LoadOptions): Promise<Validated> {
  const loaded = await loadFolder(dir, options);
  if ('problems' in loaded) return { problems: loaded.problems, warnings: [] };
  const { policies, entitlements } = loaded.parts;
  const written = readWritten(await readCases(dir), loaded);
  const problems = written.flatMap((one) =>
    one.is === 'unreadable' ? [{ ...one.at, message: one.why }] : [],
  );
  const counts = { policies: policies.length, entitlements: entitlements.size, cases: written.length };
  return { problems, warnings: loaded.bundle.warnings, counts };
}

/** How many cases a policy decides; of one that none does, whether one could. */
export type Coverage = { policy: string; cases: number } & (Decidable | { decides?: never });

export interface Tested {
  /** `advice`: what the policies that decided advise. */
  results: (CaseResult & { advice: string[] })[];
  /** In the order of the folder. */
  coverage: Coverage[];
  /** Of the policies that can decide anything, how many some case decides: 0–100. */
  percent: number;
}

/** Runs a folder's cases, and counts what they cover. */
export async function testFolder(dir: string, loaded: Loaded, how: RunOptions): Promise<Tested> {
  const { policies } = loaded.parts;
  const results = await runCases(dir, loaded, how);
  const counted = policies.map(({ id }) => ({
    policy: id,
    cases: results.filter((result) => result.policies.includes(id)).length,
  }));
  const uncovered = counted.flatMap(({ policy, cases }) => (cases === 0 ? [policy] : []));
  // Of some of the cases, nothing is said of what the others cover.
  const known =
    uncovered.length > 0 && how.filter === undefined
      ? (await import('./coverage/index.js')).decidable(uncovered, loaded, how.from)
      : new Map<string, Decidable>();
  const coverage = counted.map((one): Coverage => ({ ...one, ...known.get(one.policy) }));
  const able = coverage.filter(({ decides }) => decides !== 'never');
  const covered = able.filter(({ cases }) => cases > 0).length;
  return {
    results: results.map((result) => ({
      ...result,
      advice: policies.flatMap(({ id, advice }) =>
        advice !== undefined && result.policies.includes(id) ? [advice] : [],
      ),
    })),
    coverage,
    percent: able.length === 0 ? 100 : (100 * covered) / able.length,
  };
}

/** Whether a folder's cases notice mistakes in its policies. @param from the first instant that counts */
export async function mutateFolder(dir: string, loaded: Loaded, from: Instant): Promise<Mutated> {
  const { mutate } = await import('./mutants.js');
  return mutate(await readCases(dir), loaded, from);
}

/**
 * A folder in one file, of which everything loads, every case passes and every law holds; or why not.
 * @param from the first instant of which laws are proven
 */
export async function packFolder(
  dir: string,
  options: LoadOptions,
  from: Instant,
): Promise<{ text: string } | { problems: Problem[] }> {
  const files = await readFiles(dir);
  const loaded = loadTexts(dir, files.rules, options);
  if ('problems' in loaded) return loaded;
  const problems = await failedCases(files.cases, loaded, from);
  return problems.length > 0 ? { problems } : { text: pack(files) };
}

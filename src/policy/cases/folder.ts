import type { Problem } from '../../ports/policy.js';
import { pack } from '../live/packed.js';
import { readFiles } from '../live/source.js';
import { loadFolder, loadTexts, type Loaded, type LoadOptions } from '../load.js';
import { mutate, type Mutated } from './mutants.js';
import { readCases } from '../read/folder.js';
import type { Instant } from '../../domain/entitlement.js';
import { failedCases, runCases, UNREADABLE, type CaseResult } from './run.js';

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
  const { parts, bundle } = loaded;
  const results = await runCases(dir, bundle);
  const problems = results
    .filter(({ expected }) => expected === UNREADABLE)
    .map(({ file, line, actual }) => ({ file, ...(line !== undefined && { line }), message: actual }));
  const { policies, entitlements } = parts;
  const counts = { policies: policies.length, entitlements: entitlements.size, cases: results.length };
  return { problems, warnings: bundle.warnings, counts };
}

export interface Tested {
  /** `advice`: what the policies that decided advise. */
  results: (CaseResult & { advice: string[] })[];
  /** How many cases each policy decides; in the order of the folder. */
  coverage: { policy: string; cases: number }[];
  /** Of the policies, how many some case decides: 0–100. */
  percent: number;
}

/** Runs a folder's cases, and counts what they cover. @param filter only those with this in their name */
export async function testFolder(dir: string, { parts, bundle }: Loaded, filter = ''): Promise<Tested> {
  const results = (await runCases(dir, bundle)).filter(({ name }) => name.includes(filter));
  const coverage = parts.policies.map(({ id }) => ({
    policy: id,
    cases: results.filter(({ policies }) => policies.includes(id)).length,
  }));
  const covered = coverage.filter(({ cases }) => cases > 0).length;
  return {
    results: results.map((result) => ({
      ...result,
      advice: parts.policies.flatMap(({ id, advice }) =>
        advice !== undefined && result.policies.includes(id) ? [advice] : [],
      ),
    })),
    coverage,
    percent: coverage.length === 0 ? 100 : (100 * covered) / coverage.length,
  };
}

/** Whether a folder's cases notice mistakes in its policies. @param from the first instant that counts */
export async function mutateFolder(dir: string, loaded: Loaded, from: Instant): Promise<Mutated> {
  return mutate(await readCases(dir), loaded, from);
}

/** A folder in one file, of which everything loads and every case passes; or why not. */
export async function packFolder(
  dir: string,
  options: LoadOptions,
): Promise<{ text: string } | { problems: Problem[] }> {
  const files = await readFiles(dir);
  const loaded = loadTexts(dir, files.rules, options);
  if ('problems' in loaded) return loaded;
  const problems = failedCases(files.cases, loaded.bundle);
  return problems.length > 0 ? { problems } : { text: pack(files) };
}

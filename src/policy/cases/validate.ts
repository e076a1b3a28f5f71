import type { Problem } from '../../ports/policy.js';
import { UNREADABLE } from './coverage.js';
import { runCases } from './run.js';
import { loadFolder, type LoadOptions } from '../load.js';

export interface Validated {
  problems: Problem[];
  warnings: Problem[];
  /** What was read; absent where the folder does not load. */
  counts?: { policies: number; entitlements: number; cases: number };
}

/** Everything that is wrong with a policy folder, its cases too: whether they can be read, not whether they pass. */
export async function validate(dir: string, options: LoadOptions): Promise<Validated> {
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

import type { Bundle, Problem } from '../../ports/policy.js';
import { UNREADABLE } from './coverage.js';
import { runCases } from './run.js';
import { bundleOf, loadFolder, type LoadOptions } from '../load.js';

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
  let bundle: Bundle;
  try {
    bundle = bundleOf(loaded);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problems: [{ file: dir, message: `cannot be loaded: ${why}` }], warnings: loaded.warnings };
  }
  const results = await runCases(dir, bundle);
  const problems = results
    .filter(({ expected }) => expected === UNREADABLE)
    .map(({ file, line, actual }) => ({ file, ...(line !== undefined && { line }), message: actual }));
  const { policies, entitlements } = loaded.parts;
  const counts = { policies: policies.length, entitlements: entitlements.size, cases: results.length };
  return { problems, warnings: loaded.warnings, counts };
}

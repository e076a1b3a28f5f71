import { runCaseFiles } from '../cases/run.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import { emptied, type Held } from './lost-rules.js';
import { loadBundleOf, type LoadOptions } from '../load.js';
import type { PolicyFiles, PolicySource, Version } from './source.js';

/** Policies that load, and that their own cases do not contradict. */
export interface Good extends Version {
  bundle: Bundle;
}
/** What became of one look; undefined: there is nothing new. */
export type Look = Good | { problems: Problem[]; version: string } | { unreachable: string } | undefined;

/**
 * One look at a source. Never throws.
 * @param how.seen the version that was read last
 * @param how.cases whether its own cases must pass: a change that they contradict was not meant
 * @param how.before what counted last
 */
export async function lookAt(
  source: PolicySource,
  options: LoadOptions,
  { seen, cases, before }: { seen?: string | undefined; cases: boolean; before?: Held | undefined },
): Promise<Look> {
  let found: Version | undefined;
  try {
    found = await source.read(seen);
  } catch (error) {
    return { unreachable: error instanceof Error ? error.message : 'it cannot be read' };
  }
  if (!found) return undefined;
  const { version, files } = found;
  const loaded = loadBundleOf(source.name, files.rules, options);
  if ('problems' in loaded) return { problems: loaded.problems, version };
  const problems = [...emptied(before, files), ...(cases ? failedCases(files, loaded.bundle) : [])];
  return problems.length > 0 ? { problems, version } : { ...loaded, ...found };
}

/** Of a folder's own cases, those that fail or cannot be read, as problems. */
export function failedCases({ cases }: PolicyFiles, bundle: Bundle): Problem[] {
  return runCaseFiles(cases, bundle)
    .filter(({ passed }) => !passed)
    .map(({ file, line, name, expected, actual }) => ({
      file,
      ...(line !== undefined && { line }),
      message: `the case "${name}" fails: expected ${expected}, got ${actual}`,
    }));
}

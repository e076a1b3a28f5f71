import type { Problem } from '../../ports/policy.js';
import { failedCases } from '../live/examine-source.js';
import { loadTexts, type LoadOptions } from '../load.js';
import { pack } from '../live/packed.js';
import { readFiles } from '../live/source.js';

/** A folder in one file, of which everything loads and every case passes; or why not. */
export async function packFolder(
  dir: string,
  options: LoadOptions,
): Promise<{ text: string } | { problems: Problem[] }> {
  const files = await readFiles(dir);
  const loaded = loadTexts(dir, files.rules, options);
  if ('problems' in loaded) return loaded;
  const problems = failedCases(files, loaded.bundle);
  return problems.length > 0 ? { problems } : { text: pack(files) };
}

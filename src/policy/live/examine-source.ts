import { failedCases } from '../cases/run.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import { loadTexts, type LoadOptions } from '../load.js';
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
 * @param how.at now: from then on its laws must hold
 */
export async function lookAt(
  source: PolicySource,
  options: LoadOptions,
  {
    seen,
    cases,
    before,
    at,
  }: { seen?: string | undefined; cases: boolean; before?: Held | undefined; at: Instant },
): Promise<Look> {
  let found: Version | undefined;
  try {
    found = await source.read(seen);
  } catch (error) {
    return { unreachable: error instanceof Error ? error.message : 'it cannot be read' };
  }
  if (!found) return undefined;
  const { version, files } = found;
  const loaded = loadTexts(source.name, files.rules, options);
  if ('problems' in loaded) return { problems: loaded.problems, version };
  const failed = cases ? await failedCases(files.cases, loaded, at) : [];
  const problems = [...emptied(before, files), ...failed];
  return problems.length > 0 ? { problems, version } : { bundle: loaded.bundle, ...found };
}

/** Of policies that count, what is missed when it is not there any more. */
export interface Held {
  /** Ids of the policies that forbid. */
  forbids: readonly string[];
  /** Files that have something in them. */
  files: readonly string[];
}

export function heldBy({ bundle, files }: Good): Held {
  return {
    forbids: [...bundle.forbids].sort(),
    files: [...files.rules.texts].flatMap(([file, text]) => (isEmpty(text) ? [] : [file])),
  };
}

/** @returns the forbids that counted and are not in the bundle; of what is not known, none */
export function goneFrom(before: Held | undefined, { forbids }: Bundle): string[] {
  const there = new Set(forbids);
  return (before?.forbids ?? []).filter((id) => !there.has(id));
}

/**
 * Files that were begun and not finished: the disk is full, or the writer has died. No person means that:
 * an empty file of forbids, or of permits with a stricter chain, would give what was not given before.
 */
function emptied(before: Held | undefined, { rules }: PolicyFiles): Problem[] {
  const full = new Set(before?.files);
  return [...rules.texts]
    .filter(([file, text]) => isEmpty(text) && full.has(file))
    .map(([file]) => ({
      file,
      message:
        'is empty, and was not before: half written, or the disk is full; delete it if nothing of it is to hold',
    }));
}

const isEmpty = (text: string): boolean => text.trim() === '';

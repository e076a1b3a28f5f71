import { watch as watchDirectory, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { Bundle, Problem } from '../ports.js';
import { runCases } from './cases.js';
import { fingerprint } from './fingerprint.js';
import { loadBundle, type LoadOptions } from './load.js';

/** What is in force, and what became of the folder since. */
export interface PolicyStatus {
  /** Of the bundle in force. */
  hash: string;
  loadedAt: Instant;
  warnings: Problem[];
  /** Why the folder as it is now is not in force; empty: it is. */
  problems: Problem[];
}

/** The policies of a folder, taken anew whenever it changes; one that is not good leaves the last good one in force. */
export interface LivePolicies {
  bundle(): Bundle;
  status(): PolicyStatus;
  /** Looks at the folder now. Never throws. */
  refresh(): Promise<'unchanged' | 'taken' | 'refused'>;
  /** Looks soon after each change. Only a help: where the system does not tell, `refresh` has to be called. @returns its end */
  watch(): () => void;
}

/** Editors write a file in several steps, and people save several files. */
const SETTLED: Millis = 150;

/**
 * @param dress what is done with each bundle before it is used
 * @param told called after each look at a folder that has changed
 * @returns the problems when the folder does not load at first; its own cases are not asked then: they are for changes
 */
export async function livePolicies(
  dir: string,
  options: LoadOptions,
  {
    now,
    dress = (bundle) => bundle,
    told,
  }: { now: () => Instant; dress?: (bundle: Bundle) => Bundle; told: (status: PolicyStatus) => void },
): Promise<LivePolicies | { problems: Problem[] }> {
  let seen = await fingerprint(dir);
  const first = await loadBundle(dir, options);
  if ('problems' in first) return first;
  let inForce = dress(first.bundle);
  let status: PolicyStatus = statusOf(first.bundle, now());
  let looking: Promise<unknown> = Promise.resolve();

  async function look(): Promise<'unchanged' | 'taken' | 'refused'> {
    const print = await fingerprint(dir);
    if (print === seen) return 'unchanged';
    seen = print;
    const loaded = await loadBundle(dir, options);
    const problems = 'problems' in loaded ? loaded.problems : await failedCases(dir, loaded.bundle);
    if ('problems' in loaded || problems.length > 0) {
      status = { ...status, problems };
    } else if (loaded.bundle.hash === status.hash) {
      status = { ...status, problems: [] };
    } else {
      inForce = dress(loaded.bundle);
      status = statusOf(loaded.bundle, now());
    }
    told(status);
    return problems.length > 0 ? 'refused' : 'taken';
  }

  /** One look at a time, so that an older one never comes after a newer. */
  function refresh(): ReturnType<typeof look> {
    const next = looking.then(look);
    looking = next.catch(() => undefined);
    return next;
  }

  return {
    bundle: () => inForce,
    status: () => status,
    refresh,
    watch: () => watchFolder(dir, () => void refresh()),
  };
}

function statusOf({ hash, warnings }: Bundle, at: Instant): PolicyStatus {
  return { hash, loadedAt: at, warnings: [...warnings], problems: [] };
}

/** A change that its own tests contradict is not one that anybody meant. */
async function failedCases(dir: string, bundle: Bundle): Promise<Problem[]> {
  const results = await runCases(dir, bundle);
  return results
    .filter(({ passed }) => !passed)
    .map(({ file, line, name, expected, actual }) => ({
      file,
      ...(line !== undefined && { line }),
      message: `the case "${name}" fails: expected ${expected}, got ${actual}`,
    }));
}

function watchFolder(dir: string, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  const hear = () => {
    clearTimeout(soon);
    soon = setTimeout(changed, SETTLED).unref();
  };
  const watchers = [dir, join(dir, 'cases')].flatMap((folder): FSWatcher[] => {
    try {
      return [watchDirectory(folder, { persistent: false }, hear).on('error', () => undefined)];
    } catch {
      return [];
    }
  });
  return () => {
    clearTimeout(soon);
    for (const watcher of watchers) watcher.close();
  };
}

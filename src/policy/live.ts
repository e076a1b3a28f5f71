import type { Instant, Millis } from '../domain/entitlement.js';
import type { Bundle, Problem } from '../ports.js';
import { runCaseFiles } from './cases.js';
import { loadBundleOf, type LoadOptions } from './load.js';
import type { PolicyFiles, PolicySource } from './source.js';

/** What is in force, and what became of its source since. */
export interface PolicyStatus {
  /** Of the bundle in force. */
  hash: string;
  loadedAt: Instant;
  /** Where the bundle in force was read, and which version of that. */
  source: string;
  version: string;
  warnings: Problem[];
  /** Why what is there now is not in force; empty: it is, or nobody knows. */
  problems: Problem[];
  /** Present while what is there now cannot be looked at. */
  unreachable?: { since: Instant; why: string };
}

/** Policies taken anew whenever their source changes; what is not good leaves the last good ones in force. */
export interface LivePolicies {
  bundle(): Bundle;
  status(): PolicyStatus;
  /** Looks at the source now, unless that was done just before. Never throws. */
  refresh(): Promise<'unchanged' | 'taken' | 'refused' | 'unreachable'>;
  /** Looks soon after each change, as far as changes are told. @returns its end */
  watch(): () => void;
}

/** Whoever looks away must not forget: what stays refused is told again and again. An alarm looks at five minutes. */
const REMIND: Millis = 4 * 60_000;

/** What became of one look. */
type Look =
  | { bundle: Bundle; version: string }
  | { problems: Problem[]; version: string }
  | { unreachable: string }
  | undefined;

/**
 * @param sources the first is the one that counts. The others are asked in their order, and once only, if that has
 * nothing good at the start. The last one's own cases are not asked then: nothing is left that could be in force instead
 * @param dress what is done with each bundle before it is used
 * @param told called after each change of the status, and again and again while something is wrong
 * @returns the problems of them all when none of them loads at first
 */
export async function livePolicies(
  sources: readonly [PolicySource, ...PolicySource[]],
  options: LoadOptions,
  {
    now,
    dress = (bundle) => bundle,
    told,
  }: { now: () => Instant; dress?: (bundle: Bundle) => Bundle; told: (status: PolicyStatus) => void },
): Promise<LivePolicies | { problems: Problem[] }> {
  const [source] = sources;
  let lookedAt = now();
  let toldAt = lookedAt;
  let looking: Promise<unknown> = Promise.resolve();

  const begun = await start(sources, options, now);
  if ('problems' in begun) return begun;
  let inForce = dress(begun.bundle);
  let { status, seen } = begun;

  function settle(next: PolicyStatus): void {
    status = next;
    toldAt = now();
    told(status);
  }

  async function look(): Promise<Awaited<ReturnType<LivePolicies['refresh']>>> {
    const since = now() - lookedAt;
    // A clock that was put back must not keep anything from being looked at.
    if (since >= 0 && since < source.every) return 'unchanged';
    lookedAt = now();
    const found = await lookAt(source, options, { seen, cases: true });
    if (found && 'unreachable' in found) {
      const first = status.unreachable?.since ?? lookedAt;
      settle({ ...status, unreachable: { since: first, why: found.unreachable } });
      return 'unreachable';
    }
    const { unreachable, ...reached } = status;
    if (!found) {
      const still = status.problems.length > 0 && now() - toldAt >= REMIND;
      if (unreachable || still) settle(reached);
      return 'unchanged';
    }
    seen = found.version;
    if ('problems' in found) {
      settle({ ...reached, problems: found.problems });
      return 'refused';
    }
    const { bundle, version } = found;
    if (bundle.hash === status.hash) settle({ ...reached, source: source.name, version, problems: [] });
    else {
      inForce = dress(bundle);
      settle(statusOf(source, found, now()));
    }
    return 'taken';
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
    watch: () => source.watch(() => void refresh()),
  };
}

/** Looks at one source after the other until one is good; what the first one lacks stays in the status. */
async function start(
  sources: readonly [PolicySource, ...PolicySource[]],
  options: LoadOptions,
  now: () => Instant,
): Promise<{ bundle: Bundle; status: PolicyStatus; seen?: string } | { problems: Problem[] }> {
  let wrong: Pick<PolicyStatus, 'problems' | 'unreachable'> = { problems: [] };
  let seen: string | undefined;
  const lacking: Problem[] = [];
  for (const [n, source] of sources.entries()) {
    const found = await lookAt(source, options, { cases: n < sources.length - 1 });
    if (!found) continue;
    if (n === 0 && 'version' in found) seen = found.version;
    if ('bundle' in found)
      return {
        bundle: found.bundle,
        status: { ...statusOf(source, found, now()), ...wrong },
        ...(seen !== undefined && { seen }),
      };
    const problems =
      'problems' in found ? found.problems : [{ file: source.name, message: found.unreachable }];
    lacking.push(...problems);
    if (n === 0)
      wrong =
        'problems' in found
          ? { problems }
          : { problems: [], unreachable: { since: now(), why: found.unreachable } };
  }
  return { problems: lacking };
}

/** @param how.cases whether its own cases must pass: a change that they contradict is not one that anybody meant */
async function lookAt(
  source: PolicySource,
  options: LoadOptions,
  { seen, cases }: { seen?: string | undefined; cases: boolean },
): Promise<Look> {
  let found: { version: string; files: PolicyFiles } | undefined;
  try {
    found = await source.read(seen);
  } catch (error) {
    return { unreachable: error instanceof Error ? error.message : 'it cannot be read' };
  }
  if (!found) return undefined;
  const { version, files } = found;
  const loaded = loadBundleOf(source.name, files.rules, options);
  if ('problems' in loaded) return { problems: loaded.problems, version };
  const problems = cases ? failedCases(files, loaded.bundle) : [];
  return problems.length > 0 ? { problems, version } : { ...loaded, version };
}

function statusOf(
  { name }: PolicySource,
  { bundle: { hash, warnings }, version }: { bundle: Bundle; version: string },
  at: Instant,
): PolicyStatus {
  return { hash, loadedAt: at, source: name, version, warnings: [...warnings], problems: [] };
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

import type { Instant } from '../../domain/entitlement.js';
import type { Problem } from '../../ports/policy.js';
import type { LoadOptions } from '../load.js';
import { goneFrom, lookAt, type Good, type Held } from './examine-source.js';
import type { PolicySource } from './source.js';

/** What is in force, and what became of its source since. */
export interface PolicyStatus {
  /** Of the bundle in force; empty while there is none. */
  hash: string;
  loadedAt: Instant;
  /** Where the bundle in force was read, and which version of that. */
  source: string;
  version: string;
  warnings: Problem[];
  /** Why the newest policies are not in force; empty: they are, or it is not known. */
  problems: Problem[];
  /** Present while what is there now cannot be looked at. */
  unreachable?: { since: Instant; why: string };
  /** Present while what is there now waits, since these forbids are not in it any more: it may be half written. */
  waiting?: { since: Instant; gone: string[] };
  /** Present while the bundle only replaces one that cannot be read: see `Bundle`. */
  standIn?: true;
  /** Present while nothing has loaded since the start. */
  none?: { since: Instant };
}

/** With what a process begins. */
interface Begun {
  status: PolicyStatus;
  /** The first source's version that was looked at. */
  seen: string | undefined;
  /**
   * Absent: of all sources none is good. `first`: the first source has it. From `until` on it only replaces policies that
   * cannot be read; from the beginning where a forbid has gone from it, which may not be meant.
   */
  good?: { found: Good; first: boolean; until: Instant };
  /** What is wrong with the sources that were looked at. */
  problems: Problem[];
}

/** Looks at one source after the other until one is good; what the first one lacks stays in the status. */
export async function begin(
  sources: readonly PolicySource[],
  options: LoadOptions,
  { now, before }: { now: () => Instant; before: Held | undefined },
): Promise<Begun> {
  let wrong: Pick<PolicyStatus, 'problems' | 'unreachable'> = { problems: [] };
  let seen: string | undefined;
  const problems: Problem[] = [];
  for (const [n, source] of sources.entries()) {
    const first = n === 0;
    const cases = n < sources.length - 1;
    const found = await lookAt(source, options, {
      cases,
      before: first ? before : undefined,
      at: now(),
    });
    if (!found) continue;
    if (first && 'version' in found) seen = found.version;
    if ('bundle' in found) {
      const gone = source.standsIn ? [] : goneFrom(before, found.bundle);
      const sure = !source.standsIn && gone.length === 0;
      const until = sure ? (found.until ?? Infinity) : -Infinity;
      const waiting = first && gone.length > 0 && { since: now(), gone };
      const status = { ...statusOf(found, source, now()), ...wrong, ...(waiting && { waiting }) };
      return { status, seen, good: { found, first, until }, problems };
    }
    if ('problems' in found) {
      problems.push(...found.problems);
      if (first) wrong = { problems: found.problems };
    } else {
      problems.push({ file: source.name, message: found.unreachable });
      if (first) wrong = { problems: [], unreachable: { since: now(), why: found.unreachable } };
    }
  }
  const since = now();
  const nothing = { hash: '', loadedAt: since, source: 'none', version: '', warnings: [], none: { since } };
  const others = wrong.unreachable ? problems.slice(1) : problems;
  return { status: { ...nothing, ...wrong, problems: others }, seen, problems };
}

/** The status while nothing is wrong. */
export function statusOf({ bundle, version }: Good, { name }: PolicySource, loadedAt: Instant): PolicyStatus {
  const { hash, warnings } = bundle;
  return { hash, loadedAt, source: name, version, warnings: [...warnings], problems: [] };
}

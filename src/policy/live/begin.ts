import type { Instant } from '../../domain/entitlement.js';
import type { Problem } from '../../ports/policy.js';
import type { PolicyStatus } from './status.js';
import type { LoadOptions } from '../load.js';
import { goneFrom, lookAt, type Good, type Held } from './examine-source.js';
import type { PolicySource } from './source.js';

/** With what a process begins. */
export interface Begun {
  found: Good;
  /** Whether the first source has it. */
  first: boolean;
  /** From then on it only replaces policies that cannot be read. */
  until: Instant;
  /** It stands in for itself: a forbid has gone from it, and that may not be meant. */
  doubtful: boolean;
  status: PolicyStatus;
  /** The first source's version that was looked at. */
  seen?: string;
}

/** Of all sources none is good. */
export interface NotBegun {
  problems: Problem[];
  status: PolicyStatus;
  seen?: string;
}

/** Looks at one source after the other until one is good; what the first one lacks stays in the status. */
export async function begin(
  sources: readonly [PolicySource, ...PolicySource[]],
  options: LoadOptions,
  { now, before }: { now: () => Instant; before: Held | undefined },
): Promise<Begun | NotBegun> {
  let wrong: Pick<PolicyStatus, 'problems' | 'unreachable'> = { problems: [] };
  let seen: string | undefined;
  const lacking: Problem[] = [];
  for (const [n, source] of sources.entries()) {
    const first = n === 0;
    const cases = n < sources.length - 1;
    const found = await lookAt(source, options, { cases, before: first ? before : undefined });
    if (!found) continue;
    if (first && 'version' in found) seen = found.version;
    if ('bundle' in found) {
      const gone = source.standsIn ? [] : goneFrom(before, found.bundle);
      const sure = !source.standsIn && gone.length === 0;
      const { hash, warnings } = found.bundle;
      const waiting = first && gone.length > 0 && { since: now(), gone };
      return {
        found,
        first,
        until: sure ? (found.until ?? Infinity) : -Infinity,
        doubtful: Boolean(waiting),
        status: {
          hash,
          loadedAt: now(),
          source: source.name,
          version: found.version,
          warnings: [...warnings],
          ...wrong,
          ...(waiting && { waiting }),
        },
        ...(seen !== undefined && { seen }),
      };
    }
    const problems =
      'problems' in found ? found.problems : [{ file: source.name, message: found.unreachable }];
    lacking.push(...problems);
    if (!first) continue;
    if ('problems' in found) wrong = { problems };
    else wrong = { problems: [], unreachable: { since: now(), why: found.unreachable } };
  }
  const since = now();
  return {
    problems: lacking,
    status: {
      hash: '',
      loadedAt: since,
      source: 'none',
      version: '',
      warnings: [],
      ...wrong,
      problems: wrong.unreachable ? lacking.slice(1) : lacking,
      none: { since },
    },
    ...(seen !== undefined && { seen }),
  };
}

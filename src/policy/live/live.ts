import type { Instant, Millis } from '../../domain/entitlement.js';
import { Unknowable, type Bundle, type Problem } from '../../ports/policy.js';
import type { LoadOptions } from '../load.js';
import { goneFrom, heldBy, lookAt, type Good, type Held } from './examine-source.js';
import { after as really, type After, type PolicyFiles, type PolicySource } from './source.js';
import { begin, statusOf, type PolicyStatus } from './begin.js';

/** Policies taken anew whenever their source changes; what is not good leaves the last good ones in force. */
export interface LivePolicies {
  /** @throws Unknowable while nothing has loaded since the start */
  bundle(): Bundle;
  status(): PolicyStatus;
  /** Looks at the source now, unless that was done just before. Never throws. */
  refresh(): Promise<'unchanged' | 'taken' | 'refused' | 'unreachable' | 'waiting'>;
  /** Looks soon after each change, as far as changes are told, and again where a look is to be repeated. @returns its end */
  watch(): () => void;
}

/** What the first source has, and what counts. */
export interface Counting {
  version: string;
  held: Held;
  /** Present where it was read just now. */
  files?: PolicyFiles;
}

export interface Around {
  now: () => Instant;
  after?: After;
  /** Goes on where none of the sources loads at first, until the first one does. */
  evenNone?: boolean | undefined;
  /** What counted last, before this process. */
  before?: Held | undefined;
  /** The account that jit runs in. Asked before each look until it is known; undefined: AWS does not say it now. */
  ownAccount?: (() => Promise<string | undefined>) | undefined;
  /** The partition of AWS that it runs in, as far as that is known by then. */
  ownPartition?: (() => string | undefined) | undefined;
  /** What is done with each bundle before it is used. */
  dress?: (bundle: Bundle) => Bundle;
  /** Called after each change of the status, and again and again while something is wrong. */
  told: (status: PolicyStatus) => void;
  /** Called after each look that finds the first source to have what counts. */
  counts?: (counting: Counting) => void;
}

/** The log repeats this often that policies stay refused: an alarm looks at the last five minutes. */
const REMIND: Millis = 4 * 60_000;
/** What has lost a forbid is looked at once more so much later. */
const DOUBT: Millis = 10_000;
/** While only what stands in is in force, a source that is silent is asked again this soon, then twice as long after, … */
const SOON: Millis = 2_000;

/**
 * @param sources the first is the one that counts. The others are asked in their order, and once only, if that has
 * nothing good at the start. The last one's own cases are not asked then: nothing is left that could be in force instead
 * @returns the problems of them all when none of them loads at first, unless that may be
 */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export async function livePolicies(
  sources: readonly [PolicySource, ...PolicySource[]],
  options: LoadOptions,
  { now, after = really, dress = (bundle) => bundle, told, counts, ...around }: Around,
): Promise<LivePolicies | { problems: Problem[] }> {
  const [source] = sources;
  let { before } = around;
  let ownAccount = await around.ownAccount?.();
  const judging = (): LoadOptions => ({
    ...options,
    ...(ownAccount !== undefined && { ownAccount }),
    ownPartition: around.ownPartition?.() ?? options.ownPartition,
  });
  let lookedAt = now();
  let toldAt = lookedAt;
  let unwatch: (() => void) | undefined;
  let unplan: (() => void) | undefined;

  const { good, problems, ...begun } = await begin(sources, judging(), { now, before });
  if (!good && !around.evenNone) return { problems };
  let { status, seen } = begun;
  let inForce = good && dressed(good.found.bundle, good.until);
  let silent = status.unreachable ? 1 : 0;
  /** Good, and put off: a forbid has gone. */
  let doubtful = status.waiting && good?.found;
  if (good && good.until > now()) before ??= heldBy(good.found);
  if (good?.first && !doubtful) settled(good.found);
  const refresh = inTurn(() => look().finally(plan));

  function dressed(bundle: Bundle, until: Instant) {
    const full = dress(bundle);
    return { full, standIn: { ...full, standIn: true as const }, until };
  }
  const standsIn = () => inForce !== undefined && now() >= inForce.until;

  function settle(next: PolicyStatus): void {
    status = next;
    toldAt = now();
    told(withStandIn());
  }
  const withStandIn = (): PolicyStatus => ({ ...status, ...(standsIn() && { standIn: true }) });

  /** It is what the first source has, and it counts. */
  function settled(found: Good): void {
    before = heldBy(found);
    counts?.({ version: found.version, held: before, files: found.files });
  }

  function take(found: Good): 'taken' {
    doubtful = undefined;
    const { bundle } = found;
    const same = bundle.hash === status.hash && !standsIn();
    inForce = same && inForce ? { ...inForce, until: Infinity } : dressed(bundle, Infinity);
    const { loadedAt } = same ? status : { loadedAt: now() };
    settle(statusOf(found, source, loadedAt));
    settled(found);
    return 'taken';
  }

  /** What has lost a forbid may be half written, or half deleted: it counts if it is still so after a while. */
  function doubt(found: Good, gone: string[], reached: PolicyStatus): 'waiting' {
    doubtful = found;
    settle({ ...reached, problems: [], waiting: { since: now(), gone } });
    return 'waiting';
  }

  function unchanged({ unreachable, ...reached }: PolicyStatus): 'unchanged' | 'waiting' | 'taken' {
    const { waiting, version } = reached;
    if (doubtful && waiting) {
      const waited = now() - waiting.since;
      if (waited >= DOUBT) return take(doubtful);
      // A clock that was put back must not put it off for longer.
      status = { ...reached, waiting: waited < 0 ? { ...waiting, since: now() } : waiting };
      return 'waiting';
    }
    const still = status.problems.length > 0 && now() - toldAt >= REMIND;
    if (unreachable || still) settle(reached);
    if (before && status.source === source.name && version === seen && !standsIn())
      counts?.({ version, held: before });
    return 'unchanged';
  }

  /** What was taken before AWS said it is judged by it now; by what is for another account, nothing is given any more. */
  async function learnAccount(): Promise<void> {
    ownAccount = await around.ownAccount?.();
    if (ownAccount === undefined) return;
    seen = undefined;
    const theirs = inForce?.full.directory.account;
    if (inForce && theirs !== undefined && theirs !== ownAccount) inForce = { ...inForce, until: -Infinity };
  }

  async function look(): Promise<Awaited<ReturnType<LivePolicies['refresh']>>> {
    const since = now() - lookedAt;
    // A clock that was put back must not keep anything from being looked at.
    if (since >= 0 && since < rest()) return 'unchanged';
    lookedAt = now();
    if (ownAccount === undefined) await learnAccount();
    const found = await lookAt(source, judging(), { seen, cases: true, before, at: lookedAt });
    if (found && 'unreachable' in found) {
      silent++;
      const first = status.unreachable?.since ?? lookedAt;
      settle({ ...status, unreachable: { since: first, why: found.unreachable } });
      return 'unreachable';
    }
    silent = 0;
    if (!found) return unchanged(status);
    const { unreachable: _, waiting: __, ...reached } = status;
    seen = found.version;
    doubtful = undefined;
    if ('problems' in found) {
      settle({ ...reached, problems: found.problems });
      return 'refused';
    }
    const gone = goneFrom(before, found.bundle);
    return gone.length > 0 ? doubt(found, gone, reached) : take(found);
  }

  /** How long a look is enough. */
  function rest(): Millis {
    if (doubtful) return Math.min(source.every, DOUBT);
    const first = silent > 0 && status.source !== source.name;
    return first ? Math.min(source.every, SOON * 2 ** (silent - 1)) : source.every;
  }

  /** When to look again, since no event tells of a change. */
  function plan(): void {
    unplan?.();
    unplan = undefined;
    if (!unwatch) return;
    const again = rest();
    if (doubtful) unplan = after(DOUBT, () => void refresh());
    else if (again < source.every) unplan = after(again, () => void refresh());
  }

  return {
    bundle() {
      if (!inForce) throw new Unknowable('no policies have loaded yet');
      return standsIn() ? inForce.standIn : inForce.full;
    },
    status: withStandIn,
    refresh,
    watch() {
      unwatch = source.watch(() => void refresh());
      plan();
      return () => {
        unwatch?.();
        unwatch = undefined;
        plan();
      };
    },
  };
}

/** One at a time, so that what an older look finds never comes after a newer; one that has not begun is enough for all. */
function inTurn<T>(run: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= last.then(() => {
      next = undefined;
      return run();
    });
    last = next.catch(() => undefined);
    return next;
  };
}

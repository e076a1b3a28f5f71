import type { Instant, Millis } from '../entitlement.js';
import { isEarly, type Lease } from '../lease.js';
import { isComplete } from '../chain.js';
import type { Format, Pending, Shortening, State } from '../request/state.js';
import { rowOf } from '../objects.js';

/** What the laws remember of an event. */
interface Mark {
  type: string;
  at: Instant;
}

/** What a law asks of the events before one. */
export interface Past {
  /** The state that they lead to. */
  before?: State;
  last?: Mark;
  /** The latest instant that any of them bears. */
  latest: Instant;
  /** How many there were of each type that a law counts. */
  counts: Readonly<Record<keyof typeof NONE, number>>;
}

const NONE = { ProvisionAttempted: 0, MintRequested: 0, MintAttempted: 0, CredentialsMinted: 0 };

export const NO_PAST: Past = { latest: 0, counts: NONE };

/** @param state where the event led */
export function pastWith(past: Past, { type, at }: Mark, state: State): Past {
  const latest = at > past.latest ? at : past.latest;
  const count = rowOf(past.counts, type as keyof Past['counts']);
  const counts = count === undefined ? past.counts : { ...past.counts, [type]: count + 1 };
  return { before: state, last: { type, at }, latest, counts };
}

/** Whether laws that rest on what only newer programs wrote are asked of this record. */
export function isFrom(format: Format, state: Pick<State, 'format'> | undefined): boolean {
  return (state?.format ?? 1) >= format;
}

/** The confirmation of which this event is a part, where it has written something before it: one write, one instant. */
export function confirming({ last }: Past, { at }: Pick<Mark, 'at'>): ReturnType<typeof partOf> {
  return last?.at === at ? partOf(last) : undefined;
}

/** Whether a confirmation has left the chain complete: then it approves, in the same write, but not before its start. */
export function owesApproval({ before, last }: Past): boolean {
  const isWhole = partOf(last) !== undefined && before?.status === 'pending' && isComplete(before);
  return isWhole && !isEarly(before, last?.at ?? 0);
}

/** That somebody approved it for less, where their vote is not on record yet: it follows in the same write. */
export function owesVote({ before, last }: Past): Shortening | undefined {
  return last?.type === 'DurationShortened' && before?.status === 'pending'
    ? before.shortened?.at(-1)
    : undefined;
}

function partOf(last: Mark | undefined): 'VotesVoided' | 'ChainChanged' | undefined {
  return last?.type === 'VotesVoided' || last?.type === 'ChainChanged' ? last.type : undefined;
}

/** Whether a confirmation may begin now. */
export function canConfirm(before: Pending, at: Instant): boolean {
  return before.checked && isComplete(before) && at < before.lapsesAt;
}

/** How far two clocks may differ, each up to 5 s from that of AWS: beyond, the program gives nothing. */
export const SKEW: Millis = 10_000;
/**
 * How far an event may lie before one that was written earlier. Between the look at the clock and the write stand
 * policy, messages and the table, which give up within seconds, races that are lost to others, and a process that stands
 * still for a while: on a server for moments, on Lambda until the next sweep.
 */
export const UNDER_WAY: Millis = 110_000 + SKEW;

export function wrongTime({ at }: Pick<Mark, 'at'>, { before, latest }: Past): string | undefined {
  if (!Number.isFinite(at)) return 'its time is none';
  if (!isFrom(2, before) || at >= latest - UNDER_WAY) return undefined;
  return `it bears a time ${Math.round((latest - at) / 60_000)} minutes before one that was recorded earlier`;
}

/** Why an approval at this time cannot have given this lease. */
export function wrongLease(
  { startsAt, endsAt, warnAt }: Lease,
  at: Instant,
  before: Pending,
): string | undefined {
  const { duration } = before;
  if (startsAt > at || endsAt > startsAt + duration) return 'its lease is longer than what was asked for';
  if (!isFrom(2, before)) return undefined;
  if (startsAt !== at || endsAt !== Math.floor((at + duration) / 1000) * 1000)
    return 'its lease is not the one that was approved';
  if (warnAt !== undefined && !(warnAt > startsAt && warnAt < endsAt))
    return 'its end was to be announced outside of its lease';
  return undefined;
}

/** Why access cannot have been made or used then. */
export function tooLate(at: Instant, { lease }: { lease: Lease }): string | undefined {
  return at >= lease.endsAt ? 'access was used or made at its end or later' : undefined;
}

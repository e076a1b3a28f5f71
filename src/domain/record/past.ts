import type { Instant } from '../entitlement.js';
import { isComplete } from '../request/progress.js';
import type { Format, Pending, State } from '../request/state.js';

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
  const counts = isCounted(type) ? { ...past.counts, [type]: past.counts[type] + 1 } : past.counts;
  return { before: state, last: { type, at }, latest, counts };
}

function isCounted(type: string): type is keyof typeof NONE {
  return Object.hasOwn(NONE, type);
}

/** Whether laws that rest on what only newer programs wrote are asked of this record. */
export function isFrom(format: Format, state: Pick<State, 'format'> | undefined): boolean {
  return (state?.format ?? 1) >= format;
}

/** The confirmation of which this event is a part, where it has written something before it: one write, one instant. */
export function confirming(
  { last }: Past,
  { at }: { at: Instant },
): 'VotesVoided' | 'ChainChanged' | undefined {
  return last?.at === at ? partOf(last) : undefined;
}

/** Whether a confirmation has left the chain complete: then it approves, in the same write. */
export function owesApproval({ before, last }: Past): boolean {
  return partOf(last) !== undefined && before?.status === 'pending' && isComplete(before);
}

function partOf(last: Mark | undefined): 'VotesVoided' | 'ChainChanged' | undefined {
  return last?.type === 'VotesVoided' || last?.type === 'ChainChanged' ? last.type : undefined;
}

/** Whether a confirmation may begin now. */
export function canConfirm(before: Pending, at: Instant): boolean {
  return before.checked && isComplete(before) && at < before.lapsesAt;
}

import { formatDuration } from '../../domain/duration.js';
import type { Reason, State } from '../../domain/request/state.js';
import { because as becauseWith, policyIds } from '../../words/reason.js';
import { standing as standingWith } from '../../words/state.js';
import { free, pen, whenExactly } from './mrkdwn.js';

/** The name of what was asked for, escaped. */
export function nameOf(state: State): string {
  return free(state.entitlement.name, 150);
}

/** `*Orders database admin* for 1h`. */
export function what(state: State): string {
  return `*${nameOf(state)}* for ${formatDuration(state.duration)}`;
}

/** Where a request stands, in one line of mrkdwn. */
export function standing(state: State): string {
  return standingWith(state, pen);
}

/** Why it closed or failed, as mrkdwn, with what to do about it. */
export function because(reason: Reason): string {
  return becauseWith(reason, pen);
}

/** The reason that a state carries, if it does. */
export function reasonOf(state: State): Reason | undefined {
  return state.status === 'closed' || state.status === 'ending' ? state.reason : undefined;
}

/** What jit read back from AWS once the access was gone. */
export function proofOf(state: State): string | undefined {
  if (state.status !== 'closed' || !state.proof) return undefined;
  const { evidence, checkedAt } = state.proof;
  return `Gone, checked at ${whenExactly(checkedAt)}: ${free(evidence, 800)}`;
}

export function policies(ids: string[]): string {
  return policyIds(ids, pen);
}

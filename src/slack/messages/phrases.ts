import { formatDuration } from '../../domain/duration.js';
import type { State } from '../../domain/request/state.js';
import { because, policyIds } from '../../words/reason.js';
import { standing as standingWith } from '../../words/state.js';
import { free, mention, pen, whenExactly } from './mrkdwn.js';

/** The name of what was asked for, escaped. */
export function nameOf(state: State): string {
  return free(state.entitlement.name, 150);
}

/** `*Orders database admin* for 1h`. */
export function what(state: State): string {
  return `*${nameOf(state)}* for ${formatDuration(state.duration)}`;
}

/** That somebody approved it for less than was asked, as a sentence; undefined where nobody has. */
export function shortenedBy({ shortened = [] }: State): string | undefined {
  const last = shortened.at(-1);
  const [first] = shortened;
  if (!last || !first) return undefined;
  return `${mention(last.by)} approved it for ${formatDuration(last.to)} instead of ${formatDuration(first.from)}.`;
}

/** Where a request stands, in one line of mrkdwn. */
export function standing(state: State): string {
  return standingWith(state, pen);
}

/** Why it closed or failed, as mrkdwn, with what to do about it; undefined where its state carries no reason. */
export function whyOf(state: State): string | undefined {
  const reason = state.status === 'closed' || state.status === 'ending' ? state.reason : undefined;
  return reason && because(reason, pen);
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

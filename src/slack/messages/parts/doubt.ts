import type { State } from '../../../domain/request/state.js';
import { because } from '../../../words/reason.js';
import { pen, when } from '../mrkdwn.js';

/** What would have kept it from beginning when that was looked at before its start; undefined where nothing did. */
export function doubtOf(state: State): string[] | undefined {
  if (state.status !== 'pending' || !state.doubt) return undefined;
  const { at, reason } = state.doubt;
  return [
    `As things were at ${when(at)}, it would be refused at its start:`,
    because(reason, pen),
    'jit asks once more at the start. You can cancel it, or ask for something else, with /jit.',
  ];
}

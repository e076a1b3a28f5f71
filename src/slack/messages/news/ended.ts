import type { Outcome, State } from '../../../domain/request/state.js';
import type { RequestView } from '../../../ports/messages.js';
import { context, section, type Message } from '../blocks.js';
import { doer } from '../../../words/pen.js';
import { code, pen } from '../mrkdwn.js';
import { because, nameOf, proofOf, reasonOf, standing, what } from '../phrases.js';

const NEXT: Partial<Record<Outcome, string>> = {
  lapsed: 'You can ask again with /jit; let an approver know when you do.',
  cancelled: 'No access was given.',
  failed: 'No access was given.',
};

/** The one line that a phone shows. */
function headOf(state: State): string {
  const { outcome, by } = state.status === 'closed' ? state : {};
  switch (outcome) {
    case 'expired':
      return `Your access *${nameOf(state)}* has ended.`;
    case 'released':
      return `Your access *${nameOf(state)}* has ended: you handed it back.`;
    case 'revoked':
      return `Your access *${nameOf(state)}* has ended: it was taken back${by ? ` by ${doer(by, pen)}` : ''}.`;
    default:
      return `Your request for ${what(state)} is closed.`;
  }
}

/** The request is closed: how it ended, why, and the proof that no access is left. */
export function ended({ state }: RequestView): Message {
  const closed = state.status === 'closed' ? state : undefined;
  const head = headOf(state);
  const reason = reasonOf(state);
  const lines = [
    head,
    `${standing(state)}.`,
    reason && because(reason),
    closed && NEXT[closed.outcome],
    proofOf(state),
  ];
  return {
    text: head,
    blocks: [section(lines.filter(Boolean).join('\n')), context(`Request ${code(state.id)}`)],
  };
}

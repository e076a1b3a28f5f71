import type { RequestView } from '../../../ports/messages.js';
import { context, section, type Message } from '../blocks.js';
import { list } from '../../../words/english.js';
import { doer } from '../../../words/pen.js';
import { code, mention, pen } from '../mrkdwn.js';
import { because, reasonOf, standing, what } from '../phrases.js';

/** Approved, or denied with the reason. */
export function decided({ state }: RequestView): Message {
  const denied = state.status === 'closed' && state.outcome === 'denied';
  const head = `Your request for ${what(state)} has been ${denied ? 'denied' : 'approved'}.`;
  return {
    text: head,
    blocks: [
      section([head, denied ? why() : approvers()].join('\n')),
      context(`Request ${code(state.id)} · ${standing(state)}`),
    ],
  };

  function approvers(): string {
    const people = list(state.votes.map((vote) => mention(vote.by)));
    const next = 'You will get another message when access is ready.';
    return people === '' ? next : `Approved by ${people}. ${next}`;
  }

  function why(): string {
    const by = state.status === 'closed' && state.by ? `Denied by ${doer(state.by, pen)}.\n` : '';
    const reason = reasonOf(state);
    return reason ? by + because(reason) : by;
  }
}

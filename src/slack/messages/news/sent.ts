import type { DirectoryConfig } from '../../../domain/directory.js';
import type { RequestView } from '../../../ports/messages.js';
import { actions, context, section, type Message } from '../blocks.js';
import { cancelButton } from '../buttons.js';
import { chainLines, unasked, votable } from '../chain.js';
import { code, free } from '../mrkdwn.js';
import { standing, what } from '../phrases.js';

/** Who has been asked; sent again when that changes, as when no channel takes the card. */
export function sent(view: RequestView, directory: DirectoryConfig): Message {
  const { state } = view;
  const open = votable(state);
  const nobody = open && unasked(view, open) !== undefined;
  const head = nobody
    ? `Your request for ${what(state)} cannot reach its approvers at the moment.`
    : `Your request for ${what(state)} has been sent.`;
  const next = nobody
    ? ['Please tell the people who run jit. jit keeps trying, and tells you when someone has been asked.']
    : state.ruling.advice.map((text) => free(text, 500));
  return {
    text: head,
    blocks: [
      section([head, ...chainLines(view, directory), ...next].join('\n')),
      ...(state.status === 'pending' ? [actions([cancelButton(state)])] : []),
      context(`Request ${code(state.id)} · ${standing(state)}`),
    ],
  };
}

import type { RequestView } from '../../../ports/messages.js';
import { actions, context, section, type Message } from '../blocks.js';
import { endButton } from '../buttons.js';
import { code, when } from '../mrkdwn.js';
import { nameOf, standing } from '../phrases.js';

/** The end is near: finish, or ask again. */
export function endingSoon({ state }: RequestView): Message {
  const text =
    state.status === 'active'
      ? `Your access *${nameOf(state)}* ends ${when(state.lease.endsAt)}. Please finish what you are doing; if you need longer, ask again with /jit.`
      : `Your access *${nameOf(state)}*: ${standing(state)}.`;
  return {
    text,
    blocks: [
      section(text),
      ...(state.status === 'active' ? [actions([endButton(state)])] : []),
      context(`Request ${code(state.id)}`),
    ],
  };
}

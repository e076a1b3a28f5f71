import type { DirectoryConfig } from '../../domain/directory.js';
import type { RequestView } from '../../ports.js';
import { actions, context, section, type Message } from './blocks.js';
import { cancelButton } from './buttons.js';
import { chainLines } from './chain.js';
import { code, free } from './text.js';
import { standing, what } from './words.js';

/** Your request has been sent, and to whom. */
export function sent({ state, asked }: RequestView, directory: DirectoryConfig): Message {
  const advice = state.ruling.advice.map((text) => free(text, 500));
  return {
    text: `Your request for ${what(state)} has been sent.`,
    blocks: [
      section(
        [
          `Your request for ${what(state)} has been sent.`,
          ...chainLines(state, asked, directory),
          ...advice,
        ].join('\n'),
      ),
      ...(state.status === 'pending' ? [actions([cancelButton(state)])] : []),
      context(`Request ${code(state.id)} · ${standing(state)}`),
    ],
  };
}

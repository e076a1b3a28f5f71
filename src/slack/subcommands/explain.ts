import { explainButton } from '../messages/buttons.js';
import { explainRequest } from '../acts/own-requests.js';
import { pick } from './typed/pick-request.js';
import type { Subcommand } from './typed/subcommand.js';

export const explain: Subcommand = {
  name: 'explain',
  usage: '[request id]',
  summary: 'shows how policy decided on a request, and what would change that',
  async run(ask, desk) {
    const picked = await pick(ask, desk, {
      heading: 'Which request do you want explained?',
      none: 'You have not asked for anything yet. Type /jit to ask.',
      fits: () => true,
      past: true,
      button: explainButton,
    });
    return 'id' in picked ? explainRequest(ask.actor, picked.id, ask.seen, desk, '') : picked.message;
  },
};

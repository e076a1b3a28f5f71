import { statusButton } from '../messages/buttons.js';
import { showRequest } from '../acts/own-requests.js';
import { pick } from './typed/pick-request.js';
import type { Subcommand } from './typed/subcommand.js';

export const status: Subcommand = {
  name: 'status',
  usage: '[request id]',
  summary: 'shows where a request stands and what has happened to it',
  async run(ask, desk) {
    const picked = await pick(ask, desk, {
      heading: 'Which request do you want to see?',
      none: 'You have not asked for anything yet. Type /jit to ask.',
      fits: () => true,
      past: true,
      button: statusButton,
    });
    return 'id' in picked ? showRequest(ask.actor, picked.id, ask.seen, desk, '') : picked.message;
  },
};

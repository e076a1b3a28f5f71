import { endButton } from '../messages/buttons.js';
import { endRequest } from '../acts/own-requests.js';
import { pick } from './typed/pick-request.js';
import type { Subcommand } from './typed/subcommand.js';

export const revoke: Subcommand = {
  name: 'revoke',
  usage: '[request id] [reason]',
  summary: 'ends access early: your own, or someone else’s where policy permits it',
  async run(ask, desk) {
    const picked = await pick(ask, desk, {
      heading: 'Which access do you want to end?',
      none: 'You have no access to end. To end someone else’s, give its request id and a reason.',
      fits: ({ status }) => status === 'approved' || status === 'active',
      button: endButton,
    });
    if (!('id' in picked)) return picked.message;
    return endRequest(ask.actor, picked.id, ask.seen, desk, ask.words.slice(1).join(' '));
  },
};

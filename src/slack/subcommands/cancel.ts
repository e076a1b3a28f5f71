import { cancelButton } from '../messages/buttons.js';
import { cancelRequest } from '../acts/own-requests.js';
import { pick } from './typed/pick-request.js';
import type { Subcommand } from './typed/subcommand.js';

export const cancel: Subcommand = {
  name: 'cancel',
  usage: '[request id]',
  summary: 'cancels a request that is still waiting',
  async run(ask, desk) {
    const picked = await pick(ask, desk, {
      heading: 'Which request do you want to cancel?',
      none: 'You have no request waiting for a decision. /jit revoke ends access that you have.',
      fits: ({ status }) => status === 'pending',
      button: cancelButton,
    });
    return 'id' in picked ? cancelRequest(ask.actor, picked.id, ask.seen, desk, '') : picked.message;
  },
};

import type { UnknownGroup } from '../../domain/directory.js';
import { NotifyFault, type Notifier } from '../../ports/messages.js';
import type { Bundle } from '../../ports/policy.js';
import type { Directory } from '../../ports/people.js';

/** Who is who while Slack cannot be asked: no person and no group is known. */
export function nobodyKnown(bundle: () => Bundle): Directory {
  const unknown = (): UnknownGroup[] =>
    Object.keys(bundle().directory.groups).map((name) => ({
      name,
      why: 'Slack cannot be asked now',
      lasting: false,
    }));
  return {
    name: 'Slack',
    person: async () => ({ refusal: { code: 'directory-unavailable' } }),
    personEnding: async () => ({ refusal: { code: 'directory-unavailable' } }),
    groups: async () => ({ groups: [], unknown: unknown() }),
    candidates: async () => ({ people: [], unknown: unknown() }),
    status: () => ({ lost: [] }),
    principal: () => 'jit cannot ask Slack at the moment who this is.',
    refresh: async () => undefined,
  };
}

const owed = async (): Promise<never> => {
  throw new NotifyFault('without_slack', false);
};

/** Sends nothing: every message stays owed, and goes out once Slack is there. */
export const silent: Notifier = { cards: owed, tell: owed, showCredentials: owed, showNoCredentials: owed };

import type { OnCall } from '../../src/ports/policy.js';
import type { Person } from '../../src/domain/person.js';
import { slackAccount } from './accounts.js';

/** One of the sandbox's cast, by e-mail, as Slack shows them. */
export function corp(email: string): Person {
  const [name = '', domain = ''] = email.split('@');
  const team = domain === 'partner.example' ? 'T0OTHER' : 'T0CORP';
  return { email, account: slackAccount(`U0${name.toUpperCase()}`, team) };
}

/** Nobody can be asked who is on call. */
export const rotaUnknown: OnCall = async () => 'this process cannot ask who is on call';

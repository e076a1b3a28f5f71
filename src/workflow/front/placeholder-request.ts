import { pin, type Entitlement, type Instant } from '../../domain/entitlement.js';
import type { Pending } from '../../domain/request/state.js';
import type { Bundle } from '../../ports/policy.js';

const ANYTHING = {
  id: 'nothing',
  name: '',
  description: '',
  environment: 'nowhere',
  account: '000000000000',
  risk: 'low',
  owners: [],
  tags: {},
  durations: [],
  grant: { kind: '', config: {} },
} satisfies Entitlement;

/**
 * A request that nobody has made, which stands in where an id names none. Whoever guesses ids gets the same questions
 * asked as about somebody else's request, and so learns neither by the answer nor by its time whether there is one.
 */
export function nobodysRequest(id: string, { entitlements, directory }: Bundle, at: Instant): Pending {
  const [entitlement = ANYTHING] = entitlements.values();
  const { id: what, name, environment, account, risk, owners, description, durations } = entitlement;
  return {
    status: 'pending',
    checked: true,
    id,
    requester: { email: 'nobody@jit.invalid', account: { provider: '', tenant: '', id: '' } },
    entitlement: { id: what, name, environment, account, risk, owners, description },
    duration: durations[0] ?? 0,
    justification: '',
    requestedAt: at,
    lapsesAt: at + directory.approvalTimeout,
    grant: pin(entitlement),
    ruling: { policies: [], advice: [], bundle: '' },
    chain: directory.stages.map(({ name }) => ({ name, quorum: 1 })),
    revision: 0,
    votes: [],
  };
}

import { pin, type Entitlement } from '../../domain/entitlement.js';
import type { Pending } from '../../domain/request/state.js';
import type { FrontDeps } from './deps.js';

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
 * What stands in for a request that does not exist, so that the same questions are asked about both: whoever guesses ids
 * learns neither by the answer nor by its time whether there is one.
 */
export function placeholderRequest(
  { bundle, clock }: Pick<FrontDeps, 'bundle' | 'clock'>,
  id: string,
): { state: Pending } {
  const { entitlements, directory } = bundle();
  const at = clock.now();
  const [entitlement = ANYTHING] = entitlements.values();
  const { id: what, name, environment, account, risk, owners, description, durations } = entitlement;
  const state: Pending = {
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
  return { state };
}

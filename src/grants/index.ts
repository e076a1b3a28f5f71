import type { Instant } from '../domain/entitlement.js';
import type { Provisioner } from '../ports/access.js';
import type { Aws } from './aws/client.js';
import { iamPolicy } from './iam-policy/provisioner.js';
import type { KindName } from './kinds.js';
import { stsSession } from './sts-session/provisioner.js';

export { connectAws, type Aws } from './aws/client.js';
export { grantKinds } from './kinds.js';

/** How each kind of `grantKinds` is made and unmade, by its name. */
export function provisioners(deps: {
  aws: Aws;
  /** In place of AWS's own federation endpoints. */
  signinUrl?: string | undefined;
  now: () => Instant;
}): Record<string, Provisioner> {
  return {
    'sts-session': stsSession(deps),
    'iam-policy': iamPolicy(deps),
  } satisfies Record<KindName, Provisioner>;
}

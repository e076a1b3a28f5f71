import type { Instant } from '../domain/entitlement.js';
import type { Provisioner } from '../ports.js';
import type { Aws } from './aws.js';
import { iamPolicyKind } from './iam-policy-kind.js';
import { iamPolicy } from './iam-policy.js';
import { stsSessionKind } from './sts-session-kind.js';
import { stsSession } from './sts-session.js';

export { connectAws, type Aws } from './aws.js';
export { grantKinds } from './kinds.js';

/** How each kind of `grantKinds` is made and unmade, by its name. */
export function provisioners(deps: {
  aws: Aws;
  /** AWS's federation endpoint. */
  signinUrl: string;
  now: () => Instant;
}): Record<string, Provisioner> {
  return {
    [stsSessionKind.name]: stsSession(deps),
    [iamPolicyKind.name]: iamPolicy(deps),
  };
}

import type { GrantKind } from '../ports/access.js';
import { iamPolicyKind } from './iam-policy/kind.js';
import { stsSessionKind } from './sts-session/kind.js';

/** What the catalog may name. Pure: whoever only reads catalogs need not load the AWS SDK. */
export const grantKinds: readonly GrantKind[] = [stsSessionKind, iamPolicyKind];

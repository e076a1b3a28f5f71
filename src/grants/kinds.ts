import type { GrantKind } from '../ports/access.js';
import { iamPolicyKind } from './iam-policy/kind.js';
import { stsSessionKind } from './sts-session/kind.js';

const KINDS = [stsSessionKind, iamPolicyKind] as const;

/** By these names the other tables have a row for each kind, or do not compile. */
export type KindName = (typeof KINDS)[number]['name'];

/** What the catalog may name. Pure: a command that only reads catalogs need not load the AWS SDK. */
export const grantKinds: readonly GrantKind[] = KINDS;

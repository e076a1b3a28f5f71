import type { Entitlement } from '../domain/entitlement.js';
import { iamPolicySeed } from './iam-policy/seed.js';
import type { KindName } from './kinds.js';
import type { KindSeed } from './parts.js';
import { stsSessionSeed } from './sts-session/seed.js';

const SEEDS: Record<string, (entitlement: Entitlement) => KindSeed> = {
  'sts-session': stsSessionSeed,
  'iam-policy': iamPolicySeed,
} satisfies Record<KindName, (entitlement: Entitlement) => KindSeed>;

/** What the sandbox needs in AWS for an entitlement; of a kind that is not known, nothing. */
export function seedOf(entitlement: Entitlement): KindSeed {
  return SEEDS[entitlement.grant.kind]?.(entitlement) ?? { roles: [], policies: [], principals: false };
}

import type { KindSeed } from '../parts.js';

/** Everybody's own user or role. */
export const iamPolicySeed = (): KindSeed => ({ roles: [], policies: [], principals: true });

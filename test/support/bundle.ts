import type { Bundle } from '../../src/ports/policy.js';

/** A bundle of which nothing is known but this. */
export function bundleWith(
  parts: Pick<Bundle, 'entitlements' | 'directory' | 'pdp'> & Partial<Bundle>,
): Bundle {
  return { hash: 'b1', inputs: [], usesGroup: () => true, forbids: [], warnings: [], ...parts };
}

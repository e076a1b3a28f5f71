import { HOUR } from './requests.js';
import { world } from './world.js';

/** A world of access that stands in AWS as a document, with its end in it: it may be extended without approval. */
export function iam(): ReturnType<typeof world> {
  const w = world();
  const [kind] = w.deps.kinds;
  Object.assign(kind!, { mints: false });
  w.policy.chain = 'auto';
  w.entitlement.extensions = { most: 2, total: 8 * HOUR };
  return w;
}

import type { Bundle, Pdp } from '../../ports/policy.js';
import type { Parts } from '../policy.js';

/** Each is looked at, and Slack waits three seconds at most. */
const EXPLAINED = 1_000;

/** Explains by the policies of one bundle, in words. */
export function explainer(parts: Parts, pdp: Pdp): NonNullable<Bundle['explain']> {
  return async (question) => {
    const { length } = parts.policies;
    if (length > EXPLAINED) return [`Of ${length} policies, "jit policy explain" tells it.`];
    // Only now: a person who asks for access does not wait for what explains it to load.
    const { explain } = await import('./explain.js');
    const { explanation } = await import('./explanation.js');
    return explanation(explain(parts, pdp, question), parts);
  };
}

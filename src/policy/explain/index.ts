import type { Bundle, Pdp } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { explain } from './explain.js';
import { explanation } from './explanation.js';

/** Each is looked at, and Slack waits three seconds at most. */
const EXPLAINED = 1_000;

/** Explains by the policies of one bundle, in words. */
export function explainer(parts: Parts, pdp: Pdp): NonNullable<Bundle['explain']> {
  return (question) =>
    parts.policies.length > EXPLAINED
      ? [`Of ${parts.policies.length} policies, "jit policy explain" tells it.`]
      : explanation(explain(parts, pdp, question), parts);
}

import { cedar, guarded, must } from '../../../../../src/policy/cedar/cedar.js';
import type { Call } from '../../../../../src/policy/cedar/entities.js';
import type { Parts } from '../../../../../src/policy/policy.js';

/** Cedar never forgets what it has parsed under a name: by name, what that is. */
const holders = new Map<string, string>();

/**
 * What Cedar itself makes of some conditions in a question, each by itself: T, F or E for an error.
 * @param name under which they are parsed: those of one name take turns
 */
export function leafTruths(
  { schema }: Pick<Parts, 'schema'>,
  texts: readonly string[],
  name: string,
): (call: Call) => string[] {
  const key = JSON.stringify(texts);
  const by = { preparsedSchemaName: name, preparsedPolicySetId: name, validateRequest: true };
  return (call) => {
    if (holders.get(name) !== key) parse();
    const answer = guarded(() => cedar.statefulIsAuthorized({ ...call, ...by }));
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
    const { reason, errors } = answer.response.diagnostics;
    const holds = new Set(reason);
    const failed = new Set(errors.map(({ policyId }) => policyId));
    return texts.map((_, n) => (failed.has(`p${n}`) ? 'E' : holds.has(`p${n}`) ? 'T' : 'F'));
  };

  function parse(): void {
    const staticPolicies = Object.fromEntries(
      texts.map((text, n) => [`p${n}`, `permit (principal, action, resource) when { ${text} };`]),
    );
    // Every folder here has the same schema.
    if (!holders.has(name)) must(guarded(() => cedar.preparseSchema(name, schema)));
    must(guarded(() => cedar.preparsePolicySet(name, { staticPolicies })));
    holders.set(name, key);
  }
}

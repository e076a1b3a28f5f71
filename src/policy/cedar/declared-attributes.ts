import { cedar, guarded, sentence } from './cedar.js';
import { ATTRIBUTES } from '../inputs/known-attributes.js';

/**
 * Which attributes of inputs a schema has. Cedar itself is asked, however the schema is written: a policy that looks at
 * an attribute that is not there is impossible, and one that takes it for what it is not is invalid.
 * @param schema one that parses
 * @returns the attributes, and a sentence for each that has another type than ours
 */
export function declaredIn(schema: string): { declared: Set<string>; problems: string[] } {
  const attributes = [...ATTRIBUTES];
  const staticPolicies = Object.fromEntries(
    attributes.map(([name, { type }], n) => {
      const read = type === 'Bool' ? `context.${name}` : `context.${name} < 1`;
      const when = `context has ${name} && ${read}`;
      return [`p${n}`, `permit (principal, action == Jit::Action::"request", resource) when { ${when} };`];
    }),
  );
  const answer = guarded(() => cedar.validate({ schema, policies: { staticPolicies } }));
  if (answer.type !== 'success') return { declared: new Set(), problems: answer.errors.map(sentence) };
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  const absent = new Set(answer.validationWarnings.map(({ policyId }) => policyId));
  const declared = attributes.filter((_, n) => !wrong.has(`p${n}`) && !absent.has(`p${n}`));
  const mistyped = attributes.filter((_, n) => wrong.has(`p${n}`));
  const sentenceOf = (name: string, type: string) =>
    `the context of "request" has ${name} as another type; write ${name}?: ${type}`;
  return {
    declared: new Set(declared.map(([name]) => name)),
    problems: mistyped.map(([name, { type }]) => sentenceOf(name, type)),
  };
}

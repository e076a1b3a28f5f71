import * as fc from 'fast-check';
import { cedar } from '../../src/policy/cedar/cedar.js';
import { policyReader } from '../../src/policy/read/cedar/forms.js';
import { validate } from '../../src/policy/read/cedar/validate.js';
import type { Problem } from '../../src/ports/policy.js';
import { schemaText } from '../support/policy.js';
import { tries } from '../support/tries.js';

/** Texts that Cedar takes for themselves, that it reads otherwise, and that are none. */
const TEXTS = [
  'a',
  'b',
  'request',
  '1h',
  'soon',
  '',
  ' x ',
  '{}//',
  '10.0.0.1',
  'é',
  'а',
  '\\n',
  '\\u{e000}0',
  '\ue0000',
  'a*',
  '\t',
];
const PIECES: ((a: string, b: string) => string)[] = [
  (a, b) => `principal in Jit::Group::"${a}" && resource in Jit::Environment::"${b}"`,
  (a, b) => `"${a}" == "${b}"`,
  (a, b) => `Jit::Group::"${a}" == Jit::User::"${b}"`,
  (a, b) => `resource.hasTag("${a}") && resource.getTag("${b}") == "x"`,
  (a, b) => `principal has "${a}" && principal.email like "${b}"`,
  (a, b) => `context.duration < duration("${a}") || resource.risk == "${b}"`,
  (a, b) => `{"${a}": 1, "${b}": 2} == {x: "${a}"}`,
  (a, b) => `{x: "${a}", y: "${b}"} == {x: "${a}", y: context}`,
  (a, b) => `["${a}", "${b}"].contains("${a}")`,
  (a, b) => `action == Jit::Action::"${a}" || action in [Jit::Action::"${b}"]`,
  (a, b) => `if resource.risk == "${a}" then true else context.ticket == "${b}"`,
  (a, b) => `principal is Jit::User in Jit::Group::"${a}" // "${b}"\n`,
  (a) => `context["${a}"] == 1`,
  (a, b) => `ip("${a}").isInRange(ip("${b}"))`,
];
const HEADS: ((a: string, b: string) => string)[] = [
  (a, b) => `@id("${a}") permit (principal == Jit::User::"${b}", action, resource)`,
  (a, b) => `forbid (principal, action == Jit::Action::"${a}", resource in Jit::Account::"${b}")`,
  (a, b) =>
    `@id("${a}")\n// "${b}"\n@advice("${b}") forbid (principal, action in [Jit::Action::"${a}"], resource)`,
  () => '\ufeffpermit (principal, action, resource)',
  () => '\u00a0forbid(principal,action,resource)',
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'request') },
  { weight: 1, arbitrary: fc.constantFrom(...TEXTS) },
);
/** Policies of two shapes. */
const policies = fc
  .array(fc.tuple(fc.constantFrom(...HEADS), fc.constantFrom(...PIECES), fc.constantFrom('when', 'unless')), {
    minLength: 1,
    maxLength: 2,
  })
  .chain((shapes) =>
    fc.array(
      fc
        .tuple(fc.constantFrom(...shapes), text, text, text, text)
        .map(([[head, piece, when], a, b, c, d]) => `${head(a, b)} ${when} { ${piece(c, d)} };`),
      { minLength: 2, maxLength: 8 },
    ),
  );

test('what is read once for several policies is what Cedar reads in each, and says of each', () => {
  const schema = schemaText();
  let shared = 0;
  fc.assert(
    fc.property(policies, (written) => {
      const read = policyReader();
      const forms = new Set<string>();
      const valid = written.flatMap((one, n) => {
        const found = read(one);
        const real = cedar.policyToJson(one);
        expect({ ...found, form: undefined }).toEqual(
          real.type === 'success' ? { json: real.json } : { errors: real.errors },
        );
        if (!('json' in found)) return [];
        if (forms.has(found.form)) shared++;
        forms.add(found.form);
        const piece = { text: one, start: 0, line: n + 1, column: 1 };
        const place = { file: 'a.cedar', whole: one, piece, problems: [], warnings: [] };
        return [{ policy: { text: one }, form: found.form, place, title: `p${n}` }];
      });
      const together = checked(valid, schema);
      const alone = checked(
        valid.map((one, n) => ({ ...one, form: `${n}` })),
        schema,
      );
      expect(together).toEqual(alone);
    }),
    { numRuns: tries(100, 2_000) },
  );
  expect(shared).toBeGreaterThan(20);
});

function checked(policies: Parameters<typeof validate>[0], schema: string) {
  const found: { problems: Problem[]; warnings: Problem[] } = { problems: [], warnings: [] };
  const right = validate(policies, schema, found).map(({ title }) => title);
  // Of several names that are as near, Cedar suggests any.
  const shown = (one: Problem) => JSON.stringify(one).replace(/did you mean .*/, '');
  const sorted = (all: Problem[]) => [...new Set(all.map(shown))].sort();
  return { right, problems: sorted(found.problems), warnings: sorted(found.warnings) };
}

test('a policy for which Cedar has to be asked by itself, since the schema lists the ids that there are', () => {
  const schema = schemaText().replace('entity Group;', 'entity Group; entity Colour enum ["red"];');
  const read = policyReader();
  const drafts = ['red', 'rod'].map((id) => {
    const policy = {
      text: `permit (principal, action, resource) when { Jit::Colour::"${id}" == Jit::Colour::"${id}" };`,
    };
    const found = read(policy.text);
    if (!('json' in found)) throw new Error('it cannot be read');
    const piece = { text: policy.text, start: 0, line: 1, column: 1 };
    const place = { file: 'a.cedar', whole: policy.text, piece, problems: [], warnings: [] };
    return { policy, form: found.form, place, title: id };
  });
  expect(drafts[0]!.form).toBe(drafts[1]!.form);
  const { right, problems } = checked(drafts, schema);
  expect(right).toEqual(['red']);
  expect(problems.join()).toContain('not declared as a valid eid');
});

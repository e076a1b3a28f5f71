import type { Problem } from '../../../ports/policy.js';
import { cedar, guarded, sentence } from '../../cedar/cedar.js';
import { SCHEMA } from '../tree/layout.js';
import { problemOf, type PolicyPlace } from './place.js';

/** A policy that was read, and what messages call it. */
export interface Checkable {
  policy: { text: string };
  /** The same for policies of which Cedar says the same: see `forms.ts`. */
  form: string;
  place: PolicyPlace;
  title: string;
}

interface Found {
  problems: Problem[];
  warnings: Problem[];
}

/**
 * Checks policies against the schema. Cedar is asked about one policy of each form, then about the others of a form in
 * which it has found something.
 * @param found where it goes what Cedar says
 * @returns those in which nothing is wrong
 */
export function validate<T extends Checkable>(policies: readonly T[], schema: string, found: Found): T[] {
  // An id can be wrong by itself where the schema lists those that there are.
  const listsIds = /\benum\b/.test(schema);
  const forms = new Map<string, T[]>();
  for (const one of policies) {
    const form = listsIds ? one.policy.text : one.form;
    const alike = forms.get(form);
    if (alike) alike.push(one);
    else forms.set(form, [one]);
  }
  const wrong = new Set<T>();
  const spokenOf = new Set<T>();
  const ask = (some: readonly T[]): boolean => {
    const answer = check(some, schema, found);
    for (const one of answer?.wrong ?? []) wrong.add(one);
    for (const one of answer?.spokenOf ?? []) spokenOf.add(one);
    return answer !== undefined;
  };
  const groups = [...forms.values()];
  const isAnswered =
    ask(groups.map(([one]) => one!)) &&
    ask(groups.flatMap(([one, ...others]) => (spokenOf.has(one!) ? others : [])));
  return isAnswered ? policies.filter((one) => !wrong.has(one)) : [];
}

/** @returns undefined where Cedar does not judge them */
function check<T extends Checkable>(
  some: readonly T[],
  schema: string,
  { problems, warnings }: Found,
): { wrong: T[]; spokenOf: T[] } | undefined {
  if (some.length === 0) return { wrong: [], spokenOf: [] };
  // By number: an @id that stands twice must not hide a policy from its check.
  const staticPolicies = Object.fromEntries(some.map(({ policy }, n) => [`p${n}`, policy.text]));
  const answer = guarded(() => cedar.validate({ schema, policies: { staticPolicies } }));
  if (answer.type !== 'success') {
    problems.push(...answer.errors.map((error) => ({ file: '*.cedar', message: sentence(error) })));
    return undefined;
  }
  const { validationErrors, validationWarnings, otherWarnings } = answer;
  const of = ({ policyId }: { policyId: string }) => some[Number(policyId.slice(1))]!;
  const problem = (said: (typeof validationErrors)[number]): Problem =>
    problemOf(of(said).place, said.error, of(said).title);
  problems.push(...validationErrors.map(problem));
  warnings.push(...validationWarnings.map(problem));
  warnings.push(...otherWarnings.map((error) => ({ file: SCHEMA, message: sentence(error) })));
  const wrong = validationErrors.map(of);
  return { wrong, spokenOf: [...wrong, ...validationWarnings.map(of)] };
}

import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Call } from '../cedar/entities.js';
import { cedar, guarded, sentence } from '../cedar/cedar.js';

/** What of a policy is put to Cedar by itself: one element of its scope, or one expression. */
export type Probe = Partial<Pick<PolicyJson, 'principal' | 'action' | 'resource'>> & { when?: Expr };

/** What Cedar says of it: true, false, or why it cannot say. */
export type Truth = boolean | { error: string };

/** Cedar never forgets what it has parsed under a name, so all probes take turns with one. */
const NAME = 'jit-probes';
let parsed: { schema: string; probes: readonly Probe[] } | undefined;

/**
 * Puts parts of policies to Cedar, all in one call: each is a permit of its own, and holds if it is satisfied. So whoever
 * explains a decision evaluates nothing himself.
 * @throws where Cedar does not take the question
 */
export function ask(schema: string, call: Call, probes: readonly Probe[]): Truth[] {
  if (probes.length === 0) return [];
  // The same probes as before are not parsed again: a week has 168 hours.
  if (parsed?.probes !== probes || parsed.schema !== schema) {
    const isSchemaParsed = parsed?.schema === schema;
    parsed = undefined;
    const staticPolicies = Object.fromEntries(probes.map((probe, n) => [`p${n}`, policyOf(probe)]));
    if (!isSchemaParsed) must(guarded(() => cedar.preparseSchema(NAME, schema)));
    must(guarded(() => cedar.preparsePolicySet(NAME, { staticPolicies })));
    parsed = { schema, probes };
  }
  const names = { preparsedSchemaName: NAME, preparsedPolicySetId: NAME };
  const answer = guarded(() => cedar.statefulIsAuthorized({ ...call, ...names, validateRequest: true }));
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
  const { reason, errors } = answer.response.diagnostics;
  const holds = new Set(reason);
  const failed = new Map(errors.map(({ policyId, error }) => [policyId, sentence(error)]));
  return probes.map((_, n) => {
    const error = failed.get(`p${n}`);
    return error === undefined ? holds.has(`p${n}`) : { error };
  });
}

function must(
  answer: { type: 'success' } | { type: 'failure'; errors: Parameters<typeof sentence>[0][] },
): void {
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
}

/** An expression as Cedar writes it, on one line. */
export function textOf(when: Expr): string {
  const answer = guarded(() => cedar.policyToText(policyOf({ when })));
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
  return between(answer.text, 'when { ', ' };').replace(/\s+/g, ' ');
}

/** @throws when the text is no policy: none that was loaded */
export function jsonOf(text: string): PolicyJson {
  const answer = guarded(() => cedar.policyToJson(text));
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
  return answer.json;
}

/** An element of a scope as an expression, in words: `principal in Jit::Group::"on-call"`. */
export function scopeText(name: 'principal' | 'resource', json: PolicyJson): string {
  const alone = policyOf({ [name]: json[name] });
  const answer = guarded(() => cedar.policyToText(alone));
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
  const [, inside = ''] = /\((.*)\)/.exec(answer.text.replace(/\s+/g, ' ')) ?? [];
  return name === 'principal'
    ? inside.slice(0, inside.lastIndexOf(', action'))
    : inside.slice(inside.indexOf('resource'));
}

function policyOf({ when, ...scope }: Probe): PolicyJson {
  return {
    effect: 'permit',
    principal: { op: 'All' },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: when === undefined ? [] : [{ kind: 'when', body: when }],
    ...scope,
  };
}

const between = (text: string, from: string, to: string) =>
  text.slice(text.indexOf(from) + from.length, text.lastIndexOf(to));

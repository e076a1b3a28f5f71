import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar, guarded } from '../../cedar/cedar.js';
import { uidOf } from '../../cedar/slices.js';

/**
 * Finds the actions to which a policy could apply: by its scope, and by what is certain of its conditions. Cedar parses
 * the schema anew for each question, 2 ms, so policies that differ only in the names they mention are asked about once.
 * @param schema undefined when it is broken; then only a scope that says so plainly counts
 */
export function actionsOf(
  schema: string | undefined,
): (json: PolicyJson, text: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (json, text) => {
    const { action } = json;
    if (action.op === '==' && 'entity' in action) return new Set([uidOf(action.entity).id]);
    if (schema === undefined) return new Set();
    const form = formOf(json);
    const answer = known.get(form) ?? ask(text, schema);
    known.set(form, answer);
    return answer;
  };
}

/** Knows action groups and `resource is …`. */
function ask(text: string, schema: string): ReadonlySet<string> {
  const envs = guarded(() => cedar.getValidRequestEnvsPolicy(text, schema));
  const names = envs.type === 'success' ? envs.actions : [];
  return new Set(names.map((name) => name.replace(/^Jit::Action::"(.*)"$/, '$1')));
}

/**
 * A policy with numbers for texts and for the ids of entities, which to its types are only the same or not the same.
 * What is given to a function stays: its types tell `duration("1h")` from `duration("soon")`.
 */
function formOf({ principal, action, resource, conditions }: PolicyJson): string {
  const numbers = new Map<string, number>();
  const parts = { principal, action, resource, conditions };
  return JSON.stringify(parts, function (this: { type?: unknown }, key: string, value: unknown) {
    if (Array.isArray(value) && key !== 'conditions' && key !== 'Set') return JSON.stringify(value);
    const named = key === 'Value' || (key === 'id' && this.type !== 'Jit::Action');
    if (!named || typeof value !== 'string') return value;
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return { number };
  });
}

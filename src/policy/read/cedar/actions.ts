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
): (json: PolicyJson, text: string, form: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (json, text, form) => {
    const { action } = json;
    if (action.op === '==' && 'entity' in action) return new Set([uidOf(action.entity).id]);
    if (schema === undefined) return new Set();
    const answer = known.get(form) ?? ask(text, schema);
    known.set(form, answer);
    return answer;
  };
}

/** The actions that a policy's scope names one by one: not those that are in a group, and not all. */
export function namedActions({ action }: Pick<PolicyJson, 'action'>): string[] {
  if ('entities' in action) return action.entities.map((entity) => uidOf(entity).id);
  return 'entity' in action ? [uidOf(action.entity).id] : [];
}

/** Knows action groups and `resource is …`. */
function ask(text: string, schema: string): ReadonlySet<string> {
  const envs = guarded(() => cedar.getValidRequestEnvsPolicy(text, schema));
  const names = envs.type === 'success' ? envs.actions : [];
  return new Set(names.map((name) => name.replace(/^Jit::Action::"(.*)"$/, '$1')));
}

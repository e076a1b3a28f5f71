import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar, guarded, must } from '../cedar/cedar.js';
import { scopeOf } from '../cedar/slices.js';
import type { Policy } from '../policy.js';
import { groupsIn, readsIn } from '../read/cedar/reads.js';

/** A policy that says something else than before, known as well as those of a folder that was read. */
export function withJson(policy: Policy, json: PolicyJson): Policy {
  const { text } = must(guarded(() => cedar.policyToText(json)));
  const { principal, action, resource, conditions } = json;
  const groups = groupsIn(
    [principal, action, resource],
    conditions.map(({ body }) => body),
  );
  return { ...policy, text, scope: scopeOf(json), reads: readsIn(conditions), groups };
}

import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Call } from './entities.js';

/**
 * What a policy's scope asks for, as keys of entities. Absent: anything, or something that only Cedar can judge. It may
 * say too little and never too much: a policy that is handed over in vain costs time, one that is left out could be a forbid.
 */
export interface Scope {
  action?: string;
  /** The principal itself, or something that it must be in. */
  principal?: string;
  resource?: string;
}

/** Policies of a bundle, the only ones whose scope a question can match. As large as that is: a rule for all is in each. */
export interface Slice {
  /** The same for the same policies. */
  key: string;
  ids(): string[];
}

interface Bucket {
  number: number;
  ids: string[];
}

const ANYTHING = '';
// A type's name holds no space.
const keyOf = ({ type, id }: { type: string; id: string }) => `${type} ${id}`;
export const uidOf = (uid: EntityUidJson) => ('__entity' in uid ? uid.__entity : uid);

export function scopeOf({ principal, action, resource }: PolicyJson): Scope {
  const who = entityOf(principal);
  const what = entityOf(resource);
  return {
    ...(who !== undefined && { principal: who }),
    // After `in` may stand a group of actions, and only the schema knows who is in it.
    ...(action.op === '==' && 'entity' in action && { action: keyOf(uidOf(action.entity)) }),
    ...(what !== undefined && { resource: what }),
  };
}

function entityOf(constraint: PolicyJson['principal'] | PolicyJson['resource']): string | undefined {
  switch (constraint.op) {
    case '==':
    case 'in':
      return 'entity' in constraint ? keyOf(uidOf(constraint.entity)) : undefined;
    case 'is':
      return constraint.in && 'entity' in constraint.in ? keyOf(uidOf(constraint.in.entity)) : undefined;
    default:
      return undefined;
  }
}

/** Sorts policies by their scopes. @returns finds the slice of a question, without looking at each policy */
export function slicesOf(policies: Iterable<{ id: string; scope: Scope }>): (call: Call) => Slice {
  const index = new Map<string, Map<string, Map<string, Bucket>>>();
  let count = 0;
  for (const { id, scope } of policies) {
    const { principal = ANYTHING, resource = ANYTHING, action = ANYTHING } = scope;
    const byResource = entry(index, principal, () => new Map<string, Map<string, Bucket>>());
    const byAction = entry(byResource, resource, () => new Map<string, Bucket>());
    entry(byAction, action, () => ({ number: count++, ids: [] })).ids.push(id);
  }
  return ({ principal, action, resource, entities }) => {
    const found: Bucket[] = [];
    const resources = [ANYTHING, ...upwards(resource, entities)];
    const actions = [ANYTHING, keyOf(uidOf(action))];
    for (const who of [ANYTHING, ...upwards(principal, entities)]) {
      const byResource = index.get(who);
      for (const what of byResource ? resources : []) {
        const byAction = byResource?.get(what);
        for (const how of byAction ? actions : []) {
          const bucket = byAction?.get(how);
          if (bucket) found.push(bucket);
        }
      }
    }
    found.sort((a, b) => a.number - b.number);
    return { key: found.map(({ number }) => number).join(' '), ids: () => found.flatMap(({ ids }) => ids) };
  };
}

/** An entity and everything that it is in, by any number of steps. */
function upwards(uid: EntityUidJson, entities: Call['entities']): Set<string> {
  const above = new Set([keyOf(uidOf(uid))]);
  for (const key of above) {
    for (const entity of entities) {
      if (keyOf(uidOf(entity.uid)) !== key) continue;
      for (const parent of entity.parents) above.add(keyOf(uidOf(parent)));
    }
  }
  return above;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Entitlement } from '../../domain/entitlement.js';
import { entitiesIn } from '../read/cedar/literals.js';

/** The scope in a policy's head: `in` and `==` by entity, such as `Group::engineers`; undefined: any person, any thing. */
export interface PolicyScope {
  principal?: Head;
  actions: ReadonlySet<string>;
  resource?: Head;
}
interface Head {
  op: '==' | 'in';
  entity: string;
}

const ON_REQUESTS = ['approve', 'extend', 'revoke', 'audit'];
const ACTIONS = ['request', ...ON_REQUESTS];
/** Which actions a type of resource leaves; every principal is a User. */
const ON: Record<string, string[]> = { Entitlement: ['request'], Request: ON_REQUESTS };

export function scopeOf({ principal, action, resource }: PolicyJson): PolicyScope {
  const named =
    action.op === 'All'
      ? ACTIONS
      : ('entities' in action ? action.entities : 'entity' in action ? [action.entity] : []).map(
          (entity) => idOf(entity).id,
        );
  const left =
    resource.op === 'is' ? named.filter((name) => ON[bare(resource.entity_type)]?.includes(name)) : named;
  const who = headOf(principal);
  const what = headOf(resource);
  return { actions: new Set(left), ...(who && { principal: who }), ...(what && { resource: what }) };
}

function headOf(constraint: PolicyJson['resource']): Head | undefined {
  if (constraint.op === 'All') return undefined;
  const inner = constraint.op === 'is' ? constraint.in : constraint;
  if (!inner || !('entity' in inner)) return undefined;
  const { type, id } = idOf(inner.entity);
  return { op: constraint.op === '==' ? '==' : 'in', entity: `${bare(type)}::${id}` };
}

/** Whether the outer scope matches all that the inner one does, for every membership of groups. */
export function covers(
  outer: PolicyScope,
  inner: PolicyScope,
  entitlements: ReadonlyMap<string, Entitlement>,
): boolean {
  if (inner.actions.size === 0 || [...inner.actions].some((action) => !outer.actions.has(action)))
    return false;
  const within = (head: Head): string[] => {
    const [type, id = ''] = head.entity.split('::', 2);
    const entitlement = type === 'Entitlement' ? entitlements.get(id) : undefined;
    return entitlement ? placesOf(entitlement) : [];
  };
  const holds = (wide: Head | undefined, narrow: Head | undefined): boolean => {
    if (!wide) return true;
    if (!narrow) return false;
    // `in` takes the entity itself too.
    if (wide.entity === narrow.entity) return wide.op === 'in' || narrow.op === '==';
    return wide.op === 'in' && within(narrow).includes(wide.entity);
  };
  return holds(outer.principal, inner.principal) && holds(outer.resource, inner.resource);
}

const placesOf = ({ environment, account }: Entitlement) => [
  `Environment::${environment}`,
  `Account::${account}`,
];

/** The ids of a type that a policy names, in its head and its conditions. */
export function mentioned(json: PolicyJson, type: string): string[] {
  return [
    ...new Set([...entitiesIn(json)].filter((entity) => bare(entity.type) === type).map(({ id }) => id)),
  ];
}

function idOf(entity: EntityUidJson): { type: string; id: string } {
  return 'id' in entity ? entity : entity.__entity;
}

const bare = (type: string) => type.replace(/^Jit::/, '');

import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
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

/** Actions of the schema about which jit asks no policy yet. */
const NOT_YET = ['lockdown', 'lift'];
const ON_REQUESTS = ['approve', 'extend', 'revoke', 'audit', 'review'];
const ACTIONS = ['request', ...ON_REQUESTS];
/** Which actions a type of resource leaves; every principal is a User. */
const ON: Record<string, string[]> = { Entitlement: ['request'], Request: ON_REQUESTS };

export function scopeOf({ principal, action, resource }: PolicyJson): PolicyScope {
  const named = action.op === 'All' ? ACTIONS : namedIn(action);
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

/** Of the actions that a policy names, those about which jit asks no policy yet. */
export const notAsked = ({ action }: Pick<PolicyJson, 'action'>): string[] =>
  namedIn(action).filter((name) => NOT_YET.includes(name));

/** Whether every action that a policy names is one about which jit asks. */
export const isAsked = (json: Pick<PolicyJson, 'action'>): boolean => notAsked(json).length === 0;

function namedIn(action: PolicyJson['action']): string[] {
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  return entities.map((entity) => idOf(entity).id);
}

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

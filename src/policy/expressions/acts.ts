import type { Entitlement } from '../../domain/entitlement.js';
import { approveCall, mayCall, requestCall } from '../cedar/authorization-calls.js';
import { entitlement as entityOf, NOT_YET, type Call, type PolicyFacts } from '../cedar/entities.js';
import type { Parts } from '../policy.js';
import { ABSENT, pathOf, type KnownEntity, type KnownWorld } from './fold.js';
import { valueOf, type Term } from './term.js';
import { keyOf, type CedarValue } from './value.js';

/** Every act of which jit asks policy. */
export const ACTS = ['request', 'approve', 'revoke', 'audit', 'review'] as const;
export type PolicyAct = (typeof ACTS)[number];

/** One thing that may be done, as far as it does not depend on who does it and when. */
export interface ActSubject {
  /** `orders-logs`; of a vote `orders-logs security`. */
  key: string;
  entitlement: Entitlement;
  stage?: string;
  /** Of a vote: of somebody who stands in for another. */
  inPlace?: true;
}

/** Every subject of an act. @param only ids of entitlements; absent: all */
export function subjectsOf(
  act: PolicyAct,
  { entitlements, directory, delegates }: Parts,
  only?: readonly string[],
): ActSubject[] {
  const all = [...entitlements.values()].filter(({ id }) => !only || only.includes(id));
  if (act !== 'approve') return all.map((entitlement) => ({ key: entitlement.id, entitlement }));
  return all.flatMap((entitlement) =>
    directory.stages.flatMap(({ name: stage, delegates: group }) => {
      const own = { key: voteKey(entitlement.id, stage), entitlement, stage };
      const isDelegated = group !== undefined && delegates !== false;
      return isDelegated ? [own, { ...own, key: `${own.key} in place`, inPlace: true as const }] : [own];
    }),
  );
}

export const voteKey = (entitlement: string, stage: string): string => `${entitlement} ${stage}`;

const group = (stage: string): CedarValue => ({ type: 'Jit::Group', id: ` entitled to ${stage}` });

/** What is known of a subject. */
export function worldOf(
  act: PolicyAct,
  { entitlement, stage, inPlace }: ActSubject,
  facts: PolicyFacts,
): KnownWorld {
  const { uid, attrs, parents, tags = {} } = entityOf(entitlement.id, facts);
  const known: KnownEntity = {
    attributes: Object.fromEntries(Object.entries(attrs).map(([name, value]) => [name, valueOf(value)])),
    tags: tags as Record<string, string>,
    above: new Set(parents.map((parent) => keyOf(valueOf({ __entity: uidOf(parent) })))),
  };
  const it: CedarValue = { type: uid.type, id: uid.id };
  const fixed: Record<string, CedarValue | typeof ABSENT> = {
    action: { type: 'Jit::Action', id: act },
    ...(act === 'request'
      ? { resource: it, ...(!facts.directory.emergency && under('context', { emergency: false })) }
      : { 'resource.entitlement': it, ...under('resource', NOT_YET.Request) }),
    ...(stage !== undefined && { 'context.stage': stage, 'context.group': group(stage) }),
    ...(act === 'approve' && !inPlace && { [DELEGATED_BY]: ABSENT }),
  };
  const types: Record<string, string> = {
    principal: 'Jit::User',
    ...(act !== 'request' && { resource: 'Jit::Request', 'resource.requester': 'Jit::User' }),
    ...(inPlace && { [DELEGATED_BY]: 'Jit::User' }),
  };
  return {
    at: (path) => fixed[path.join('.')],
    entity: (value) => (keyOf(value) === keyOf(it) ? known : undefined),
    typeOf: (path) => types[path.join('.')],
    // Only those who are entitled to a stage are asked about, and those who stand in for them.
    isIn: (path, value) =>
      ['principal', DELEGATED_BY].includes(path.join('.')) &&
      stage !== undefined &&
      keyOf(value) === keyOf(group(stage))
        ? true
        : undefined,
  };
}

/** Where policies find for whom somebody stands in. */
const DELEGATED_BY = 'context.delegatedBy';

const under = (
  name: string,
  values: Readonly<Record<string, boolean | number>>,
): Record<string, CedarValue> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, valueOf(value)]));

const uidOf = (of: unknown) => (of as { __entity?: unknown }).__entity ?? of;

/** Where policies find the entitlement. */
export const isEntitlement = (act: PolicyAct, term: Term): boolean =>
  pathOf(term)?.join('.') === (act === 'request' ? 'resource' : 'resource.entitlement');

/** Some question of this act, by which Cedar says what policies are about. */
export function someCall(act: PolicyAct, parts: Parts): Call | undefined {
  const [entitlement] = parts.entitlements.keys();
  if (entitlement === undefined) return undefined;
  const who = { email: 'somebody@example.invalid', groups: [] };
  if (act === 'request') return requestCall({ who, entitlement, duration: 60_000, at: 0 }, parts);
  const requester = { email: 'requester@example.invalid', groups: [] };
  const request = { id: 'some', requester, entitlement, duration: 60_000, approvedBy: [] };
  if (act === 'approve') return approveCall({ who, request, stage: 'some', member: true, at: 0 }, parts);
  return mayCall(act, { who, request, at: 0 }, parts);
}

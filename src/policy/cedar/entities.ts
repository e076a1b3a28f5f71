import type {
  CedarValueJson,
  EntityJson,
  StatefulAuthorizationCall,
  TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Entitlement, Instant, Millis } from '../../domain/entitlement.js';
import type { RequestFacts, Who } from '../../ports/policy.js';
import { isEmail } from '../read/shapes.js';

/** What Cedar is told of people and things: only those that a question is about, since it reads them all each time. */
export interface PolicyFacts {
  entitlements: ReadonlyMap<string, Entitlement>;
  directory: DirectoryConfig;
  /** Attributes of inputs that the schema has, of those that it may leave out; none, if absent. */
  declared?: ReadonlySet<string>;
  /** Whether the schema knows of people who stand in for others; absent: it does. */
  delegates?: boolean;
  /** Whether it knows of emergencies, and of those who review them; absent: it does. */
  emergencies?: boolean;
  /** Whether the schema knows the whole time of an extension, and of votes on extensions; absent: it does. */
  extends?: boolean;
}

type EntityType = 'User' | 'Group' | 'Environment' | 'Account' | 'Entitlement' | 'Request';

/** A question, before it is said by which policies and schema it is to be answered. */
export type Call = Omit<
  StatefulAuthorizationCall,
  'preparsedPolicySetId' | 'preparsedSchemaName' | 'validateRequest'
>;

/** An entity whose id is plain. */
export type Entity = EntityJson & { uid: TypeAndId };

export const uid = (type: EntityType, id: string): TypeAndId => ({ type: `Jit::${type}`, id });
export const ref = (type: EntityType, id: string): CedarValueJson => ({ __entity: uid(type, id) });

/** Throws on an e-mail that could stand for another person: not in lower case, or not well-formed. */
function userId(email: string): string {
  if (!isEmail(email) || email !== emailOf(email)) {
    throw new Error(`${JSON.stringify(email)} is not an e-mail address in lower case`);
  }
  return email;
}

/**
 * A person with their groups. A name that directory.yml does not have is left out: no policy can mention it, and it
 * must not be taken for the synthetic group of a stage.
 */
export function user(who: Who, { directory }: PolicyFacts, also: TypeAndId[] = []): Entity {
  const id = userId(who.email);
  const groups = who.groups.filter((name) => Object.hasOwn(directory.groups, name));
  return {
    uid: uid('User', id),
    attrs: { email: id },
    parents: [...groups.map((name) => uid('Group', name)), ...also],
  };
}

/** Throws when the catalog does not have it: Cedar would take an absent entity for one without attributes. */
export function entitlement(id: string, { entitlements }: PolicyFacts): Entity {
  const found = entitlements.get(id);
  if (!found) throw new Error(`the entitlement ${JSON.stringify(id)} is not in the catalog`);
  return {
    uid: uid('Entitlement', id),
    attrs: {
      kind: found.grant.kind,
      risk: found.risk,
      owners: found.owners.map((name) => ref('Group', name)),
    },
    parents: [uid('Environment', found.environment), uid('Account', found.account)],
    tags: found.tags,
  };
}

/** Of a request from before the schema knew of emergencies nothing is said of one: Cedar would refuse the whole question. */
export function request(facts: RequestFacts, emergencies = true): Entity {
  return {
    uid: uid('Request', facts.id),
    attrs: {
      requester: ref('User', userId(facts.requester.email)),
      entitlement: ref('Entitlement', facts.entitlement),
      approvedBy: facts.approvedBy.map((email) => ref('User', userId(email))),
      requested: cedarDuration(facts.duration),
      ...(facts.emergency && emergencies && { emergency: true }),
      ...(facts.endsAt !== undefined && { endsAt: cedarTime(facts.endsAt) }),
      ...NOT_YET.Request,
      ...(facts.extensions !== undefined && { extensions: facts.extensions }),
    },
    parents: [],
  };
}

/** Names of the groups that own what a question is about. */
export function ownersIn({ entities }: { entities: readonly EntityJson[] }): string[] {
  const owners: unknown[] = entities.flatMap(({ attrs }) =>
    Array.isArray(attrs['owners']) ? attrs['owners'] : [],
  );
  return owners.flatMap((owner) => {
    const { __entity: entity } = owner as { __entity?: TypeAndId };
    return entity?.type === 'Jit::Group' ? [entity.id] : [];
  });
}

/** What the policy tools take a Request for: one that was never extended. */
export const NOT_YET = { Request: { extensions: 0 } } as const;

/** Throws on what is not a length of time. */
export function cedarDuration(duration: Millis): CedarValueJson {
  if (!Number.isSafeInteger(duration) || duration <= 0)
    throw new Error('the duration is not a length of time');
  return { __extn: { fn: 'duration', arg: `${duration}ms` } };
}

/** Throws on what is not an instant. */
export function cedarTime(at: Instant): CedarValueJson {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw new Error('the time is not an instant');
  return { __extn: { fn: 'datetime', arg: date.toISOString() } };
}

/** Cedar's numbers have 64 bits and JavaScript's 53: a larger one would be put to Cedar as another number. */
export function isExact(node: unknown): boolean {
  if (typeof node === 'number') return Number.isSafeInteger(node);
  return typeof node !== 'object' || node === null || Object.values(node).every(isExact);
}

import { randomBytes } from 'node:crypto';
import type { Instant } from '../../domain/entitlement.js';
import type { PolicyDocument } from './policy/documents.js';

/** An IAM user or role as the double keeps it. Policies are kept as the text that was sent. */
export interface IamIdentity {
  type: 'user' | 'role';
  account: string;
  name: string;
  path: string;
  arn: string;
  id: string;
  createdAt: Instant;
  inline: Map<string, string>;
  /** ARNs of managed policies. */
  attached: string[];
  /** ARN of a managed policy. */
  boundary?: string;
  tags: Record<string, string>;
  /** Roles only. */
  trust: string;
  /** Roles only; seconds. */
  maxSession: number;
}

/** A role session. */
export interface Session {
  keys: Keys & { sessionToken: string };
  role: IamIdentity;
  name: string;
  arn: string;
  issuedAt: Instant;
  expiresAt: Instant;
  /** Session policies, inline and managed; absent: none were passed. */
  policies?: SessionPolicy[];
  /** Scope-down policies, of which each narrows what the ones before leave; absent: none. */
  scopes?: SessionPolicy[];
  /** The access key that these keys were made with, by `GetScopedCredentials`. */
  madeWith?: string;
  tags: Record<string, string>;
  transitive: string[];
  sourceIdentity?: string;
}
export interface SessionPolicy {
  name: string;
  text: string;
}
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Who makes a call. */
export type AwsCaller = { identity: IamIdentity; session?: Session };

interface Common {
  account: string;
  name: string;
  /** (`/`) */
  path?: string;
  inline?: Record<string, PolicyDocument>;
  attached?: string[];
  boundary?: string;
  tags?: Record<string, string>;
}
export type UserSpec = Common;
export interface RoleSpec extends Common {
  trust: PolicyDocument;
  /** Seconds (3,600). */
  maxSession?: number;
}
export interface ManagedPolicySpec {
  account: string;
  name: string;
  path?: string;
  document: PolicyDocument;
}

/** Everything that this little AWS knows, of all its accounts. */
export interface World {
  now: () => Instant;
  identities: Map<string, IamIdentity>;
  managed: Map<string, string>;
  users: Map<string, { keys: Keys; user: IamIdentity }>;
  sessions: Map<string, Session>;
}

export function emptyWorld(now: () => Instant): World {
  return { now, identities: new Map(), managed: new Map(), users: new Map(), sessions: new Map() };
}

export function addUser(world: World, spec: UserSpec): { arn: string; keys: Keys } {
  const user = addIdentity(world, 'user', spec);
  const keys = newKeys('AKIA');
  world.users.set(keys.accessKeyId, { keys, user });
  return { arn: user.arn, keys };
}

export function addRole(world: World, spec: RoleSpec): string {
  const role = addIdentity(world, 'role', spec);
  role.trust = JSON.stringify(spec.trust);
  role.maxSession = spec.maxSession ?? 3600;
  return role.arn;
}

export function addManagedPolicy(world: World, spec: ManagedPolicySpec): string {
  const arn = `arn:aws:iam::${spec.account}:policy${spec.path ?? '/'}${spec.name}`;
  world.managed.set(arn, JSON.stringify(spec.document));
  return arn;
}

function addIdentity(world: World, type: 'user' | 'role', spec: Common): IamIdentity {
  if (find(world, type, spec.account, spec.name)) throw new Error(`${type} ${spec.name} exists already`);
  const path = spec.path ?? '/';
  const identity: IamIdentity = {
    type,
    account: spec.account,
    name: spec.name,
    path,
    arn: `arn:aws:iam::${spec.account}:${type}${path}${spec.name}`,
    id: (type === 'user' ? 'AIDA' : 'AROA') + random(17),
    createdAt: world.now(),
    inline: new Map(Object.entries(spec.inline ?? {}).map(([name, doc]) => [name, JSON.stringify(doc)])),
    attached: spec.attached ?? [],
    tags: spec.tags ?? {},
    trust: '',
    maxSession: 0,
    ...(spec.boundary !== undefined && { boundary: spec.boundary }),
  };
  world.identities.set(identity.arn, identity);
  return identity;
}

/** Names of users and roles differ from one another without regard to case. */
export function find(
  world: World,
  type: 'user' | 'role',
  account: string,
  name: string,
): IamIdentity | undefined {
  return [...world.identities.values()].find(
    (one) => one.type === type && one.account === account && one.name.toLowerCase() === name.toLowerCase(),
  );
}

/** Whose key this is; undefined when nobody's, `expired` when a session's that has ended. */
export function callerOf(world: World, accessKeyId: string): AwsCaller | 'expired' | undefined {
  const user = world.users.get(accessKeyId)?.user;
  if (user) return world.identities.get(user.arn) === user ? { identity: user } : undefined;
  const session = world.sessions.get(accessKeyId);
  if (!session || world.identities.get(session.role.arn) !== session.role) return undefined;
  return world.now() < session.expiresAt ? { identity: session.role, session } : 'expired';
}

/** What GetCallerIdentity says. */
export function arnOf(caller: AwsCaller): string {
  return caller.session?.arn ?? caller.identity.arn;
}

function newKeys(prefix: 'AKIA' | 'ASIA'): Keys {
  return { accessKeyId: prefix + random(16), secretAccessKey: randomBytes(30).toString('base64') };
}

export function newSessionKeys(): Session['keys'] {
  return { ...newKeys('ASIA'), sessionToken: randomBytes(96).toString('base64') };
}

function random(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(length), (byte) => letters[byte % 32]).join('');
}

import type { Instant, JsonObject } from '../../domain/entitlement.js';
import { callerOf, type World } from './world.js';

interface Policy {
  name: string;
  document: JsonObject;
}
/** A user or a role, with its inline policies. */
export interface PrincipalRecord {
  type: 'user' | 'role';
  account: string;
  name: string;
  path: string;
  arn: string;
  policies: Policy[];
}
/** A session that has not expired. Without its secrets. */
export interface SessionRecord {
  accessKeyId: string;
  arn: string;
  /** ARN. */
  role: string;
  issuedAt: Instant;
  expiresAt: Instant;
  /** The access key that these keys were made with. */
  madeWith?: string;
  sourceIdentity?: string;
  tags: Record<string, string>;
  /** Session policies, inline and managed, and those that narrow it further. */
  policies: Policy[];
}

/** All users and roles, in the order in which they were added. */
export function principalsOf(world: World): PrincipalRecord[] {
  return [...world.identities.values()].map(({ type, account, name, path, arn, inline }) => {
    const policies = [...inline].map(([name, text]) => policy(name, text));
    return { type, account, name, path, arn, policies };
  });
}

/** The sessions that AWS would still know, oldest first. */
export function sessionsOf(world: World): SessionRecord[] {
  const live = [...world.sessions.values()].filter(
    ({ keys }) => typeof callerOf(world, keys.accessKeyId) === 'object',
  );
  return live.map(
    ({
      keys,
      arn,
      role,
      issuedAt,
      expiresAt,
      sourceIdentity,
      tags,
      policies = [],
      scopes = [],
      madeWith,
    }) => ({
      accessKeyId: keys.accessKeyId,
      arn,
      role: role.arn,
      issuedAt,
      expiresAt,
      ...(madeWith !== undefined && { madeWith }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      tags: { ...tags },
      policies: [...policies, ...scopes].map(({ name, text }) => policy(name, text)),
    }),
  );
}

/** Without those whose keys nobody holds: others were made with them, and live. */
export function heldSessions(sessions: readonly SessionRecord[]): SessionRecord[] {
  return sessions.filter(({ accessKeyId }) => !sessions.some(({ madeWith }) => madeWith === accessKeyId));
}

/** Only what could be read as a policy was ever taken. */
function policy(name: string, text: string): Policy {
  return { name, document: JSON.parse(text) as JsonObject };
}

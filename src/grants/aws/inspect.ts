import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { pin, type Entitlement, type Millis, type Principal } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { GrantFault } from '../../ports/access.js';
import type { Aws } from './client.js';
import { within } from '../../kit/deadline.js';
import { REVOKE_ALL, revokedUntil, type SessionConfig } from './documents.js';
import { codeOf } from './faults.js';
import { getInline, listInline, type Place } from './inline.js';
import { assumption } from '../sts-session/provisioner.js';

/** Why AWS did not do it. Of AWS's own text only the names of rights: the rest may hold what nobody should read. */
export interface AwsRefusal {
  code: string;
  /** The right that was missing: `sts:TagSession`. */
  action?: string;
  /** Whose policy lacks it, where AWS says so. */
  lacking?: 'identity' | 'resource';
}
export type Tried<T> = T | { refused: AwsRefusal };

/** The end of a session that may do nothing: past from the start. */
const ENDED = 0;
const LIMIT: Millis = 10_000;

/** Whose credentials these are. */
export async function callerIdentity({ sts }: Aws): Promise<Tried<{ account: string; arn: string }>> {
  return tried(async (abortSignal) => {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    return { account: Account, arn: Arn };
  });
}

/** Whether IAM of that account can be reached: for another account, by its management role. */
export async function reach(aws: Aws, account: string): Promise<Tried<{ reached: true }>> {
  return tried(async (signal) => {
    await aws.iam(account, signal);
    return { reached: true };
  });
}

/** The role of an `sts-session`. */
export function roleOf({ grant }: Entitlement): string {
  return (grant.config as SessionConfig).roleArn;
}

/**
 * Opens a session as for a person's grant: the same tags, source identity and session policy, which denies everything
 * since its end is past. The credentials are thrown away here.
 */
export async function tryRole(aws: Aws, entitlement: Entitlement): Promise<Tried<{ assumed: true }>> {
  const grant: Grant = {
    requestId: 'doctor',
    requester: { email: 'doctor@jit.invalid', account: { provider: '', tenant: '', id: '' } },
    entitlement: entitlement.id,
    grant: pin(entitlement),
    lease: { startsAt: ENDED, endsAt: ENDED },
    settledBy: ENDED,
  };
  return tried(async (abortSignal) => {
    await aws.sts.send(new AssumeRoleCommand(assumption(grant, ENDED, aws.externalId(entitlement.account))), {
      abortSignal,
    });
    return { assumed: true };
  });
}

/** Whether the role has the policy that `full-role.ts` falls back on. `other`: one of that name, not of jit's wording. */
export async function readyToRevoke(
  aws: Aws,
  account: string,
  role: string,
): Promise<Tried<{ revokeAll: 'ready' | 'other' | 'absent' }>> {
  return tried(async (signal) => {
    const place = {
      iam: await aws.iam(account, signal),
      principal: { type: 'role', name: role },
      signal,
    } as const;
    const found = await getInline(place, REVOKE_ALL);
    if (found === undefined) return { revokeAll: 'absent' };
    return { revokeAll: revokedUntil(found) === undefined ? 'other' : 'ready' };
  });
}

/**
 * What an `iam-policy` grant reads of a person's principal, and whether it stands under a permissions boundary, for
 * which jit itself needs no right.
 */
export async function readPrincipal(
  aws: Aws,
  account: string,
  principal: Principal,
): Promise<Tried<{ boundary: 'set' | 'none' | 'unread' }>> {
  return tried(async (signal) => {
    const iam = await aws.iam(account, signal);
    const place = { iam, principal, signal };
    await listInline(place);
    await getInline(place, 'jit-doctor');
    return { boundary: await boundaryOf(place) };
  });
}

async function boundaryOf({ iam, principal, signal }: Place): Promise<'set' | 'none' | 'unread'> {
  const { type, name } = principal;
  try {
    const found =
      type === 'user'
        ? (await iam.send(new GetUserCommand({ UserName: name }), { abortSignal: signal })).User
        : (await iam.send(new GetRoleCommand({ RoleName: name }), { abortSignal: signal })).Role;
    return found?.PermissionsBoundary?.PermissionsBoundaryArn === undefined ? 'none' : 'set';
  } catch {
    return 'unread';
  }
}

async function tried<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Tried<T>> {
  try {
    return await within(LIMIT, work);
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}

// "… is not authorized to perform: sts:TagSession on resource: … because no identity-based policy allows …"
function refusalOf(error: unknown): AwsRefusal {
  if (error instanceof GrantFault) {
    const [action] = /^(?:iam|sts):\w+/.exec(error.hint) ?? [];
    return { code: error.code, ...(action !== undefined && { action }) };
  }
  const text = error instanceof Error ? error.message : '';
  const [, action] = /not authorized to perform: ((?:iam|sts):\w+)/.exec(text) ?? [];
  const [, lacking] = /because no (identity|resource)-based policy/.exec(text) ?? [];
  return {
    code: codeOf(error),
    ...(action !== undefined && { action }),
    ...(lacking !== undefined && { lacking: lacking as 'identity' | 'resource' }),
  };
}

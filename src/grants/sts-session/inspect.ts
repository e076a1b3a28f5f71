import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { pin, type Entitlement } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { Aws } from '../aws/client.js';
import { getInline } from '../aws/inline.js';
import { tried, type Tried } from '../aws/inspect.js';
import type { SessionConfig } from './documents.js';
import { assumption } from './provisioner.js';
import { REVOKE_ALL, revokedUntil } from './revocation.js';

/** The end of a session that may do nothing: past from the start. */
const ENDED = 0;

/** The role whose sessions it opens. */
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

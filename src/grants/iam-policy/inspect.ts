import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';
import type { Principal } from '../../domain/entitlement.js';
import type { Aws } from '../aws/client.js';
import { getInline, listInline, type PrincipalPlace } from '../aws/inline.js';
import { tried, type Tried } from '../aws/inspect.js';

/**
 * What a grant reads of a person's principal, and whether it stands under a permissions boundary, for
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

async function boundaryOf({ iam, principal, signal }: PrincipalPlace): Promise<'set' | 'none' | 'unread'> {
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

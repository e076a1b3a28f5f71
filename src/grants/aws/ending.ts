import type { IAMClient } from '@aws-sdk/client-iam';
import { canonical } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { GrantFault } from '../../ports/access.js';
import type { Aws } from './client.js';
import { toFault } from './faults.js';

/**
 * Does in IAM what ends a grant: by the way into its account that is in force, and where that leads nowhere by the one
 * that was in force when it was approved. An account that was taken out of `directory.yml` is reached by what the grant
 * keeps. Only for ending: whatever gives goes by what is in force, and by nothing else.
 */
export async function toEnd<T>(
  aws: Aws,
  { grant: { account }, access }: Pick<Grant, 'grant' | 'access'>,
  signal: AbortSignal,
  work: (iam: IAMClient) => Promise<T>,
): Promise<T> {
  const faults: GrantFault[] = [];
  const enter = async (by: Parameters<Aws['iam']>[2]): Promise<IAMClient | undefined> => {
    try {
      return await aws.iam(account, signal, by);
    } catch (error) {
      faults.push(toFault(error, `IAM in account ${account}`));
      return undefined;
    }
  };
  for (const by of isInForce(aws, account, access) ? [undefined] : [undefined, { access }]) {
    const iam = await enter(by);
    if (!iam) continue;
    try {
      return await work(iam);
    } catch (error) {
      const fault = toFault(error, `IAM in account ${account}`);
      // What another try may cure is no reason to take another way.
      if (!fault.permanent) throw fault;
      faults.push(fault);
    }
  }
  throw told(faults);
}

function isInForce(aws: Aws, account: string, access: Grant['access']): boolean {
  try {
    return canonical(aws.access(account)) === canonical(access);
  } catch {
    // No policies are in force at all.
    return false;
  }
}

const OURS = ['UnknownAccount', 'WrongAccount'];

/** Whether jit knows no way into the account. */
export function isOutOfReach(fault: unknown): boolean {
  return fault instanceof GrantFault && OURS.includes(fault.code);
}

/** Of what was wrong with each way: what may pass, else what AWS said, else what is wrong with directory.yml. */
function told(faults: GrantFault[]): GrantFault {
  const fault =
    faults.find(({ permanent }) => !permanent) ?? faults.find((one) => !isOutOfReach(one)) ?? faults[0]!;
  // AWS has not refused: directory.yml may be put right at any moment.
  return isOutOfReach(fault) ? new GrantFault(fault.code, fault.hint, false) : fault;
}

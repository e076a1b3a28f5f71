import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Millis } from '../../domain/entitlement.js';
import { GrantFault } from '../../ports/access.js';
import type { Aws } from './client.js';
import { within } from '../../kit/deadline.js';
import { codeOf } from './faults.js';

/** Why AWS did not do it. Of AWS's own text only the names of rights: the rest may hold what nobody should read. */
export interface AwsRefusal {
  code: string;
  /** The right that was missing: `sts:TagSession`. */
  action?: string;
  /** Whose policy lacks it, where AWS says so. */
  lacking?: 'identity' | 'resource';
}
export type Tried<T> = T | { refused: AwsRefusal };

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

/** What the work found, or why AWS did not do it. */
export async function tried<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Tried<T>> {
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

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Millis } from '../../domain/entitlement.js';
import { GrantFault } from '../../ports/access.js';
import { patience, type Aws } from './client.js';
import { within } from '../../kit/deadline.js';
import { wrong, type Diagnosis } from '../../kit/diagnosis.js';
import { codeOf } from './faults.js';

/** Why AWS did not do it. Of AWS's own text only the names of rights: the rest may hold secrets. */
export interface AwsRefusal {
  code: string;
  /** The right that was missing: `sts:TagSession`. */
  action?: string;
  /** Whose policy lacks it, where AWS says so. */
  lacking?: 'identity' | 'resource';
}
export type Tried<T> = T | { refused: AwsRefusal };

const LIMIT: Millis = 10_000;

/** Whose credentials the checks are made with. */
export interface Caller {
  account: string;
  arn: string;
}

/** No right is needed to ask: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function callerIdentity({ sts }: Pick<Aws, 'sts'>): Promise<Tried<Caller>> {
  return tried(async (abortSignal) => {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    return { account: Account, arn: Arn };
  });
}

/** Who calls, as STS knows the credentials of the SDK's own environment. @returns the ARN, or the error's name */
export async function callerArn(): Promise<{ arn: string } | { error: string }> {
  const sts = new STSClient({
    maxAttempts: 3,
    requestHandler: patience(),
  });
  const said = await callerIdentity({ sts });
  sts.destroy();
  if ('refused' in said) return { error: said.refused.code };
  return said.arn ? { arn: said.arn } : { error: 'NoAnswer' };
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

/** AWS could not be asked, or not with these credentials. */
export function awsAway(what: string, { code }: AwsRefusal): Diagnosis[] {
  switch (code) {
    case 'CredentialsProviderError':
      return wrong(
        `${what}: no AWS credentials were found`,
        'give this process a role, AWS_PROFILE, or keys',
      );
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClient':
    case 'ExpiredToken':
      return wrong(`${what}: AWS does not accept these credentials (${code})`, 'renew them');
    default:
      return wrong(
        `${what}: no answer (${code})`,
        'check that this machine reaches AWS, and try again in a minute',
      );
  }
}

/** As a trust policy names the caller. STS leaves out the path of a role. */
export function principalOf({ arn }: Caller): string {
  const [, account, role] = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `the role ${role} of account ${account} (its ARN, with its path)`;
}

export function nameOf({ arn }: Caller): string {
  const [, name] = /assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return name === undefined ? arn : `the role ${name}`;
}

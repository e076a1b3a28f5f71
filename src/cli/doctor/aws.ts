import type { DirectoryConfig } from '../../domain/directory.js';
import type { Millis } from '../../domain/entitlement.js';
import type { Aws } from '../../grants/aws/client.js';
import { callerIdentity, reach, type Tried } from '../../grants/aws/inspect.js';
import { awsAway, nameOf, principalOf, type Caller } from '../../grants/aws/inspect.js';
import { counted, eachOf, failed, type Diagnosis, type Examined } from '../../kit/diagnosis.js';

/** Further apart, and jit grants nothing. */
const TOLERANCE: Millis = 5_000;

export function judgeIdentity(said: Awaited<ReturnType<typeof callerIdentity>>): Examined<Caller> {
  if ('refused' in said) return { problems: [awsAway('sts:GetCallerIdentity', said.refused)] };
  return { value: said, about: said.arn };
}

/** @param skew this machine's clock minus AWS's */
export function judgeClock(skew: Millis | undefined): Examined<true> {
  if (skew === undefined)
    return failed(
      'AWS did not say what time it is',
      'check that this machine reaches STS (AWS_ENDPOINT_URL_STS), and try again',
    );
  const seconds = (Math.abs(skew) / 1000).toFixed(1);
  if (Math.abs(skew) > TOLERANCE)
    return failed(
      `this machine’s clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} AWS’s: jit grants nothing with it`,
      'let NTP set it (chrony, systemd-timesyncd; on EC2 169.254.169.123)',
    );
  return { value: true, about: `${seconds} s from AWS’s` };
}

/** Whether each management role in directory.yml can be assumed. */
export async function accounts(
  aws: Aws,
  caller: Caller,
  directory: DirectoryConfig,
): Promise<Examined<true>> {
  const named = Object.entries(directory.accounts);
  if (named.length === 0) return { skipped: 'directory.yml names no other account' };
  const problems = await eachOf(named, async ([account, entry]) =>
    judgeAccount(account, entry, await reach(aws, account), caller),
  );
  return { problems: problems.flat(), value: true, about: counted(named.length, 'account') };
}

export function judgeAccount(
  account: string,
  { manageRoleArn: role, externalId }: DirectoryConfig['accounts'][string],
  tried: Tried<{ reached: true }>,
  caller: Caller,
): Diagnosis[] {
  if (!('refused' in tried)) return [];
  const { code } = tried.refused;
  if (code === 'WrongAccount')
    return [
      {
        what: `account ${account}: ${role} is in another account`,
        fix: 'correct manageRoleArn in directory.yml',
      },
    ];
  if (code !== 'AccessDenied')
    return [awsAway(`account ${account}: sts:AssumeRole of ${role}`, tried.refused)];
  const condition =
    externalId === undefined
      ? 'and ask for no sts:ExternalId (directory.yml gives none)'
      : 'and ask for the very sts:ExternalId that directory.yml gives';
  return [
    {
      what: `account ${account}: ${role} cannot be assumed`,
      fix: `let its trust policy name ${principalOf(caller)} with sts:AssumeRole, ${condition}; and allow ${nameOf(caller)} sts:AssumeRole on it`,
    },
  ];
}

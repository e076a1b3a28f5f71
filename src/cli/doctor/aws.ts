import type { DirectoryConfig } from '../../domain/directory.js';
import type { Millis } from '../../domain/entitlement.js';
import type { Aws } from '../../grants/aws/client.js';
import { callerIdentity, reach, type AwsRefusal, type Tried } from '../../grants/aws/inspect.js';
import { counted, eachOf, failed, type Finding, type Found } from './step.js';

/** Whose credentials the checks are made with. */
export interface Bot {
  account: string;
  arn: string;
}

/** Further apart, and jit grants nothing. */
const TOLERANCE: Millis = 5_000;

export function judgeIdentity(said: Awaited<ReturnType<typeof callerIdentity>>): Found<Bot> {
  if ('refused' in said) return { problems: [awsAway('sts:GetCallerIdentity', said.refused)] };
  return { value: said, about: said.arn };
}

/** @param skew this machine's clock minus AWS's */
export function judgeClock(skew: Millis | undefined): Found<true> {
  if (skew === undefined)
    return failed(
      'AWS did not say what time it is',
      'check the way to STS (AWS_ENDPOINT_URL_STS), and try again',
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
export async function accounts(aws: Aws, bot: Bot, directory: DirectoryConfig): Promise<Found<true>> {
  const named = Object.entries(directory.accounts);
  if (named.length === 0) return { skipped: 'directory.yml names no other account' };
  const problems = await eachOf(named, async ([account, entry]) =>
    judgeAccount(account, entry, await reach(aws, account), bot),
  );
  return { problems: problems.flat(), value: true, about: counted(named.length, 'account') };
}

export function judgeAccount(
  account: string,
  { manageRoleArn: role, externalId }: DirectoryConfig['accounts'][string],
  tried: Tried<{ reached: true }>,
  bot: Bot,
): Finding[] {
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
      fix: `let its trust policy name ${principalOf(bot)} with sts:AssumeRole, ${condition}; and allow ${nameOf(bot)} sts:AssumeRole on it`,
    },
  ];
}

/** AWS could not be asked, or not with these credentials. */
export function awsAway(what: string, { code }: AwsRefusal): Finding {
  switch (code) {
    case 'CredentialsProviderError':
      return {
        what: `${what}: there are no AWS credentials`,
        fix: 'give this process a role, AWS_PROFILE, or keys',
      };
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClient':
    case 'ExpiredToken':
      return { what: `${what}: AWS does not accept these credentials (${code})`, fix: 'renew them' };
    default:
      return { what: `${what}: no answer (${code})`, fix: 'check the way to AWS, and try again in a minute' };
  }
}

/** As a trust policy names it. STS leaves out the path of a role. */
export function principalOf({ arn }: Bot): string {
  const [, account, role] = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `the role ${role} of account ${account} (its ARN, with its path)`;
}

export function nameOf({ arn }: Bot): string {
  const [, name] = /assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return name === undefined ? arn : `the role ${name}`;
}

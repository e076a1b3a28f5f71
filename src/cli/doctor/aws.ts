import type { DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Millis, Principal } from '../../domain/entitlement.js';
import type { Aws } from '../../grants/aws/client.js';
import { awsAway, nameOf, principalOf, reach, type Caller, type Tried } from '../../grants/aws/inspect.js';
import type { LambdaQuota } from '../../grants/aws/lambda-quota.js';
import type { KindDoctor } from '../../grants/parts.js';
import { counted, eachOf, failed, wrong, type Diagnosis, type Examined } from '../../kit/diagnosis.js';
import { principalOf as principalIn } from '../../people/principal.js';
import type { Bundle } from '../../ports/policy.js';
import { emailsOf } from './slack/people.js';

/** Further apart, and jit grants nothing. */
const TOLERANCE: Millis = 5_000;

export function judgeIdentity(said: Tried<Caller>): Examined<Caller> {
  if ('refused' in said) return { problems: awsAway('sts:GetCallerIdentity', said.refused) };
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
    return wrong(
      `account ${account}: ${role} is in another account`,
      'correct manageRoleArn in directory.yml',
    );
  if (code !== 'AccessDenied') return awsAway(`account ${account}: sts:AssumeRole of ${role}`, tried.refused);
  const condition =
    externalId === undefined
      ? 'and ask for no sts:ExternalId (directory.yml gives none)'
      : 'and ask for the very sts:ExternalId that directory.yml gives';
  return wrong(
    `account ${account}: ${role} cannot be assumed`,
    `let its trust policy name ${principalOf(caller)} with sts:AssumeRole, ${condition}; and allow ${nameOf(caller)} sts:AssumeRole on it`,
  );
}

/** What the doctor of a grant kind says of the catalog's entitlements of that kind. */
export async function examineKind(
  [kind, doctor]: readonly [name: string, KindDoctor],
  aws: Aws,
  caller: Caller,
  { entitlements: all, directory }: Bundle,
): Promise<Examined<true>> {
  const entitlements = [...all.values()].filter(({ grant }) => grant.kind === kind);
  if (entitlements.length === 0) return { skipped: `the catalog has no ${kind}` };
  return doctor.examine({ aws, caller, entitlements, principals: principalsIn(directory) });
}

/** Those that are written down go first: a template may give names that no principal has. */
export function principalsIn(directory: DirectoryConfig): Principal[] {
  const named = Object.entries(directory.people).filter(([, { iamUser, iamRole }]) => iamUser ?? iamRole);
  const emails = new Set([...named.map(([email]) => emailOf(email)), ...emailsOf(directory)]);
  const all = [...emails].map((email) => principalIn(email, directory));
  return all.filter((principal) => typeof principal !== 'string');
}

/** What AWS keeps for functions that have nothing set apart (docs.aws.amazon.com/lambda, configuration-concurrency). */
const KEPT = 100;
/** What `serverless.yml` names: far more than a workspace needs, as a call takes a tenth of a second. */
const ENOUGH = 20;
/** Below, a flood of calls from outside can leave no place to the functions that end access. */
const ROOMY = 500;

/** What fits of `slackConcurrency`, for whom jit runs on Lambda; elsewhere nothing follows from it. */
export function judgeQuota(said: Tried<LambdaQuota>): Examined<true> {
  if ('refused' in said) {
    if (said.refused.code === 'AccessDenied')
      return {
        skipped: 'these credentials lack lambda:GetAccountSettings; only a deployment on AWS needs it',
      };
    return { warnings: awsAway('lambda:GetAccountSettings', said.refused), value: true };
  }
  const { atOnce, unreserved } = said;
  const small = `only ${atOnce} functions may run at once in this account: a flood of calls from outside could keep jit from ending access`;
  const fits = Math.max(0, unreserved - KEPT);
  if (fits >= ENOUGH)
    return {
      value: true,
      about: `${atOnce} at once, ${unreserved} of them unreserved: slackConcurrency may be up to ${fits}, and ${ENOUGH} is plenty`,
      warnings: atOnce < ROOMY ? wrong(small, `deploy with --param slackConcurrency=${ENOUGH}`) : [],
    };
  const more = `ask AWS for more, which costs nothing (Service Quotas → AWS Lambda → Concurrent executions, L-B99A9384); then deploy with --param slackConcurrency=${ENOUGH}`;
  const nothing = fits === 0 ? 'none can be reserved' : `only ${fits} can be reserved`;
  return {
    value: true,
    about: `${atOnce} at once, ${unreserved} of them unreserved`,
    warnings: wrong(small, `leave slackConcurrency out, since ${nothing}; ${more}`),
  };
}

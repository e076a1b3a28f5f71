import type { LambdaQuota } from '../../grants/aws/lambda-quota.js';
import type { Tried } from '../../grants/aws/inspect.js';
import { awsAway } from '../../grants/aws/inspect.js';
import type { Examined } from '../../kit/diagnosis.js';

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
    return { warnings: [awsAway('lambda:GetAccountSettings', said.refused)], value: true };
  }
  const { atOnce, unreserved } = said;
  const fits = Math.max(0, unreserved - KEPT);
  if (fits >= ENOUGH)
    return {
      value: true,
      about: `${atOnce} at once, ${unreserved} of them unreserved: slackConcurrency may be up to ${fits}, and ${ENOUGH} is plenty`,
      warnings: atOnce < ROOMY ? [small(atOnce, `deploy with --param slackConcurrency=${ENOUGH}`)] : [],
    };
  const more = `ask AWS for more, which costs nothing (Service Quotas → AWS Lambda → Concurrent executions, L-B99A9384); then deploy with --param slackConcurrency=${ENOUGH}`;
  const nothing = fits === 0 ? 'none can be reserved' : `only ${fits} can be reserved`;
  return {
    value: true,
    about: `${atOnce} at once, ${unreserved} of them unreserved`,
    warnings: [small(atOnce, `leave slackConcurrency out, since ${nothing}; ${more}`)],
  };
}

function small(atOnce: number, fix: string) {
  return {
    what: `only ${atOnce} functions may run at once in this account: a flood of calls from outside could keep jit from ending access`,
    fix,
  };
}

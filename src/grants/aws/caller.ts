import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Millis } from '../../domain/entitlement.js';
import { within } from '../../kit/deadline.js';
import { codeOf } from './faults.js';

const LIMIT: Millis = 10_000;

/**
 * Who calls, as STS knows the credentials of the SDK's own environment. No right is needed to ask:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @returns the ARN, or the error's name
 */
export async function callerArn(): Promise<{ arn: string } | { error: string }> {
  const sts = new STSClient({ maxAttempts: 3 });
  try {
    const { Arn: arn } = await within(LIMIT, (abortSignal) =>
      sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    return arn ? { arn } : { error: 'NoAnswer' };
  } catch (error) {
    return { error: codeOf(error) };
  } finally {
    sts.destroy();
  }
}

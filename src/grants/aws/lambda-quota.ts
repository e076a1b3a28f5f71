import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Millis } from '../../domain/entitlement.js';
import { within } from '../../kit/deadline.js';
import { codeOf } from './faults.js';
import type { AwsRefusal, Tried } from './inspect.js';

const LIMIT: Millis = 10_000;

/** How many functions may run at once in this account and region. */
export interface LambdaQuota {
  atOnce: number;
  /** Of those, what is not set apart for single functions. */
  unreserved: number;
}

/** Asks Lambda, at the endpoint of the SDK's own environment. */
export async function lambdaQuota(): Promise<Tried<LambdaQuota>> {
  const client = new LambdaClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
  try {
    const { AccountLimit } = await within(LIMIT, (abortSignal) =>
      client.send(new GetAccountSettingsCommand({}), { abortSignal }),
    );
    const { ConcurrentExecutions: atOnce, UnreservedConcurrentExecutions: unreserved } = AccountLimit ?? {};
    if (atOnce === undefined) return { refused: { code: 'NoLimit' } satisfies AwsRefusal };
    return { atOnce, unreserved: unreserved ?? atOnce };
  } catch (error) {
    return { refused: { code: codeOf(error) } };
  } finally {
    client.destroy();
  }
}

import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { patience } from './client.js';
import { tried, type Tried } from './inspect.js';

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
    requestHandler: patience(),
  });
  const said = await tried<Tried<LambdaQuota>>(async (abortSignal) => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}), { abortSignal });
    const { ConcurrentExecutions: atOnce, UnreservedConcurrentExecutions: unreserved } = AccountLimit ?? {};
    if (atOnce === undefined) return { refused: { code: 'NoLimit' } };
    return { atOnce, unreserved: unreserved ?? atOnce };
  });
  client.destroy();
  return said;
}

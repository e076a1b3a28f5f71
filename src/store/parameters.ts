import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsAgents } from '../kit/outbound/index.js';

/** For repeated reads: one client, which keeps its connection. */
export function parameterClient(): SSMClient {
  return new SSMClient({
    maxAttempts: 3,
    // A person may be waiting for it, three seconds at most.
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 800,
      throwOnRequestTimeout: true,
      ...awsAgents(),
    },
  });
}

/**
 * Reads a SecureString of SSM's Parameter Store, decrypted.
 * @param name the parameter's name: `/jit/slack-bot-token`
 * @throws with the name and AWS's error name, never with a value
 */
export async function secureString(name: string, client = parameterClient()): Promise<string> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (!Parameter?.Value) throw new Error('it is empty');
    if (Parameter.Type !== 'SecureString') throw new Error('it is not a SecureString: store it encrypted');
    return Parameter.Value;
  } catch (error) {
    const why = error instanceof Error ? (error.name === 'Error' ? error.message : error.name) : 'unknown';
    throw new Error(`the SSM parameter ${name} could not be read: ${why}`, { cause: error });
  }
}

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

/** A parameter that cannot be used, and what to do about that. It never has a value (invariant 9). */
export class ParameterFault extends Error {
  constructor(
    readonly what: string,
    readonly fix: string,
    cause: unknown,
  ) {
    super(`${what}: ${fix}`, { cause });
  }
}

/**
 * Reads a SecureString of SSM's Parameter Store, decrypted.
 * @param name the parameter's name: `/jit/slack-bot-token`
 * @throws ParameterFault
 */
export async function secureString(name: string, client = parameterClient()): Promise<string> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (!Parameter?.Value) throw new Error('it is empty');
    if (Parameter.Type !== 'SecureString') throw new Error('it is not a SecureString');
    return Parameter.Value;
  } catch (error) {
    const region = await client.config.region().catch(() => 'this region');
    throw faultOf(error, name, region);
  }
}

function faultOf(error: unknown, name: string, region: string): ParameterFault {
  const why = error instanceof Error ? (error.name === 'Error' ? error.message : error.name) : 'unknown';
  const here = `the SSM parameter ${name} in ${region}`;
  switch (why) {
    case 'ParameterNotFound':
      return new ParameterFault(
        `there is no SSM parameter ${name} in ${region}`,
        'store it there as a SecureString (aws ssm put-parameter), or correct its name',
        error,
      );
    case 'it is not a SecureString':
    case 'it is empty':
      return new ParameterFault(`${here} is refused, since ${why}`, 'store it anew, encrypted', error);
    case 'AccessDeniedException':
      return new ParameterFault(
        `${here} may not be read`,
        'allow these credentials ssm:GetParameter on it, and kms:Decrypt on its key',
        error,
      );
    default:
      return new ParameterFault(
        `${here} could not be read (${why})`,
        'check AWS_REGION, the AWS credentials and that SSM can be reached; it is tried again',
        error,
      );
  }
}

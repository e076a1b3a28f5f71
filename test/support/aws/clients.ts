import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { REGION } from './emulator.js';

/** Long-term keys, or those of a session. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Of an account's root, which LocalEmu lets do everything. */
export const rootOf = (account: string): Keys => ({ accessKeyId: account, secretAccessKey: 'root' });

/** Clients that call with these keys. A busy machine is waited for; what is refused is refused at once. */
export function clientsFor(endpoint: string, credentials: Keys) {
  const config = {
    endpoint,
    region: REGION,
    credentials,
    requestHandler: { connectionTimeout: 60_000, requestTimeout: 300_000 },
  };
  return {
    dynamodb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
}
export type Clients = ReturnType<typeof clientsFor>;

/** `may`, or AWS's name for the refusal. Anything but a refusal for want of rights is thrown. */
export async function verdict(call: Promise<unknown>): Promise<'may' | 'AccessDenied'> {
  try {
    await call;
    return 'may';
  } catch (error) {
    const { name } = error as Error;
    if (/^AccessDenied(?:Exception)?$/.test(name)) return 'AccessDenied';
    throw error;
  }
}

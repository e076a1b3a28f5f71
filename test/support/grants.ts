import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { pin, type JsonObject, type PinnedGrant, type Principal } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import { connectAws, grantKinds, provisioners, type Aws } from '../../src/grants/index.js';
import type { Provisioner } from '../../src/ports/access.js';
import { startCloud, type Cloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import { slackAccount } from './accounts.js';
import { HOUR, MINUTE } from './units.js';

export { HOUR, MINUTE };

export const OWN = '111122223333';
export const OTHER = '444455556666';
export const START = Date.UTC(2026, 10, 20, 9);

export const allowAll: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

export function trusting(
  principal: string,
  Condition?: Record<string, Record<string, string>>,
): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      ...(Condition && { Condition }),
    },
  };
}

/** Two accounts: the bot's own, in which it runs as a role, and another with a role for it to manage that one by. */
export interface Setup {
  cloud: Cloud;
  aws: Aws;
  kinds: Record<string, Provisioner>;
  time: { now: number };
  accounts: Record<string, { manageRoleArn: string; externalId?: string }>;
  engine: { arn: string; keys: { accessKeyId: string; secretAccessKey: string; sessionToken: string } };
}

export async function setup(): Promise<Setup> {
  const time = { now: START };
  const now = (): number => time.now;
  const cloud = await startCloud({ now });
  const root = cloud.addUser({ account: OWN, name: 'root', inline: { allowAll } });
  const arn = cloud.addRole({
    account: OWN,
    name: 'Engine',
    trust: trusting(root.arn),
    inline: { allowAll },
    maxSession: 43_200,
  });
  const sts = new STSClient({ endpoint: cloud.url, region: 'us-east-1', credentials: root.keys });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'engine', DurationSeconds: 43_200 }),
  );
  const keys = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  const manageRoleArn = cloud.addRole({
    account: OTHER,
    name: 'Manage',
    path: '/jit/',
    trust: trusting(arn, { StringEquals: { 'sts:ExternalId': 'ext-4711' } }),
    inline: {
      inlinePolicies: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:*Polic*', Resource: '*' },
      },
    },
  });
  const accounts = { [OTHER]: { manageRoleArn, externalId: 'ext-4711' } };
  const aws = connectAws({
    accounts: () => accounts,
    now,
    options: { endpoint: cloud.url, credentials: keys, maxAttempts: 2 },
  });
  cloud.calls.length = 0;
  return {
    cloud,
    aws,
    kinds: provisioners({ aws, signinUrl: cloud.signinUrl, now }),
    time,
    accounts,
    engine: { arn, keys },
  };
}

export const directory = {
  channel: 'C0ACCESS',
  timezone: 'UTC',
  justification: { minLength: 1 },
  approvalTimeout: HOUR,
  startWithin: 3 * 86_400_000,
  warnBefore: MINUTE,
  groups: {},
  stages: [],
  people: {},
  accounts: { [OTHER]: { manageRoleArn: `arn:aws:iam::${OTHER}:role/jit/Manage`, externalId: 'ext-4711' } },
};

/** A configuration as the catalog loads it. */
export function parsed(kind: string, config: JsonObject, account = OTHER): JsonObject {
  const result = grantKinds
    .find(({ name }) => name === kind)!
    .parse(config, { account, directory, ownAccount: OWN });
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}

export function pinned(
  kind: string,
  config: JsonObject,
  principal?: Principal,
  account = OTHER,
): PinnedGrant {
  return pin(
    {
      id: 'orders-db-admin',
      name: 'Orders',
      description: '',
      environment: 'production',
      account,
      risk: 'high',
      owners: [],
      tags: {},
      durations: [HOUR],
      grant: { kind, config: parsed(kind, config, account) },
    },
    principal,
  );
}

export function grantOf(grant: PinnedGrant, more: Partial<Grant> = {}): Grant {
  return {
    requestId: '01JIT0000000000000000000A1',
    requester: { email: 'ana@corp.example', account: slackAccount('U1', 'T1') },
    entitlement: 'orders-db-admin',
    grant,
    lease: { startsAt: START, endsAt: START + 30 * MINUTE },
    settledBy: START,
    ...more,
  };
}

import type { DirectoryConfig } from '../domain/directory.js';
import type { Entitlement, Principal } from '../domain/entitlement.js';
import { everybody } from './cast.js';
import type { Cloud, PolicyDocument } from './aws/index.js';

type Statement = PolicyDocument['Statement'];

/** What the roles of the default catalog may do; others may do everything. */
const WORK: Record<string, string[]> = {
  OrdersDbAdmin: ['rds:*', 'rds-db:*', 'rds-data:*', 'secretsmanager:GetSecretValue', 'cloudwatch:*'],
  OrdersLogs: ['logs:*', 'cloudwatch:*', 'xray:*'],
  StagingDeployer: ['ecs:*', 'ecr:*', 'lambda:*', 's3:*', 'logs:*', 'cloudwatch:*'],
  StagingSecretsReader: ['secretsmanager:*', 'kms:Decrypt', 'kms:DescribeKey'],
  SandboxPowerUser: ['ec2:*', 's3:*', 'rds:*', 'dynamodb:*', 'lambda:*', 'sqs:*', 'sns:*', 'logs:*'],
};
/** What the bot does with users and roles of other accounts. */
const MANAGING = ['User', 'Role'].flatMap((type) => [
  `iam:Get${type}Policy`,
  `iam:Put${type}Policy`,
  `iam:Delete${type}Policy`,
  `iam:List${type}Policies`,
]);

/**
 * Makes the AWS accounts that this policy folder speaks of: the roles whose sessions the bot opens, the roles in which it
 * works elsewhere, and everybody's own IAM user or role where access may go to it. What is there already stays as it is.
 * @param of.seedOf what an entitlement needs there: ARNs of roles and of managed policies, and whether people's own
 * @param of.principalOf a person's IAM principal, or why there is none
 * @param of.botArn who the bot is in AWS
 */
export function seedCloud(
  cloud: Cloud,
  of: {
    directory: DirectoryConfig;
    entitlements: Entitlement[];
    seedOf: (entitlement: Entitlement) => { roles: string[]; policies: string[]; principals: boolean };
    principalOf: (email: string) => Principal | string;
    botArn: string;
  },
): void {
  const { directory, entitlements, principalOf, botArn } = of;
  const seeds = entitlements.map((entitlement) => ({
    account: entitlement.account,
    ...of.seedOf(entitlement),
  }));

  for (const arn of seeds.flatMap(({ roles }) => roles)) {
    const { name, ...place } = placeOf(arn);
    const trust = trusting(botArn, ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']);
    // As docs/target-role.yml makes them.
    const inline = {
      work: allow(WORK[name] ?? ['*']),
      'keys-that-end': allow(['sts:GetScopedCredentials']),
    };
    once(() => cloud.addRole({ ...place, name, trust, inline }));
  }
  for (const arn of seeds.flatMap(({ policies }) => policies))
    cloud.addManagedPolicy({ ...placeOf(arn), document: allow(['*']) });

  for (const { manageRoleArn, externalId } of Object.values(directory.accounts)) {
    const trust = trusting(botArn, ['sts:AssumeRole'], externalId);
    once(() => cloud.addRole({ ...placeOf(manageRoleArn), trust, inline: { manage: allow(MANAGING) } }));
  }

  const homes = new Set(seeds.flatMap(({ principals, account }) => (principals ? account : [])));
  for (const account of homes)
    for (const { email } of everybody(directory)) {
      const principal = principalOf(email);
      if (typeof principal === 'string') continue;
      const { type, name } = principal;
      const trust = trusting(`arn:aws:iam::${account}:root`, ['sts:AssumeRole']);
      once(() =>
        type === 'user' ? cloud.addUser({ account, name }) : cloud.addRole({ account, name, trust }),
      );
    }
}

/** Two entitlements may share a role, and a folder that is loaded anew names the same ones again. */
function once(add: () => unknown): void {
  try {
    add();
  } catch (error) {
    if (!(error instanceof Error && error.message.endsWith('exists already'))) throw error;
  }
}

/** Of the ARN of a role or a managed policy. */
function placeOf(arn: string): { account: string; path: string; name: string } {
  const [, , , , account = '', rest = ''] = arn.split(':');
  const [from, to] = [rest.indexOf('/'), rest.lastIndexOf('/')];
  return { account, path: rest.slice(from, to + 1), name: rest.slice(to + 1) };
}

function trusting(arn: string, actions: string[], externalId?: string): PolicyDocument {
  const Condition = externalId !== undefined && { StringEquals: { 'sts:ExternalId': externalId } };
  return document({
    Effect: 'Allow',
    Principal: { AWS: arn },
    Action: actions,
    ...(Condition && { Condition }),
  });
}

function allow(actions: string[]): PolicyDocument {
  return document({ Effect: 'Allow', Action: actions, Resource: '*' });
}

function document(statement: Statement): PolicyDocument {
  return { Version: '2012-10-17', Statement: statement };
}

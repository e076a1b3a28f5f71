import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, POLICIES } from '../company.js';
import { OTHER, OWN } from './emulator.js';

const OWN_SAMPLES = `
  - id: samples
    name: Samples
    description: Read the samples from your own IAM user.
    environment: sandbox
    account: '${OWN}'
    risk: low
    owners: [security]
    durations: [1m, 1h]
    iam-policy:
      statements: [{ Effect: Allow, Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::corp-samples/*'] }]`;

const CATALOG = `
entitlements:
  - id: bench
    name: Bench
    description: A session at once.
    environment: sandbox
    account: '${OWN}'
    risk: low
    owners: [security]
    durations: [1m, 1h]
    sts-session: { roleArn: 'arn:aws:iam::${OWN}:role/jit/OrdersLogs' }
  - id: orders-logs
    name: Orders logs
    description: Read the logs of the orders service.
    environment: production
    account: '${OWN}'
    risk: high
    owners: [security]
    durations: [1m, 1h]
    sts-session: { roleArn: 'arn:aws:iam::${OWN}:role/jit/OrdersLogs' }
  - id: other-logs
    name: Logs of the other account
    description: Read logs over there.
    environment: sandbox
    account: '${OTHER}'
    risk: low
    owners: [security]
    durations: [1m, 1h]
    sts-session: { roleArn: 'arn:aws:iam::${OTHER}:role/jit/OtherLogs' }
  - id: other-samples
    name: Samples of the other account
    description: Read the samples over there, from your own IAM user.
    environment: sandbox
    account: '${OTHER}'
    risk: low
    owners: [security]
    durations: [1h]
    iam-policy:
      statements: [{ Effect: Allow, Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::other-samples/*'] }]`;

const DIRECTORY = `
channel: C0ACCESS
timezone: UTC
warnBefore: 1m
groups:
  security: { members: [sam@corp.example] }
stages:
  manager: { manager: true }
  security: { group: security, channel: C0SECURITY }
people:
  ana@corp.example: { manager: bob@corp.example, iamUser: ana.lopez }
accounts:
  '${OTHER}': { manageRoleArn: 'arn:aws:iam::${OTHER}:role/jit/Manage', externalId: corp-other }
`;

const POLICY = `
@id("sandbox")
@chain("auto")
permit (principal, action == Jit::Action::"request", resource in Jit::Environment::"sandbox");

@id("production")
@chain("manager, security")
permit (principal, action == Jit::Action::"request", resource in Jit::Environment::"production");

@id("stages")
permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };

@id("security")
permit (principal in Jit::Group::"security", action in [Jit::Action::"revoke", Jit::Action::"audit"], resource);
`;

/** The policies that are deployed: at once in the sandbox, two stages in production, each for a minute or an hour. */
export function deployedPolicies(): string {
  const directory = `account: '${OWN}'${DIRECTORY}`;
  return written(POLICIES, { 'catalog.yml': `${CATALOG}${OWN_SAMPLES}\n`, 'directory.yml': directory });
}

/**
 * The same as far as every release can read it: 0.1 knows no `account`, and so no inline policy in jit's own.
 * @param tree the folder of a release, whose copy of the schema stands beside them
 */
export function policiesOf(tree: string): string {
  return written(join(tree, 'policies'), { 'catalog.yml': `${CATALOG}\n`, 'directory.yml': DIRECTORY });
}

function written(schemaOf: string, files: Record<string, string>): string {
  const dir = folder();
  mkdirSync(join(dir, 'cases'));
  copyFileSync(join(schemaOf, 'schema.cedarschema'), join(dir, 'schema.cedarschema'));
  for (const [name, text] of Object.entries({ ...files, 'all.cedar': POLICY }))
    writeFileSync(join(dir, name), text);
  return dir;
}

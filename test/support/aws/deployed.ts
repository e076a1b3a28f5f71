import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { clientsFor, rootOf, verdict, type Clients } from './clients.js';
import { emptyAccounts, SIGNING_SECRET, type Accounts } from './deployment.js';
import { OTHER, OWN } from './emulator.js';
import { commands, instead, type, typed, type Handbook } from './handbook.js';
import { ROOT } from '../deploy/template.js';
import { deployedPolicies } from './policies.js';

export interface Deployed extends Accounts {
  /** Of the stack, as `osls info` shows them. */
  outputs: Record<string, string>;
  /** With the keys of Ana's own IAM user, in jit's account and in the other. */
  ana: Record<typeof OWN | typeof OTHER, Clients>;
}

/** With its dependencies in its folder. */
export interface Version extends Handbook {
  policies: string;
  /** How it is packaged, if not as its handbook has it. */
  packaging?: string;
  /** Variables that its handbook forgets. */
  forgotten?: Record<string, string>;
}

/** What docs/aws.md says, done: secrets, package, deployment, a role to ask for in each account, and Ana's boundaries. */
export async function deployed(
  version: Version = { tree: ROOT, policies: deployedPolicies() },
): Promise<Deployed> {
  const it = await emptyAccounts();
  try {
    // In one shell, as the handbook has it: the region that its first lines export is meant for all of them.
    const before = commands('ssm put-parameter', version);
    const input = `${it.slack.botToken}\n${SIGNING_SECRET}\n`;
    await deploy({ ...it.env, ...version.forgotten }, version, { before, input });
    const outputs = await outputsOf(it, version);
    await deployRoles({ ...it, outputs }, version);
    const boundaries = {
      [OWN]: outputs['BoundaryArn'] ?? '',
      [OTHER]: `arn:aws:iam::${OTHER}:policy/jit-bot/jit-boundary`,
    };
    const [own, other] = await Promise.all([user(it, OWN, boundaries), user(it, OTHER, boundaries)]);
    return { ...it, outputs, ana: { [OWN]: own, [OTHER]: other } };
  } catch (error) {
    await it.close();
    throw error;
  }
}

/** Packages and deploys, as the handbook of this version has it. @param before what the same shell is told first */
export async function deploy(
  env: Record<string, string>,
  version: Version,
  { before = '', input = '' } = {},
): Promise<void> {
  const { tree, policies, packaging } = version;
  // Its dependencies are there, and other tests use them at the same time.
  const all = instead(commands('npm run package && npx osls deploy\n', version), ['npm ci && ', '']);
  const script = packaging === undefined ? all : instead(all, ['npm run package', packaging]);
  await typed(`${before}\n${script}`, { cwd: tree, env: { ...env, JIT_POLICY_DIR: policies }, input });
}

/** Makes or updates the stack of a target role in each account. */
export async function deployRoles(
  it: Accounts & Pick<Deployed, 'outputs'>,
  version: Handbook,
): Promise<void> {
  const roles = commands('cloudformation deploy', version);
  const trusted: [string, string] = ['<the output JitRoleArns>', it.outputs['JitRoleArns'] ?? ''];
  const elsewhere = instead(
    roles,
    trusted,
    ['jit-orders-logs', 'jit-other-logs'],
    ['RoleName=OrdersLogs', 'RoleName=OtherLogs'],
    // The handbook: leave `Boundary` out and add `ExternalId=…`.
    ['Boundary=jit-bot/jit-prod-boundary', 'ExternalId=corp-other'],
  );
  await Promise.all([
    typed(instead(roles, trusted), { cwd: version.tree, env: it.exported }),
    typed(elsewhere, { cwd: version.tree, env: as(it, OTHER) }),
  ]);
}

async function outputsOf(it: Accounts, { tree }: Version): Promise<Record<string, string>> {
  const said = await typed('npx osls info --verbose', { cwd: tree, env: it.exported });
  return Object.fromEntries([...said.matchAll(/^ +(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]));
}

/** Somebody's shell, in that account. */
const as = (it: Accounts, account: string) => ({ ...it.exported, AWS_ACCESS_KEY_ID: account });

/** Ana's IAM user, with the boundary on it, and two buckets that it may not read. */
async function user(it: Accounts, account: string, boundaries: Record<string, string>): Promise<Clients> {
  const root = clientsFor(it.emulator.endpoint, rootOf(account));
  await root.iam.send(new CreateUserCommand({ UserName: 'ana.lopez' }));
  const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName: 'ana.lopez' }));
  const boundary = instead(commands('put-user-permissions-boundary'), [
    '<the output BoundaryArn>',
    boundaries[account] ?? '',
  ]);
  await typed(boundary, { env: as(it, account) });
  for (const name of ['samples', 'others']) {
    const Bucket = bucket(account, name);
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await root.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    await root.s3.send(new PutObjectCommand({ Bucket, Key: 'one.csv', Body: 'one' }));
  }
  return clientsFor(it.emulator.endpoint, {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  });
}

const bucket = (account: string, name: string) => `${account === OWN ? 'corp' : 'other'}-${name}`;

/** Whether Ana may read there, with the keys of her IAM user. */
export function mayRead(it: Deployed, name: 'samples' | 'others', account: typeof OWN | typeof OTHER = OWN) {
  const read = new GetObjectCommand({ Bucket: bucket(account, name), Key: 'one.csv' });
  return verdict(it.ana[account].s3.send(read));
}

/** What a shell may do into which the lines of the window were pasted: those for a shell, and not the profile. */
export async function mayType(
  it: Accounts,
  window: string,
  command: string,
): Promise<'may' | 'AccessDenied'> {
  const pasted = [...window.matchAll(/```([^]*?)```/g)]
    .map(([, lines = '']) => lines)
    .filter((lines) => lines.includes('export AWS_'));
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = it.exported;
  const { code, said } = await type([...pasted, command].join('\n'), {
    env,
  });
  if (code === 0) return 'may';
  if (/\(AccessDenied(?:Exception)?\)/.test(said)) return 'AccessDenied';
  throw new Error(`${command} ended with ${code}: ${said}`);
}

import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { clientsFor, rootOf, verdict, type Clients } from './clients.js';
import { emptyAccounts, SIGNING_SECRET, type Accounts } from './deployment.js';
import { OTHER, OWN } from './emulator.js';
import { commands, instead, type, typed } from './handbook.js';
import { deployedPolicies } from './policies.js';

export interface Deployed extends Accounts {
  /** Of the stack, as `osls info` shows them. */
  outputs: Record<string, string>;
  /** With the keys of Ana's own IAM user, in jit's account and in the other. */
  ana: Record<typeof OWN | typeof OTHER, Clients>;
}

/** What docs/aws.md says, done: secrets, package, deployment, a role to ask for in each account, and Ana's boundaries. */
export async function deployed(): Promise<Deployed> {
  const it = await emptyAccounts();
  try {
    await deploy(it);
    const outputs = await outputsOf(it);
    const roles = commands('cloudformation deploy');
    const trusted: [string, string] = ['<the output JitRoleArns>', outputs['JitRoleArns'] ?? ''];
    await typed(instead(roles, trusted), { env: it.exported });
    const elsewhere = instead(
      roles,
      trusted,
      ['jit-orders-logs', 'jit-other-logs'],
      ['RoleName=OrdersLogs', 'RoleName=OtherLogs'],
      // The handbook: leave `Boundary` out and add `ExternalId=…`.
      ['Boundary=jit-bot/jit-prod-boundary', 'ExternalId=corp-other'],
    );
    await typed(elsewhere, { env: as(it, OTHER) });
    const boundaries = {
      [OWN]: outputs['BoundaryArn'] ?? '',
      [OTHER]: `arn:aws:iam::${OTHER}:policy/jit-bot/jit-boundary`,
    };
    const ana = { [OWN]: await user(it, OWN, boundaries), [OTHER]: await user(it, OTHER, boundaries) };
    return { ...it, outputs, ana };
  } catch (error) {
    await it.close();
    throw error;
  }
}

/** Stores the secrets, packages and deploys, as the handbook has it. */
async function deploy(it: Accounts): Promise<void> {
  const secrets = commands('ssm put-parameter');
  // Its dependencies are there, and other tests use them at the same time.
  const all = instead(commands('npm run package && npx osls deploy\n'), ['npm ci && ', '']);
  await typed(`${secrets}\n${all}`, {
    env: { ...it.env, JIT_POLICY_DIR: deployedPolicies() },
    input: `${it.slack.botToken}\n${SIGNING_SECRET}\n`,
  });
}

async function outputsOf(it: Accounts): Promise<Record<string, string>> {
  const said = await typed('npx osls info --verbose', { env: it.exported });
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

/** What a shell may do into which the lines of the window were pasted. */
export async function mayType(
  it: Accounts,
  window: string,
  command: string,
): Promise<'may' | 'AccessDenied'> {
  const pasted = [...window.matchAll(/```([^]*?)```/g)].map(([, lines = '']) => lines);
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = it.exported;
  const { code, said } = await type([...pasted, command].join('\n'), {
    env,
  });
  if (code === 0) return 'may';
  if (/\(AccessDenied(?:Exception)?\)/.test(said)) return 'AccessDenied';
  throw new Error(`${command} ended with ${code}: ${said}`);
}

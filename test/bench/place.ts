import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startCloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import { startSlack, type User } from '../../src/sandbox/slack/index.js';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { startDynamoDbLocal } from '../support/dynamodb-local.js';
import { throttled } from './throttle.js';

const OWN_ACCOUNT = '999900001111';
export const ACCOUNT = '777788889999';
export const TEAM = 'T0CORP';
const TABLE = 'jit';
/** Who is in it stands in the default bundle. */
const SECURITY = ['sam', 'kim', 'lee'];
const SERVER = fileURLToPath(new URL('../../src/entry/server.js', import.meta.url));

export type Place = Awaited<ReturnType<typeof place>>;

interface PlaceSetup {
  askers: number;
  /** So many people besides, who are on call. */
  onCall?: number;
  /** How many writes IAM takes a second. */
  iamWrites?: number;
  /** How many messages Slack takes a second in a channel; any number where it is absent. */
  postsASecond?: number;
}

/**
 * A company around the bot: the doubles of Slack and AWS in this process, DynamoDB Local in one of its own, and the
 * bot itself, as `npm start` runs it, in another. So nothing but the machine's processors is shared with what is measured.
 */
export async function place({ askers, onCall = 0, iamWrites = 10_000, postsASecond }: PlaceSetup) {
  const now = () => Date.now();
  const numbered = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);
  const names = numbered(askers, 'ask');
  const managers = numbered(Math.ceil(askers / 5), 'man');
  const called = numbered(onCall, 'call');
  const managerOf = (i: number) => managers[i % managers.length]!;
  const slack = await startSlack({
    now,
    signingSecret: 'signing-secret-of-the-company',
    team: { id: TEAM, domain: 'corp' },
    users: [...names, ...managers, ...called, ...SECURITY].map(person),
    usergroups: [
      { id: 'S0ENG', handle: 'engineers', users: names.map(idOf) },
      { id: 'S0ONCALL', handle: 'on-call', users: called.map(idOf) },
      ...['S0CONTRACT', 'S0DBA'].map((id) => ({ id, handle: id.toLowerCase(), users: [] })),
    ],
    channels: ['C0ACCESS', 'C0SECURITY', 'C0PRODACCESS'].map((id) => ({ id, name: id.toLowerCase() })),
    ...(postsASecond !== undefined && { postsASecond }),
  });
  const cloud = await startCloud({ now });
  const bot = cloud.addUser({ account: OWN_ACCOUNT, name: 'jit', inline: { all: allow('*') } });
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: bot.arn },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    },
  };
  for (const account of ['111122223333', '444455556666', ACCOUNT])
    cloud.addRole({ account, name: 'Manage', path: '/jit/', trust, inline: { manage: allow('iam:*') } });
  const iam = await throttled(cloud.url, iamWrites);
  const local = await startDynamoDbLocal();
  const client = dynamodbClient({ ...local.config, maxAttempts: 3 });
  await createTable(client, TABLE);
  const policies = policyFolder(names, managerOf);

  return {
    slack,
    cloud,
    iam,
    onCall: called.map(idOf),
    askers: names.map((name, i) => ({ id: idOf(name), email: mail(name), manager: idOf(managerOf(i)) })),
    client,
    table: TABLE,
    dynamoDbPid: local.pid,
    store: dynamodbStore({ client, table: TABLE, now }),
    /** Starts the bot, and resolves when it serves. */
    startBot: (environment: Record<string, string> = {}) =>
      startBot({
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_SIGNING_SECRET: 'signing-secret-of-the-company',
        SLACK_API_URL: slack.apiUrl,
        PORT: '0',
        JIT_TABLE: TABLE,
        JIT_POLICY_DIR: policies,
        JIT_SIGNIN_URL: cloud.signinUrl,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: bot.keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: bot.keys.secretAccessKey,
        AWS_ENDPOINT_URL_IAM: iam.url,
        AWS_ENDPOINT_URL_STS: cloud.url,
        AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local.endpoint,
        ...environment,
      }).then((started) => {
        slack.connect(`http://127.0.0.1:${started.port}/slack/events`);
        return started;
      }),
    async close() {
      client.destroy();
      await Promise.all([slack.stop(), iam.close(), cloud.close(), local.stop()]);
      rmSync(policies, { recursive: true });
    },
  };
}

const mail = (name: string) => `${name}@corp.example`;
const idOf = (name: string) => `U0${name.toUpperCase()}`;
const person = (name: string): User => ({ id: idOf(name), name, email: mail(name) });

function allow(action: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: '*' } };
}

/** The default bundle, with these people in its directory. */
function policyFolder(names: string[], managerOf: (i: number) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jit-bench-'));
  cpSync('policies', folder, { recursive: true });
  const file = join(folder, 'directory.yml');
  const lines = names.map((name, i) => `  ${mail(name)}: { manager: ${mail(managerOf(i))} }`);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^people:\n/m, `people:\n${lines.join('\n')}\n`));
  return folder;
}

async function startBot(environment: Record<string, string>) {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const logged = { warn: 0, error: 0 };
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code, signal) => {
      reject(new Error('the bot did not start'));
      if (code !== 0) process.stderr.write(`the bot ended by itself: ${code ?? signal}\n`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { level, msg, port } = JSON.parse(line) as { level: string; msg: string; port?: number };
      if (level === 'warn') logged.warn++;
      if (level === 'error' || level === 'fatal') logged.error++;
      if (port !== undefined && msg === 'jit is running') resolve(port);
    });
  });
  return {
    port,
    logged,
    /** What the process holds now, in MB. */
    memory: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).toString()) / 1024,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(kill, 15_000);
      await ended;
      clearTimeout(late);
      process.off('exit', kill);
    },
  };
}

import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { startCloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import {
  buttonsOf,
  startSlack,
  textOf,
  type PostedMessage,
  type User,
} from '../../src/sandbox/slack/index.js';
import { ANY_PACE } from '../../src/slack/wire/channel-pace.js';
import { serve } from '../../src/run/server/serve.js';
import { FRIDAY, HOUR, MINUTE } from './units.js';

export { FRIDAY, HOUR, MINUTE };

export const POLICIES = resolve(__dirname, '../../policies');
export const SIGNING_SECRET = 'signing-secret-of-the-company';
const OWN_ACCOUNT = '999900001111';
const TEAM = 'T0CORP';

const people: User[] = [
  ...['ana', 'bob', 'sam', 'kim', 'lee', 'cleo', 'dan', 'oli'].map((name) => ({
    id: `U0${name.toUpperCase()}`,
    name,
    email: `${name}@corp.example`,
  })),
  { id: 'U0GUEST', name: 'gus', email: 'gus@corp.example', guest: 'restricted' },
  { id: 'U0STRANGER', name: 'eve', email: 'eve@other.example', team: 'T0OTHER' },
  // Slack does not say of everybody who is a stranger that they are one.
  { id: 'U0OUTSIDER', name: 'ole', email: 'ole@other.example', team: 'T0OTHER', leavesOut: ['is_stranger'] },
  { id: 'U0NOWHERE', name: 'nia', email: 'nia@corp.example', leavesOut: ['team_id'] },
  { id: 'U0UMA', name: 'uma', email: 'uma@corp.example', unconfirmed: true },
  // Of a sister workspace in the same Enterprise Grid.
  {
    id: 'U0MIA',
    name: 'mia',
    email: 'mia@corp.example',
    team: 'T0SALES',
    workspaces: ['T0SALES', TEAM],
  },
  { id: 'U0GONE', name: 'gil', email: 'gil@corp.example', deleted: true },
  { id: 'U0ROBOT', name: 'rob', email: 'rob@corp.example', bot: true },
];

/** The company of the default policies: its Slack workspace and its AWS accounts, both doubles. */
export async function company(clock: { now: () => number }) {
  const slack = await startSlack({
    ...clock,
    signingSecret: SIGNING_SECRET,
    team: { id: TEAM, domain: 'corp' },
    users: people,
    usergroups: [
      {
        id: 'S0ENG',
        handle: 'engineers',
        users: ['U0ANA', 'U0BOB', 'U0DAN', 'U0OLI', 'U0MIA', 'U0GUEST', 'U0GONE'],
      },
      { id: 'S0CONTRACT', handle: 'contractors', users: ['U0CLEO'] },
      { id: 'S0ONCALL', handle: 'on-call', users: ['U0OLI'] },
      { id: 'S0DBA', handle: 'dba', users: ['U0DAN'] },
    ],
    channels: [
      { id: 'C0ACCESS', name: 'access' },
      { id: 'C0SECURITY', name: 'security' },
      { id: 'C0PRODACCESS', name: 'prod-access' },
      { id: 'C0INCIDENTS', name: 'incidents' },
    ],
  });
  const cloud = await startCloud(clock);
  const bot = cloud.addUser({ account: OWN_ACCOUNT, name: 'jit', inline: { all: allow('*') } });
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: bot.arn },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    },
  };
  const roles = {
    '111122223333': ['OrdersDbAdmin', 'OrdersLogs'],
    '444455556666': ['StagingDeployer', 'StagingSecretsReader'],
    '777788889999': ['SandboxPowerUser'],
  };
  for (const [account, names] of Object.entries(roles)) {
    for (const name of names)
      cloud.addRole({ account, name, path: '/jit/', trust, inline: { work: allow('*') } });
    cloud.addRole({ account, name: 'Manage', path: '/jit/', trust, inline: { manage: allow('iam:*') } });
    cloud.addUser({ account, name: 'ana.lopez' });
    cloud.addUser({ account, name: 'oli@corp.example' });
  }
  return {
    slack,
    cloud,
    /** For the SDK's own environment. */
    awsEnvironment: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: bot.keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: bot.keys.secretAccessKey,
      AWS_ENDPOINT_URL_IAM: cloud.url,
      AWS_ENDPOINT_URL_STS: cloud.url,
      // Of which it knows nothing: but no test asks AWS itself.
      AWS_ENDPOINT_URL_LAMBDA: cloud.url,
    },
    async close() {
      await slack.stop();
      await cloud.close();
    },
  };
}

function allow(action: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: '*' } };
}

/** The whole program in this process, on a clock moved by hand, serving that company. */
export async function serveCompany(over: Partial<Config> = {}, by: 'http' | 'socket' = 'http') {
  let at = FRIDAY;
  const now = () => at;
  const { slack, cloud, awsEnvironment, close } = await company({ now });
  const before = { ...process.env };
  Object.assign(process.env, awsEnvironment);
  const logged: string[] = [];
  const log = createLog('info', { write: (line: string) => void logged.push(line) });
  const config: Config = {
    slack: {
      botToken: { value: slack.botToken },
      signingSecret: { value: SIGNING_SECRET },
      apiUrl: slack.apiUrl,
      ...(by === 'socket' && { appToken: slack.appToken }),
    },
    port: 0,
    store: 'memory',
    table: 'jit',
    createTable: true,
    policyDir: (withoutCases ??= copyOfPolicies()),
    sweepSeconds: 3600,
    signinUrl: cloud.signinUrl,
    logLevel: 'info',
    ...over,
  };
  const serving = await serve(config, { log, now, apart: 0, pace: ANY_PACE, end: () => undefined });
  if (by === 'http') slack.connect(`http://127.0.0.1:${serving.port}/slack/events`);
  else await slack.socketOpened();

  /**
   * Until nothing more is due now. What people do wakes the engine by itself; advancing every request with anything
   * to come waits for that, since one request's work is done in turn.
   */
  async function quiet(): Promise<void> {
    // The front door stays open: its `stop` only waits for listeners that work on after their acknowledgement.
    // Over Socket Mode Bolt does not say when they are done.
    await (serving.app.door?.stop() ?? pause(200));
    for (let round = 0; round < 50; round++) {
      const { looked } = await serving.app.engine.sweep({ until: at + 10_000 * HOUR });
      if (looked.every(({ dueAt }) => dueAt === undefined || dueAt > at)) return;
    }
    throw new Error('there is no end of what is due');
  }

  return {
    ...serving,
    slack,
    cloud,
    logged,
    now,
    quiet,
    async pass(ms: number) {
      at += ms;
      await quiet();
    },
    /** Asks through the modal, as a person does. @returns the last message about it, or the modal with its errors */
    async ask(who: string, values: Record<string, string>) {
      const person = slack.as(who);
      await person.command('/jit');
      const modal = slack.views(who).at(-1);
      if (!modal)
        throw new Error(
          slack
            .ephemerals(who)
            .map((one) => textOf(one))
            .join('\n'),
        );
      await person.choose(modal, 'entitlement', values['entitlement'] ?? null);
      const answer = await person.submit(slack.views(who).at(-1)!.id, values);
      await quiet();
      return { answer, modal: slack.views(who).at(-1) };
    },
    async click(who: string, where: PostedMessage, action: string) {
      const answer = await slack.as(who).click(where, action);
      await quiet();
      return answer;
    },
    async close() {
      await serving.stop();
      await close();
      process.env = before;
    },
  };
}

/** The newest message in a channel that still has this button. */
export function cardWith(messages: PostedMessage[], action: string): PostedMessage {
  const card = messages.findLast((message) =>
    buttonsOf(message).some((button) => button.actionId === action),
  );
  if (!card) throw new Error(`no message with a button "${action}"`);
  return card;
}

/** The message that the requester has of their newest request. */
export function livingIn(messages: PostedMessage[]): PostedMessage {
  const message = messages.findLast(({ metadata }) => metadata?.['event_type'] === 'jit_living');
  if (!message) throw new Error('no message about a request');
  return message;
}

export { buttonsOf, textOf };

/** What a file's companies share: nobody changes it. */
let withoutCases: string | undefined;

/**
 * The default policies, to be changed. Their own tests run all of their cases; here each start would run them.
 * @param cases names of the files of cases that are copied, too
 */
export function copyOfPolicies(...cases: string[]): string {
  const copy = folder();
  const filter = (path: string) =>
    !path.startsWith(join(POLICIES, 'cases/')) || cases.includes(basename(path));
  cpSync(POLICIES, copy, { recursive: true, filter });
  return copy;
}

/** The default policies where an emergency lets nobody in. */
export function withoutEmergencies(): string {
  const copy = copyOfPolicies();
  const path = join(copy, 'directory.yml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^emergency: .*\n/m, ''));
  return copy;
}

/** An empty folder that is forgotten with the machine. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'jit-'));
}

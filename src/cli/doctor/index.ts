import { wallClock } from '../../run/wiring/clock.js';
import { reveal } from '../../run/wiring/slack-identity.js';
import { readConfig, type Config } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { connectAws, type AwsOptions } from '../../grants/aws/client.js';
import { callerIdentity } from '../../grants/aws/inspect.js';
import { kindDoctors } from '../../grants/doctors.js';
import { lambdaQuota } from '../../grants/aws/lambda-quota.js';
import { createLog } from '../../log.js';
import type { Bundle } from '../../ports/policy.js';
import { engineClient } from '../../slack/wire/clients.js';
import { whoIsBot, type Bot } from '../../slack/inspect.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { describeTable } from '../../store/dynamodb/inspect.js';
import { accounts, judgeClock, judgeIdentity } from './aws.js';
import { channels } from './channels.js';
import { endpoint } from './endpoint.js';
import { examineKind } from './kinds.js';
import { judgeQuota } from './lambda.js';
import { addresses, usergroups } from './people.js';
import { policyBundle, policyCases } from './policies.js';
import { judgeBot, judgeScopes } from './slack.js';
import { type Diagnosis, type Examined } from '../../kit/diagnosis.js';
import { check, type Check, type Step } from './step.js';
import { judgeTable } from './table.js';

export type { Step } from './step.js';

export interface Question {
  /** Where Slack calls: `https://…/slack/events`. */
  url?: string;
  env?: NodeJS.ProcessEnv;
  now?: () => Instant;
  /** The name of one step: it and what it needs are looked at, and it alone is told. */
  only?: string;
  /** What the SDK is told of IAM and STS, in the place of its own environment. */
  aws?: AwsOptions;
}

interface Connected {
  client: ReturnType<typeof engineClient>;
  bot: Bot;
  /** The workspace that is served. */
  team: string;
}

/** Checks a configuration against Slack and AWS, all at once; the steps come in order, each as soon as it is known. */
export async function* examine(question: Question = {}): AsyncGenerator<Step> {
  const { only } = question;
  const wanted = checks(question).filter(({ name }) => only === undefined || name === only);
  const steps = wanted.map((one) => one.step());
  for (const step of steps) yield await step;
}

function checks({ url, env, now = wallClock, aws: options }: Question): Check<unknown>[] {
  let bundle: Bundle | undefined;
  const aws = connectAws({
    accounts: () => bundle?.directory.accounts ?? {},
    now,
    ...(options && { options }),
  });

  const configuration = check('configuration', [], async () => judgeConfig(readConfig(env)));
  const identity = check('AWS identity', [configuration], async () =>
    judgeIdentity(await callerIdentity(aws)),
  );
  const policies = check('policy bundle', [configuration], async (config) => {
    const found = await policyBundle(config, (await identity.value())?.account);
    if ('value' in found) bundle = found.value;
    return found;
  });
  const cases = check('policy cases', [policies], policyCases);

  const token = check('Slack token', [configuration], async ({ slack }): Promise<Examined<Connected>> => {
    const botToken = await secret('SLACK_BOT_TOKEN', slack.botToken);
    if ('problems' in botToken) return botToken;
    const log = createLog('silent');
    const client = engineClient({ token: botToken.text, slackApiUrl: slack.apiUrl, log });
    const found = judgeBot(await whoIsBot(client), slack);
    if ('skipped' in found) return found;
    const { value: bot, ...rest } = found;
    return { ...rest, ...(bot && { value: { client, bot, team: slack.teamId ?? bot.team } }) };
  });
  const scopes = check('Slack scopes', [token], async ({ bot }) => judgeScopes(bot));
  const signing = check('signing secret', [configuration], async ({ slack, port }) => {
    if (slack.appToken !== undefined) return { skipped: 'in Socket Mode Slack calls no address' };
    const signingSecret = await secret('SLACK_SIGNING_SECRET', slack.signingSecret);
    if ('problems' in signingSecret) return signingSecret;
    return endpoint(url, { port, secret: signingSecret.text, now });
  });
  const inChannels = check('channels', [token, scopes, policies], ({ client }, _, loaded) =>
    channels(client, loaded),
  );
  const groups = check('user groups', [token, scopes, policies], ({ client, team }, _, { directory }) =>
    usergroups(client, team, directory),
  );
  const people = check('people', [token, scopes, policies], ({ client, team }, _, { directory }) =>
    addresses(client, team, directory),
  );

  const table = check('table', [configuration], async ({ store, table: name, createTable }) => {
    if (store === 'memory') return { skipped: 'JIT_STORE is memory' };
    const patient = { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
    const client = dynamodbClient({ requestHandler: patient });
    try {
      return judgeTable(name, await describeTable(client, name), createTable);
    } finally {
      client.destroy();
    }
  });

  const clock = check('clock', [identity], async () => judgeClock(await aws.skew()));
  const reached = check('accounts', [identity, policies], (bot, { directory }) =>
    accounts(aws, bot, directory),
  );
  const ofKinds = kindDoctors.map((row) =>
    check(row[1].step, [identity, policies], (caller, loaded) => examineKind(row, aws, caller, loaded)),
  );

  const quota = check('Lambda quota', [configuration], async ({ slack, store }) => {
    if (slack.appToken !== undefined) return { skipped: 'Socket Mode does not run on Lambda' };
    if (store === 'memory') return { skipped: 'JIT_STORE is memory, which does not run on Lambda' };
    return judgeQuota(await lambdaQuota());
  });

  const outside = [token, scopes, signing, inChannels, groups, people];
  return [configuration, policies, cases, ...outside, table, identity, clock, reached, ...ofKinds, quota];
}

function judgeConfig(config: Config | { problems: string[] }): Examined<Config> {
  if (!('problems' in config)) return { value: config };
  const fix = 'set it in the environment; docs/environment.md says what each variable means';
  return { problems: config.problems.map((what) => ({ what, fix })) };
}

/** A secret's text, which goes nowhere but to where it belongs. */
async function secret(
  name: string,
  from: Config['slack']['botToken'],
): Promise<{ text: string } | { problems: Diagnosis[] }> {
  try {
    return { text: await reveal(from) };
  } catch {
    const parameter = 'parameter' in from ? from.parameter : '';
    return {
      problems: [
        {
          what: `${name}_PARAMETER: the SSM parameter ${parameter} cannot be read`,
          fix: 'store it as a SecureString in this region, and allow these credentials ssm:GetParameter on it and kms:Decrypt on its key',
        },
      ],
    };
  }
}

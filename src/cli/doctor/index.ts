import { readConfig, readProxies, type Config } from '../../config.js';
import { connectAws } from '../../grants/aws/client.js';
import { callerIdentity } from '../../grants/aws/inspect.js';
import { kindDoctors } from '../../grants/doctors.js';
import { lambdaQuota } from '../../grants/aws/lambda-quota.js';
import type { Bundle } from '../../ports/policy.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { runCaseFiles } from '../../policy/cases/run.js';
import { describeTable } from '../../store/dynamodb/inspect.js';
import { accounts, examineKind, judgeClock, judgeIdentity, judgeQuota } from './aws.js';
import { endpoint } from './slack/endpoint.js';
import type { DoctorOutside, ExamineOptions, SlackInspection, TokenFacts } from './outside.js';
import { directMessages } from './slack/direct.js';
import { addresses, usergroups } from './slack/people.js';
import { judgeCases, policyBundle } from './policies.js';
import { channels, judgeBot, judgeHome, judgeScopes } from './slack/token.js';
import type { Examined } from '../../kit/diagnosis.js';
import { awsAgents, routesTaken } from '../../kit/outbound/index.js';
import { judgeRoutes } from './proxy.js';
import { pagerDutyKey, secret } from './secrets.js';
import { check, type DoctorCheck, type Step } from './step.js';
import { judgeTable } from './table.js';

interface Connected {
  inspection: SlackInspection;
  bot: TokenFacts;
  /** The workspace that is served. */
  team: string;
}

/** Checks a configuration against Slack and AWS, all at once; the steps come in order, each as soon as it is known. */
export async function* examine(options: ExamineOptions, outside: DoctorOutside): AsyncGenerator<Step> {
  const { only } = options;
  const wanted = checks(options, outside).filter(({ name }) => only === undefined || name === only);
  const steps = wanted.map((one) => one.step());
  for (const step of steps) yield await step;
}

function checks({ url, env, aws: options }: ExamineOptions, outside: DoctorOutside): DoctorCheck<unknown>[] {
  const { now } = outside;
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
    const found = await policyBundle(config, await identity.value(), outside);
    if ('value' in found) bundle = found.value;
    return found;
  });
  const cases = check('policy cases', [policies], async (loaded) =>
    judgeCases(
      await runCaseFiles(loaded.files.cases, { parts: loaded.parts, bundle: loaded }, { from: now() }),
    ),
  );

  const table = check('table', [configuration], async ({ store, table: name, createTable }) => {
    if (store === 'memory') return { skipped: 'JIT_STORE is memory' };
    const patient = { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
    const client = dynamodbClient({ requestHandler: { ...patient, ...awsAgents() } });
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

  const onCallKey = check('PagerDuty key', [configuration, policies], (config, { directory }) =>
    pagerDutyKey(config, directory, outside),
  );

  const inSlack = slackChecks(configuration, policies, { url, outside });
  const all = [
    configuration,
    policies,
    cases,
    ...inSlack,
    onCallKey,
    table,
    identity,
    clock,
    reached,
    ...ofKinds,
    quota,
  ];
  if (!readProxies(env)) return all;
  const proxy = check('proxy', [configuration], async () => {
    // Which way Slack and AWS were reached is known when they have been asked.
    await Promise.all(all.map((one) => one.step()));
    return judgeRoutes(routesTaken());
  });
  return [...all, proxy];
}

/** What is asked of Slack, and of the address that Slack calls. */
function slackChecks(
  configuration: DoctorCheck<Config>,
  policies: DoctorCheck<Bundle>,
  { url, outside }: { url: string | undefined; outside: DoctorOutside },
): DoctorCheck<unknown>[] {
  const token = check('Slack token', [configuration], async ({ slack }): Promise<Examined<Connected>> => {
    const botToken = await secret('SLACK_BOT_TOKEN', slack.botToken, outside);
    if ('problems' in botToken) return botToken;
    const inspection = outside.slack({ token: botToken.text, apiUrl: slack.apiUrl });
    const found = judgeBot(await inspection.token(), slack);
    if ('skipped' in found) return found;
    const { value: bot, ...rest } = found;
    return { ...rest, ...(bot && { value: { inspection, bot, team: slack.teamId ?? bot.team } }) };
  });
  const scopes = check('Slack scopes', [token], async ({ bot }) => judgeScopes(bot));
  const home = check('App Home', [token], ({ inspection, bot }) => judgeHome(inspection, bot));
  const signing = check('signing secret', [configuration], async ({ slack, port }) => {
    if (slack.appToken !== undefined) return { skipped: 'in Socket Mode, Slack calls no address' };
    const signingSecret = await secret('SLACK_SIGNING_SECRET', slack.signingSecret, outside);
    if ('problems' in signingSecret) return signingSecret;
    return endpoint(url, { port, secret: signingSecret.text }, outside);
  });
  const inChannels = check('channels', [token, scopes, policies], ({ inspection }, _, loaded) =>
    channels(inspection, outside.channelsOf(loaded)),
  );
  const groups = check('user groups', [token, scopes, policies], ({ inspection, team }, _, { directory }) =>
    usergroups(inspection, team, directory),
  );
  const people = check('people', [token, scopes, policies], ({ inspection, team }, _, { directory }) =>
    addresses(inspection, team, directory),
  );

  const direct = check(
    'direct messages',
    [token, scopes, policies],
    ({ inspection, team }, _, { directory }) => directMessages(inspection, team, directory),
  );

  return [token, scopes, home, signing, inChannels, groups, people, direct];
}

function judgeConfig(config: Config | { problems: string[] }): Examined<Config> {
  if (!('problems' in config)) return { value: config };
  const fix = 'set it in the environment; docs/environment.md says what each variable means';
  return { problems: config.problems.map((what) => ({ what, fix })) };
}

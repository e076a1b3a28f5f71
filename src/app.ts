import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { Config, Secret } from './config.js';
import { directory } from './directory/index.js';
import type { Instant, Millis } from './domain/entitlement.js';
import { connectAws, type AwsOptions } from './grants/aws.js';
import { grantKinds, provisioners } from './grants/index.js';
import { trapped } from './policy/cedar.js';
import { livePolicies, type LivePolicies, type PolicyStatus } from './policy/live.js';
import type { Bundle, Clock, Front, Problem } from './ports.js';
import { boltApp, socketMode } from './slack/bolt.js';
import { engineClient, requestClient } from './slack/clients.js';
import { frontDoor, type FrontDoor } from './slack/front-door.js';
import { slackNotifier } from './slack/notifier.js';
import { slackPeople } from './slack/people.js';
import type { Store } from './store/change.js';
import type { ChangeFeed } from './store/changes.js';
import { checkpoints } from './store/checkpoints.js';
import { dynamodbClient, streamsClient } from './store/client.js';
import { createTable } from './store/create-table.js';
import { dynamodbStore } from './store/dynamodb.js';
import { memoryStore } from './store/memory.js';
import { secureString } from './store/parameters.js';
import { streamApi } from './store/stream-api.js';
import { streamReader } from './store/stream-reader.js';
import { withDecisionLog } from './workflow/decision-log.js';
import { engine, type Engine } from './workflow/engine.js';
import { front } from './workflow/front.js';

/** The wall clock: the only place that reads it. */
export const wallClock = (): Instant => Date.now();
/** How long a decision took: of which no other decision is made. */
const stopwatch = (): Millis => performance.now();

/** The program, put together and not yet running. */
export interface App {
  policies: LivePolicies;
  store: Store;
  feed: ChangeFeed;
  engine: Engine;
  front: Front;
  /** Where Slack's signed requests come in; with Socket Mode, nothing does. */
  door?: FrontDoor;
  /** Bolt's own connection: opens the socket in Socket Mode. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** What only a restart can mend: until then, everything is denied. */
  fault(): string | undefined;
  /** Brings the groups up to date for everybody. */
  refreshDirectory(): Promise<void>;
}

export interface AppDeps {
  log: Logger;
  now: () => Instant;
  /** In the place of the table that the configuration names: outlives the program where something else keeps it. */
  record?: { store: Store; feed: ChangeFeed };
  /** What the SDK is told of IAM and STS; without it, its own environment variables and files hold. */
  aws?: AwsOptions;
}

/** What keeps the program from starting, one sentence each. */
export class StartFault extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

/**
 * The composition root: configuration → adapters → workflow → Bolt app.
 * @param wake called when a person has changed a request, for those who need not wait for the stream
 * @throws StartFault
 */
export async function createApp(
  config: Config,
  { log, now, wake, ...inPlace }: AppDeps & { wake: (id: string) => void },
): Promise<App> {
  let policies: LivePolicies | undefined;
  const bundle = (): Bundle => {
    if (!policies) throw new Error('the policy folder is not loaded yet');
    return policies.bundle();
  };
  const aws = connectAws({
    accounts: () => bundle().directory.accounts,
    now,
    ...(inPlace.aws && { options: inPlace.aws }),
  });
  const ownAccount = await aws.ownAccount().catch((error: unknown) => {
    log.warn({ err: error }, 'AWS does not say which account this is');
    return undefined;
  });
  const folder = await livePolicies(
    config.policyDir,
    { kinds: grantKinds, ...(ownAccount && { ownAccount }) },
    {
      now,
      dress: (loaded) => withDecisionLog(loaded, log, stopwatch),
      told: (status) => sayPolicies(status, log),
    },
  );
  if ('problems' in folder) throw new StartFault(folder.problems.map(asLine));
  policies = folder;
  sayPolicies(folder.status(), log);

  const { store, feed } = inPlace.record ?? (await openStore(config, now, log));
  const botToken = await reveal(config.slack.botToken);
  const us = await whoWeAre(config, botToken);
  const slackApiUrl = config.slack.apiUrl;
  const patient = engineClient({ token: botToken, slackApiUrl, log });
  const quick = requestClient({ token: botToken, slackApiUrl, log });

  const clock: Clock = { now, skew: aws.skew };
  const people = (client: WebClient, keep: Parameters<typeof directory>[0]['store']) =>
    directory({
      slack: slackPeople(client),
      store: keep,
      config: () => bundle().directory,
      team: us.teamId,
      now,
      report: (what, error) => log.warn({ err: error }, what),
    });
  const enginePeople = people(patient, store);
  const shared = { bundle, kinds: grantKinds, clock, store, log };
  const work = engine({
    ...shared,
    directory: enginePeople,
    provisioners: provisioners({ aws, signinUrl: config.signinUrl, now }),
    notifier: slackNotifier({ client: patient, bundle, botUserId: us.botUserId }),
  });
  // What faces people reads the shared note of who is who, and writes only requests.
  const forPeople = front({
    ...shared,
    directory: people(quick, { note: store.note }),
    newId: () => ulid(now()),
    wake,
  });

  const { appToken } = config.slack;
  const door = appToken
    ? undefined
    : frontDoor({ signingSecret: await reveal(config.slack.signingSecret), mode: 'at-once', now, log });
  const receiver = door ?? socketMode({ appToken: appToken ?? '', slackApiUrl, log });
  const bolt = boltApp(
    { front: forPeople, slack: quick, bundle, log },
    { receiver, botToken, botId: us.botId, botUserId: us.botUserId },
  );
  return {
    policies,
    store,
    feed,
    engine: work,
    front: forPeople,
    ...(door && { door }),
    connect: async () => void (await bolt.start()),
    disconnect: async () => void (await bolt.stop()),
    fault: trapped,
    refreshDirectory: enginePeople.refresh,
  };
}

async function openStore(config: Config, now: () => Instant, log: Logger) {
  if (config.store === 'memory') {
    const store = memoryStore({ now, log });
    return { store, feed: store.changes };
  }
  const client = dynamodbClient();
  const { table } = config;
  const store = dynamodbStore({ client, table, now });
  try {
    if (config.createTable) await createTable(client, table);
    await store.ping();
  } catch (error) {
    throw new StartFault([whyUnusable(error, table)]);
  }
  const feed = streamReader({
    stream: streamApi(client, streamsClient(), table),
    checkpoints: checkpoints(client, table, now),
    lock: store.lock,
    now,
    log,
  });
  return { store, feed };
}

/** What to do about a table that cannot be used at the start. */
function whyUnusable(error: unknown, table: string): string {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  if (name === 'ResourceNotFoundException')
    return `JIT_TABLE: there is no table "${table}"; set JIT_CREATE_TABLE=true to have it made, or name another`;
  if (message.includes('Region is missing')) return 'AWS_REGION is missing: the region of the DynamoDB table';
  if (name === 'CredentialsProviderError')
    return 'AWS credentials are missing: give this process a role, or AWS_PROFILE, or keys';
  if (name === 'AccessDeniedException')
    return `The bot may not use the table "${table}": see "What the bot needs in AWS" in the README`;
  return `JIT_TABLE: the table "${table}" cannot be used: ${name === 'Error' ? message.slice(0, 200) : name}`;
}

async function reveal(secret: Secret): Promise<string> {
  return 'value' in secret ? secret.value : secureString(secret.parameter);
}

/** Which workspace and which bot the token belongs to: as configured, or as Slack says. */
async function whoWeAre({ slack }: Config, token: string) {
  const { teamId, botId, botUserId, apiUrl: slackApiUrl } = slack;
  if (teamId && botId && botUserId) return { teamId, botId, botUserId };
  const client = new WebClient(token, { slackApiUrl, timeout: 10_000, retryConfig: { retries: 2 } });
  const said = await client.auth.test().catch((error: unknown) => {
    const code = error instanceof Error ? error.message.slice(0, 200) : 'no answer';
    throw new StartFault([`Slack does not accept SLACK_BOT_TOKEN (auth.test): ${code}`]);
  });
  if (teamId && said.team_id !== teamId)
    throw new StartFault([`SLACK_TEAM_ID is ${teamId}, but SLACK_BOT_TOKEN belongs to ${said.team_id}`]);
  if (!said.team_id || !said.bot_id || !said.user_id)
    throw new StartFault(['SLACK_BOT_TOKEN is not the token of a bot: auth.test names no bot_id']);
  return { teamId: said.team_id, botId: said.bot_id, botUserId: said.user_id };
}

function asLine({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** One line for whoever looks after the program: an alarm where a change was not taken. */
function sayPolicies({ hash, problems, warnings }: PolicyStatus, log: Logger): void {
  if (problems.length > 0)
    log.error(
      { bundle: hash, problems: problems.map(asLine) },
      'the policy folder has changed and is refused; the last good one stays in force',
    );
  else log.info({ bundle: hash }, 'policies in force');
  for (const warning of warnings) log.warn({}, asLine(warning));
}

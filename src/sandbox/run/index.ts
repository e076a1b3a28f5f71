import { principalOf } from '../../people/principal.js';
import { emailOf } from '../../domain/email.js';
import type { Instant, JsonObject } from '../../domain/entitlement.js';
import { grantKinds } from '../../grants/index.js';
import { seedOf } from '../../grants/seeds.js';
import { createLog } from '../../log.js';
import { accountIn, asLine, loadFolder } from '../../policy/load.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import { sandboxClock } from '../clock.js';
import { startCloud } from '../aws/index.js';
import { CAST, everybody, SERVED } from '../cast.js';
import { seedCloud, seedSlack, SHARED_CHANNELS } from '../company.js';
import { decisionKeeper } from '../decisions.js';
import type { Playground } from '../playground.js';
import { play, type Scenario } from '../scenarios.js';
import { startSlack } from '../slack/index.js';
import { workingHour } from '../working-hour.js';
import { botAmong, SIGNING_SECRET } from './bot.js';
import { inDynamoDbLocal, inMemory, watched } from './record.js';

/** Where the sandbox's bot runs, if directory.yml names no account of its own. */
const OWN_ACCOUNT = '999900001111';
const FAR = 30 * 86_400_000;
/** How often a folder that could not be loaded yet is looked at, in real milliseconds. */
const PATIENCE = 500;

export interface SandboxOptions {
  policyDir: string;
  scenario: Scenario;
  /** What the sandbox's clock shows at first; default: now, or the next working hour. */
  at?: Instant;
  /** DynamoDB Local in the place of this process's memory. */
  realDynamoDb?: boolean;
  realNow: () => Instant;
  /** Hears the bot's warnings and errors, a line each. */
  say: (line: string) => void;
}

export interface Sandbox extends Playground {
  /** Resolves when the bot runs and the scenario has been played; with a folder that does not load, once it does. */
  ready: Promise<void>;
  close(): Promise<void>;
}

const words = (value: JsonObject[string] | undefined) => (typeof value === 'string' ? value : '');

/** The real bot among doubles of Slack and AWS, with a clock that can be moved. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { policyDir, realNow, say } = options;
  const ownAccount = (await accountIn(policyDir)) ?? OWN_ACCOUNT;
  const load = () => loadFolder(policyDir, { kinds: grantKinds, ownAccount });
  const first = await load();
  let bundle: Bundle | undefined = 'bundle' in first ? first.bundle : undefined;
  let problems: Problem[] = 'problems' in first ? first.problems : [];
  const timezone = () => bundle?.directory.timezone ?? 'UTC';

  const clock = sandboxClock(realNow, options.at ?? workingHour(realNow(), timezone()));
  const team = { id: SERVED, domain: 'corp', name: 'Corp' };
  const slack = await startSlack({ now: clock.now, signingSecret: SIGNING_SECRET, team, users: [] });
  const cloud = await startCloud({ now: clock.now });
  const jit = cloud.addUser({
    account: ownAccount,
    name: 'jit',
    inline: { all: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
  });

  const listeners = new Set<() => void>();
  const decisions = decisionKeeper();
  const changed = () => {
    settle();
    for (const listener of listeners) listener();
  };
  const log = createLog('info', {
    write(text: string) {
      const line = JSON.parse(text) as JsonObject;
      decisions.hear(line);
      const { level, msg } = line;
      if (level === 'warn' || level === 'error' || level === 'fatal') say(`${level}: ${words(msg)}`);
      changed();
    },
  });
  const opened = options.realDynamoDb
    ? await inDynamoDbLocal({ log, now: clock.now })
    : { ...inMemory({ log, now: clock.now }), stop: async () => undefined };
  const { record, heads } = watched(opened, changed);
  const bot = botAmong({ slack, cloud, clock, keys: jit.keys, policyDir }, { log, record }, changed);

  let settled: Bundle | undefined;
  /** Whoever and whatever the policies in force name is there, in Slack and in AWS. */
  function settle(): void {
    const policies = bot.serving()?.app.policies;
    if (policies && !policies.status().none) bundle = policies.bundle();
    if (!bundle || bundle === settled) return;
    settled = bundle;
    const { directory } = bundle;
    const entitlements = [...bundle.entitlements.values()];
    seedSlack(slack, { directory, entitlements });
    seedCloud(cloud, {
      directory,
      entitlements,
      seedOf,
      principalOf: principal,
      botArn: jit.arn,
    });
  }

  const principal = (email: string) =>
    bundle ? principalOf(email, bundle.directory) : 'the policies are not loaded yet';

  const closing = new AbortController();
  async function bringUp(): Promise<void> {
    while (!bundle && !closing.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
      const again = await load();
      if ('bundle' in again) bundle = again.bundle;
      problems = 'problems' in again ? again.problems : [];
      changed();
    }
    if (closing.signal.aborted) return;
    settle();
    await bot.start();
    await play(options.scenario, { slack, clock, settle: quiet });
    changed();
  }

  /** Until nothing more is due now. */
  async function quiet(): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const app = bot.serving()?.app;
      await app?.door?.stop();
      const swept = await app?.engine.sweep({ until: clock.now() + FAR });
      if ((swept?.looked ?? []).every(({ dueAt }) => dueAt === undefined || dueAt > clock.now())) return;
    }
    throw new Error('there is no end of what is due');
  }

  return {
    ready: bringUp(),
    clock,
    slack,
    cloud,
    get people() {
      return bundle ? everybody(bundle.directory) : CAST;
    },
    timezone,
    wallNow: realNow,
    shared: SHARED_CHANNELS,
    principalsOf(userId) {
      const email = slack.users().find(({ id }) => id === userId)?.email;
      const found = email === undefined ? '' : principal(emailOf(email));
      if (typeof found === 'string') return [];
      return cloud
        .principals()
        .filter(({ type, name }) => type === found.type && name === found.name)
        .map(({ arn }) => arn);
    },
    bot,
    policies() {
      const status = bot.serving()?.app.policies.status();
      const hash = status?.none ? undefined : (status?.hash ?? bundle?.hash);
      return {
        folder: policyDir,
        problems: (status?.problems ?? problems).map(asLine),
        warnings: (status?.warnings ?? bundle?.warnings ?? []).map(asLine),
        ...(hash !== undefined && { hash }),
        ...(status && { loadedAt: status.loadedAt }),
      };
    },
    record: {
      heads: async () => [...heads.values()],
      events: record.store.records,
      grant: record.store.grant,
      decisions: decisions.of,
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await bot.stop();
      clock.stop();
      await slack.stop();
      await cloud.close();
      await opened.stop();
    },
  };
}

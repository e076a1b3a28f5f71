import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { principalOf } from '../../src/people/principal.js';
import { brokenAt } from '../../src/domain/record/seal.js';
import type { State } from '../../src/domain/request/state.js';
import { grantKinds } from '../../src/grants/index.js';
import { createLog } from '../../src/log.js';
import { seedOf } from '../../src/grants/seeds.js';
import { loadFolder } from '../../src/policy/load.js';
import { startCloud } from '../../src/sandbox/aws/index.js';
import { CAST, seedCloud, slackSetup } from '../../src/sandbox/company.js';
import { play, SCENARIOS } from '../../src/sandbox/scenarios.js';
import { buttonsOf, startSlack, textOf } from '../../src/sandbox/slack/index.js';
import { serve } from '../../src/run/server/serve.js';
import { folder, FRIDAY, HOUR, MINUTE, POLICIES } from '../support/company.js';
import { corp } from '../support/people.js';

const OWN_ACCOUNT = '999900001111';
const SIGNING_SECRET = 'signing-secret-of-the-scenarios';
const EVERYTHING = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } as const;

/** The whole program in this process, in the world that the sandbox makes of a policy folder. */
async function opened(policyDir: string) {
  let at = FRIDAY;
  const now = () => at;
  const loaded = await loadFolder(policyDir, { kinds: grantKinds, ownAccount: OWN_ACCOUNT });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { directory } = loaded.bundle;
  const entitlements = [...loaded.bundle.entitlements.values()];

  const slack = await startSlack({
    now,
    signingSecret: SIGNING_SECRET,
    team: { id: 'T0CORP', domain: 'corp' },
    ...slackSetup(directory, entitlements),
  });
  const cloud = await startCloud({ now });
  const bot = cloud.addUser({ account: OWN_ACCOUNT, name: 'jit', inline: { all: EVERYTHING } });
  seedCloud(cloud, {
    seedOf,
    directory,
    entitlements,
    principalOf: (email) => principalOf(email, directory),
    botArn: bot.arn,
  });

  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: bot.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bot.keys.secretAccessKey,
    AWS_ENDPOINT_URL_IAM: cloud.url,
    AWS_ENDPOINT_URL_STS: cloud.url,
  });
  const logged: { level: string; msg: string }[] = [];
  const log = createLog('warn', { write: (line: string) => void logged.push(JSON.parse(line)) });
  const serving = await serve(
    {
      slack: {
        botToken: { value: slack.botToken },
        signingSecret: { value: SIGNING_SECRET },
        apiUrl: slack.apiUrl,
      },
      port: 0,
      store: 'memory',
      table: 'jit',
      createTable: true,
      policyDir,
      sweepSeconds: 3600,
      signinUrl: cloud.signinUrl,
      logLevel: 'warn',
    },
    { log, now, end: () => undefined },
  );
  slack.connect(`http://127.0.0.1:${serving.port}/slack/events`);

  async function settle(): Promise<void> {
    await serving.app.door?.stop();
    for (let round = 0; round < 50; round++) {
      const { looked } = await serving.app.engine.sweep({ until: at + 1_000 * HOUR });
      if (looked.every(({ dueAt }) => dueAt === undefined || dueAt > at)) return;
    }
    throw new Error('there is no end of what is due');
  }
  const { store } = serving.app;
  return {
    slack,
    cloud,
    logged,
    settle,
    clock: { advance: (ms: number) => void (at += ms) },
    elapsed: () => at - FRIDAY,
    records: store.records,
    /** Everybody's requests, oldest first. */
    async states(): Promise<State[]> {
      const heads = await Promise.all(CAST.map(({ email }) => store.byRequester(corp(email), 100)));
      return heads
        .flat()
        .map(({ state }) => state)
        .sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1));
    },
    async close() {
      await serving.stop();
      await slack.stop();
      await cloud.close();
      process.env = before;
    },
  };
}
type World = Awaited<ReturnType<typeof opened>>;

/** `orders-db-admin of ana: pending` */
function rowOf({ entitlement, requester, ...state }: State): string {
  const status = state.status === 'closed' ? state.outcome : state.status;
  return `${entitlement.id} of ${requester.email.split('@')[0]}: ${status}`;
}

/** What a mistake in a scenario, or of the bot's, would leave behind. */
function nothingWentWrong(it: World): void {
  expect(it.logged).toEqual([]);
  expect(it.slack.failures()).toEqual([]);
  expect(it.slack.calls().filter(({ answer }) => answer?.['ok'] === false)).toEqual([]);
  for (const { id } of CAST) expect(it.slack.views(id)).toEqual([]);
}
const waitingFor = (it: World, channel: string) =>
  it.slack
    .messages(channel)
    .filter((card) => buttonsOf(card).some(({ actionId }) => actionId === 'approve'))
    .map((card) => /stage ([\w-]+)/.exec(textOf(card))?.[1]);

describe('a scenario', () => {
  let it: World;
  beforeEach(async () => {
    it = await opened(POLICIES);
  });
  afterEach(async () => {
    await it.close();
  });

  test('empty leaves nothing behind', async () => {
    await play('empty', it);
    expect(await it.states()).toEqual([]);
    expect(it.elapsed()).toBe(0);
    nothingWentWrong(it);
  });

  test('pending: one request waits at security, with the approval of the manager, another at the manager', async () => {
    await play('pending', it);
    const [index, checkout] = await it.states();
    expect([index, checkout].map((state) => rowOf(state!))).toEqual([
      'orders-db-admin of ana: pending',
      'staging-deployer of cleo: pending',
    ]);
    expect(index!.votes).toMatchObject([{ stage: 'manager', by: { account: { id: 'U0BOB' } } }]);
    expect(checkout!.votes).toEqual([]);
    expect(waitingFor(it, 'C0SECURITY')).toEqual(['security']);
    expect(waitingFor(it, 'C0PRODACCESS')).toEqual([]);
    expect(waitingFor(it, 'C0ACCESS')).toEqual([]);
    expect(it.slack.users().flatMap(({ id }) => waitingFor(it, it.slack.dmOf(id)))).toEqual(['manager']);
    nothingWentWrong(it);
  });
});

describe('a scenario', () => {
  let it: World;
  beforeAll(async () => {
    it = await opened(POLICIES);
    await play('busy-friday', it);
  });
  afterAll(() => it.close());

  test('busy-friday: a dozen requests of several people, in every state', async () => {
    const states = await it.states();
    expect(states.map(rowOf)).toEqual([
      'sandbox-power-user of eva: expired',
      'staging-deployer of ana: released',
      'orders-logs of otto: expired',
      'staging-deployer of cleo: denied',
      'billing-reports of eva: active',
      'orders-db-admin of ana: cancelled',
      'staging-secrets-reader of eva: revoked',
      'orders-db-admin of otto: active',
      'sandbox-bucket-reader of ana: active',
      'sandbox-power-user of cleo: active',
      'orders-db-admin of dora: pending',
      'staging-deployer of cleo: pending',
      'orders-logs of eva: pending',
    ]);
    const denied = states.find((state) => state.status === 'closed' && state.outcome === 'denied');
    expect(denied).toMatchObject({ by: { account: { id: 'U0BOB' } }, reason: { code: 'vote' } });
    expect(waitingFor(it, 'C0SECURITY')).toEqual(['security']);
    expect(waitingFor(it, 'C0ACCESS')).toEqual(['owners']);
    expect(it.slack.users().flatMap(({ id }) => waitingFor(it, it.slack.dmOf(id)))).toEqual(['manager']);
    for (const { id } of states) expect(brokenAt(await it.records(id))).toBeUndefined();
    nothingWentWrong(it);
  });

  test('busy-friday leaves in AWS what is active, and no more', async () => {
    const temporary = (arn: string) =>
      Object.keys(it.cloud.inline(arn)).filter((name) => name.startsWith('jit-'));
    expect(temporary('arn:aws:iam::111122223333:user/eva@corp.example')).toHaveLength(1);
    expect(temporary('arn:aws:iam::777788889999:user/ana.lopez')).toHaveLength(1);
    expect(temporary('arn:aws:iam::777788889999:user/eva@corp.example')).toEqual([]);
    const opened = it.cloud.calls.filter(
      ({ action, params }) => action === 'AssumeRole' && params['RoleArn']?.endsWith('OrdersDbAdmin'),
    );
    expect(opened).toHaveLength(1);
    expect(it.cloud.calls.filter(({ error }) => error !== undefined && error !== 'NoSuchEntity')).toEqual([]);
  });

  test('busy-friday takes less than three hours of the sandbox, so that it fits into working hours', async () => {
    expect(it.elapsed()).toBeGreaterThan(HOUR);
    expect(it.elapsed()).toBeLessThan(3 * HOUR - MINUTE);
  });
});

describe('where the policies are not the default ones', () => {
  let it: World;
  beforeAll(async () => {
    const own = folder();
    cpSync(POLICIES, own, { recursive: true });
    for (const file of ['catalog.yml', 'cases/production.yml']) {
      const path = join(own, file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('orders-db-admin', 'ledger-admin'));
    }
    it = await opened(own);
  });
  afterAll(async () => {
    await it.close();
  });

  test.each(SCENARIOS.filter((name) => name !== 'empty'))(
    '%s says what is missing, and what to do',
    async (name) => {
      await expect(play(name, it)).rejects.toThrow(
        /orders-db-admin.*It needs the default policies, within working hours: with policies of your own, choose the scenario "empty"\./s,
      );
    },
  );

  test('empty can be played', async () => {
    await expect(play('empty', it)).resolves.toBeUndefined();
  });
});

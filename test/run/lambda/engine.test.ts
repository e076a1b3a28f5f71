/** @project outside */
import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latenessOf } from '../../../src/run/lambda/sweep.js';
import { slackHandler } from '../../../src/run/lambda/slack.js';
import { streamHandler } from '../../../src/run/lambda/stream.js';
import { sweepHandler } from '../../../src/run/lambda/sweep.js';
import { createTable } from '../../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { cardWith, copyOfPolicies, HOUR, MINUTE, POLICIES, textOf } from '../../support/company.js';
import { describeWithDynamoDb } from '../../support/dynamodb-local.js';
import { arnOf, SCHEDULED } from '../../support/lambda/events.js';
import { lambdaWorld, TOKEN_NAME } from '../../support/lambda/world.js';
import { corp } from '../../support/people.js';

type World = Awaited<ReturnType<typeof lambdaWorld>>;
const before = { ...process.env };
let it: World;
let lines: string[];
let ended: number;
let fault: string | undefined;
beforeEach(async () => {
  it = await lambdaWorld();
  Object.assign(process.env, it.aws);
  lines = [];
  ended = 0;
  fault = undefined;
});
afterEach(async () => {
  await it.close();
  process.env = { ...before };
});

const given = (env: Record<string, string> = {}) => ({
  now: it.now,
  here: join(POLICIES, '..'),
  env: { ...it.env, ...env },
  destination: { write: (line: string) => void lines.push(line) },
  end: () => ended++,
  fault: () => fault,
});
const context = (left = 30_000) => ({
  invokedFunctionArn: arnOf('stream'),
  getRemainingTimeInMillis: () => left,
});
const changed = (...ids: string[]) => ({
  Records: ids.map((id, i) => ({
    eventName: 'MODIFY',
    dynamodb: { Keys: { pk: { S: `REQUEST#${id}` }, sk: { S: 'HEAD' } }, SequenceNumber: String(100 + i) },
  })),
});
const failing = (...sequences: string[]) => ({
  batchItemFailures: sequences.map((itemIdentifier) => ({ itemIdentifier })),
});
const logged = (msg: string) =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['msg'] === msg);

describe('what cannot start does nothing, says so, and ends well: the record keeps what is owed', () => {
  test('a variable that is missing', async () => {
    const env = { SLACK_TEAM_ID: '' };
    expect(await streamHandler(given(env))(changed('a'), context())).toEqual(failing());
    await sweepHandler(given(env))(SCHEDULED, context());
    expect(logged('jit cannot start')).toHaveLength(2);
  });
});

describe('stream records', () => {
  test('of an unknown shape are said and passed over, without a secret being read', async () => {
    expect(await streamHandler(given())({ Records: [{ eventName: 'INSERT' }] }, context())).toEqual(
      failing(),
    );
    expect(await streamHandler(given())({ source: 'aws.events' })).toEqual(failing());
    expect(logged('stream records of an unknown shape were passed over')).toHaveLength(2);
    expect(it.ssm.asked).toEqual([]);
  });

  test('come again while the table cannot be used', async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
    const answer = await streamHandler(given())(changed('a', 'b'), context());
    expect(answer.batchItemFailures).toHaveLength(2);
  });

  test('that there is too little time for are not begun, and come again', async () => {
    const answer = await streamHandler(given())(changed('a', 'b'), context(9_000));
    expect(answer).toEqual(failing('100', '101'));
    expect(logged('too little time for the whole batch')).toHaveLength(1);
  });

  test('after a trap in Cedar the batch is answered, and the container ends', async () => {
    fault = 'Cedar has trapped';
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
    await streamHandler(given())(changed('a'), context());
    expect(ended).toBe(1);
    await sweepHandler(given())(SCHEDULED, context());
    expect(ended).toBe(2);
    expect(logged('everything is denied until this process is started anew')).toHaveLength(2);
  });
});

test('a sweep that cannot use the table ends well, and without its heartbeat', async () => {
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
  await sweepHandler(given())(SCHEDULED, context());
  expect(logged('a sweep failed; the next one tries again')).toHaveLength(1);
  expect(logged('swept')).toEqual([]);
});

describe('how late a request is', () => {
  const state = (more: object) => more as Parameters<typeof latenessOf>[0]['state'];

  test('behind what is due, and not at all before', () => {
    const head = { dueAt: 5_000, state: state({ status: 'active' }) };
    expect(latenessOf(head, 8_000)).toBe(3_000);
    expect(latenessOf(head, 4_000)).toBe(0);
    expect(latenessOf({ state: state({ status: 'closed' }) }, 8_000)).toBe(0);
  });

  test('behind its end, however often taking it away was put off', () => {
    const head = { dueAt: 900_000, state: state({ status: 'ending', endingAt: 10_000 }) };
    expect(latenessOf(head, 600_000)).toBe(590_000);
  });
});

describeWithDynamoDb('with its table', (local) => {
  let client: DynamoDBClient;
  let store: ReturnType<typeof dynamodbStore>;
  beforeEach(async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = local().endpoint;
    const table = `jit-${Math.floor(it.now())}-${process.hrtime.bigint()}`;
    it.env.JIT_TABLE = table;
    client = dynamodbClient(local().config);
    await createTable(client, table);
    store = dynamodbStore({ client, table, now: it.now });
    await it.connect(slackHandler(given()));
  });
  afterEach(() => client.destroy());

  async function ask(who: string, entitlement = 'staging-deployer'): Promise<string> {
    const person = it.slack.as(who);
    await person.command('/jit');
    await person.submit(it.slack.views(who).at(-1)!.id, {
      entitlement,
      duration: '1h',
      justification: 'deploying the new orders service',
    });
    return (await store.byRequester(corp(`${who.slice(2).toLowerCase()}@corp.example`), 1))[0]!.id;
  }
  test('a table that is not there is named by each function, with what to do, at a level that alarms', async () => {
    const gone = given({ JIT_TABLE: 'gone' });
    await it.connect(slackHandler(gone));
    const told: [string, () => Promise<unknown>][] = [
      ['a request from Slack could not be handled', () => it.slack.as('U0ANA').command('/jit list')],
      ['a sweep failed; the next one tries again', () => sweepHandler(gone)(SCHEDULED, context())],
    ];
    for (const [msg, act] of told) {
      await act();
      expect(logged(msg)).toEqual([
        expect.objectContaining({
          level: 'error',
          err: expect.objectContaining({
            message: expect.stringMatching(/^the table "gone" in [\w-]+ does not exist: correct JIT_TABLE/),
          }),
        }),
      ]);
    }
  });

  /** A head that nobody can read any more. */
  const spoil = (id: string) =>
    client.send(
      new UpdateItemCommand({
        TableName: it.env.JIT_TABLE,
        Key: { pk: { S: `REQUEST#${id}` }, sk: { S: 'HEAD' } },
        UpdateExpression: 'SET #json = :broken',
        ExpressionAttributeNames: { '#json': 'json' },
        ExpressionAttributeValues: { ':broken': { S: '{' } },
      }),
    );
  const statusOf = async (id: string) => (await store.head(id))?.state.status;
  const cards = () => it.slack.dms('U0BOB').length;

  let policyDir: string;
  /** Nothing says beforehand whose token it is. */
  const anonymous = { SLACK_BOT_ID: '', SLACK_BOT_USER_ID: '' };
  const broken = () => join(policyDir, 'extra.cedar');
  const faults = [
    {
      name: 'a token that SSM does not give',
      env: {},
      begin: () => void delete it.ssm.held[TOKEN_NAME],
      end: () => void (it.ssm.held[TOKEN_NAME] = it.slack.botToken),
      says: expect.stringContaining(`there is no SSM parameter ${TOKEN_NAME} in eu-west-1: store it there`),
    },
    {
      name: 'Slack that cannot be reached',
      env: anonymous,
      begin: () => it.slack.misbehave('*', { kind: 'status', status: 503 }, Infinity),
      end: () => it.slack.behave(),
      says: 'Slack cannot be reached (auth.test): http_503',
    },
    {
      name: 'a token that Slack refuses',
      env: anonymous,
      begin: () => it.slack.misbehave('*', { kind: 'error', error: 'account_inactive' }, Infinity),
      end: () => it.slack.behave(),
      says: 'Slack does not accept SLACK_BOT_TOKEN (auth.test): account_inactive',
    },
    {
      name: 'a policy folder that does not load',
      env: {},
      begin: () => writeFileSync(broken(), 'permit (principal, action, resource);\n'),
      end: () => rmSync(broken()),
      says: expect.stringMatching(/^extra\.cedar:1: .*@id/),
    },
  ];
  test.each(faults)(
    'invariants 2 and 16: with $name access ends, nothing is given, and later calls are whole',
    async ({ env, begin, end, says }) => {
      policyDir = copyOfPolicies();
      const here = given({ JIT_POLICY_DIR: policyDir, ...env });
      const slack = slackHandler(given({ JIT_POLICY_DIR: policyDir }));
      await it.connect((event) => slack(event, context()));
      const session = await ask('U0ANA', 'sandbox-power-user');
      const policy = await ask('U0OLI', 'sandbox-bucket-reader');
      await sweepHandler(here)(SCHEDULED, context());
      await it.slack.as('U0ANA').click(cardWith(it.slack.dms('U0ANA'), 'credentials'), 'credentials');
      await sweepHandler(here)(SCHEDULED, context());
      await it.slack.as('U0ANA').click(cardWith(it.slack.dms('U0ANA'), 'revoke'), 'revoke');
      const asked = await ask('U0DAN', 'sandbox-power-user');
      expect(await Promise.all([session, policy, asked].map(statusOf))).toEqual([
        'ending',
        'active',
        'pending',
      ]);
      const count = (action: string) =>
        it.cloud.calls.filter((call) => call.action === action && call.error === undefined).length;
      const sessions = () =>
        it.cloud.calls.filter(({ params }) => params['SourceIdentity'] !== undefined).length;
      expect(sessions()).toBe(1);

      begin();
      lines.length = 0;
      const [stream, sweep] = [streamHandler(here), sweepHandler(here)];
      // One call may still be on its way for half a minute after the session was opened.
      it.pass(MINUTE);
      expect(await stream(changed(session, asked), context())).toEqual(failing());
      expect([await statusOf(session), count('PutRolePolicy')]).toEqual(['closed', 1]);
      await sweep(SCHEDULED, context());
      it.pass(HOUR);
      await sweep(SCHEDULED, context());
      expect(await Promise.all([policy, asked].map(statusOf))).toEqual(['closed', 'pending']);
      expect([count('DeleteUserPolicy'), sessions()]).toEqual([1, 1]);
      const said = logged('jit only ends access: it lacks what it cannot give access without');
      expect(said.length).toBeGreaterThanOrEqual(3);
      for (const line of said)
        expect(line).toMatchObject({
          level: 'error',
          lacking: [{ problems: expect.arrayContaining([says]) }],
        });
      expect([logged('jit cannot start').length, logged('swept').length]).toEqual([0, 2]);
      expect(lines.join('')).not.toContain(it.slack.botToken);

      end();
      for (let minute = 0; minute < 3; minute++) {
        it.pass(6 * MINUTE);
        await sweep(SCHEDULED, context());
      }
      expect(await statusOf(asked)).toBe('active');
      const told = (who: string) =>
        it.slack
          .dms(who)
          .map((one) => textOf(one))
          .join('\n');
      expect(told('U0ANA')).toMatch(/Sandbox power user[^]*you handed it back/);
      expect(told('U0OLI')).toMatch(/Your access \*Sandbox bucket reader\* has ended\./);
    },
    60_000,
  );

  test('one poisoned request comes again alone, and holds up nobody', async () => {
    const poisoned = await ask('U0ANA');
    const good = await ask('U0OLI', 'sandbox-power-user');
    await spoil(poisoned);
    const answer = await streamHandler(given())(changed(poisoned, good, poisoned, 'nobody'), context());
    expect(answer).toEqual(failing('100'));
    expect(await statusOf(good)).toBe('active');

    // Nor does it hold up the sweep, which goes on living.
    const other = await ask('U0DAN', 'sandbox-power-user');
    await sweepHandler(given())(SCHEDULED, context());
    expect(await statusOf(other)).toBe('active');
    expect(logged('swept').at(-1)).toMatchObject({ failed: 1 });
  });

  test('the same records twice, at once and again, post one card', async () => {
    const id = await ask('U0ANA');
    const [one, other] = [streamHandler(given()), streamHandler(given())];
    expect(await Promise.all([one(changed(id), context()), other(changed(id), context())])).toEqual([
      failing(),
      failing(),
    ]);
    await one(changed(id, id), context());
    expect(cards()).toBe(1);
  });

  test('the sweep says how late what is due was, and what it left for want of time', async () => {
    await ask('U0ANA');
    it.pass(7 * MINUTE);
    const sweep = sweepHandler(given());
    await sweep(SCHEDULED, context(9_000));
    expect(logged('swept')).toEqual([expect.objectContaining({ looked: 0, left: 1 })]);
    await sweep(SCHEDULED, context());
    const late = logged('swept').at(-1)!['lagMs'] as number;
    expect(late).toBeGreaterThanOrEqual(7 * MINUTE);
    expect(late).toBeLessThan(8 * MINUTE);
    await sweep(SCHEDULED, context());
    expect(logged('swept').at(-1)).toMatchObject({ looked: 0, lagMs: 0 });
    expect(cards()).toBe(1);
  });

  test('a revocation that AWS refuses is late, however short the next try is away', async () => {
    const id = await ask('U0ANA', 'sandbox-bucket-reader');
    const sweep = sweepHandler(given());
    await sweep(SCHEDULED, context());
    expect(await statusOf(id)).toBe('active');
    it.cloud.fault('DeleteUserPolicy', { fail: 'AccessDenied' }, 1000);
    it.pass(HOUR);
    for (let minute = 0; minute < 4; minute++) {
      await sweep(SCHEDULED, context());
      it.pass(MINUTE);
    }
    await sweep(SCHEDULED, context());
    expect(await statusOf(id)).toBe('ending');
    const lags = logged('swept').map(({ lagMs }) => lagMs as number);
    expect(Math.max(...lags.slice(-2))).toBeGreaterThan(2 * MINUTE);
  });

  test('a new token is used within five minutes, without deploying', async () => {
    const sweep = sweepHandler(given());
    await sweep(SCHEDULED, context());
    expect(it.slack.calls('usergroups.list').length).toBeGreaterThan(0);
    it.ssm.held[TOKEN_NAME] = 'xoxb-new';
    it.pass(6 * MINUTE);
    await sweep(SCHEDULED, context());
    // Slack's double knows only the old one: what it refuses now is the new one.
    expect(logged('a periodic job failed; it is run again at the next sweep').length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain('xoxb-new');
  });
});

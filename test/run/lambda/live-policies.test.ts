/** @project outside */
import { join } from 'node:path';
import { grantKinds } from '../../../src/grants/kinds.js';
import { slackHandler } from '../../../src/run/lambda/slack.js';
import { streamHandler } from '../../../src/run/lambda/stream.js';
import { sweepHandler } from '../../../src/run/lambda/sweep.js';
import { packFolder } from '../../../src/policy/cases/folder.js';
import { createTable } from '../../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { POLICIES } from '../../support/company.js';
import { describeWithDynamoDb } from '../../support/dynamodb-local.js';
import { startS3 } from '../../support/s3.js';
import { arnOf, eventOf, SCHEDULED } from '../../support/lambda/events.js';
import { lambdaWorld } from '../../support/lambda/world.js';

const OBJECT = 'corp-jit/bundle.json';
const REFUSED = 'the policies that are there now are refused; the last good ones stay in force';
const UNREACHABLE = 'the policies cannot be looked at; the last good ones stay in force';
const before = { ...process.env };

let it: Awaited<ReturnType<typeof lambdaWorld>>;
let s3: Awaited<ReturnType<typeof startS3>>;
let lines: Record<string, unknown>[];
let good: string;
let broken: string;
beforeEach(async () => {
  it = await lambdaWorld();
  s3 = await startS3();
  Object.assign(process.env, it.aws, { AWS_ENDPOINT_URL_S3: s3.url });
  // No test reaches for a table of somebody else's.
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
  lines = [];
  const packed = await packFolder(POLICIES, { kinds: grantKinds }, 0);
  if ('problems' in packed) throw new Error(JSON.stringify(packed.problems));
  good = packed.text;
  broken = good.replace('risk: low', 'risk: none');
});
afterEach(async () => {
  await it.close();
  await s3.close();
  process.env = { ...before };
});

const edited = (days: number) => good.replace('warnBefore: 10m', `warnBefore: ${days}m`);
const given = () => ({
  now: it.now,
  here: join(POLICIES, '..'),
  env: { ...it.env, JIT_POLICY_S3: `s3://${OBJECT}` },
  destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  end: () => undefined,
  fault: () => undefined,
});
const logged = (msg: string) => lines.filter((line) => line['msg'] === msg);
/** Which versions came into force, in their order. */
const inForce = () => logged('policies in force').map(({ version }) => version);
const form = new URLSearchParams({ command: '/jit', text: 'help', trigger_id: '1.2.3' });

/** Each function, as a container that may be called again and again. */
const CONTAINERS = {
  slack() {
    const handler = slackHandler(given());
    const about = { team_id: it.slack.teamId, user_id: 'U0ANA', channel_id: 'C0ACCESS' };
    const body = new URLSearchParams([...form, ...Object.entries(about)]).toString();
    return () =>
      handler(eventOf(it.slack.signed(body)), {
        invokedFunctionArn: arnOf('slack'),
        getRemainingTimeInMillis: () => 9_000,
      });
  },
  stream() {
    const handler = streamHandler(given());
    const record = {
      eventName: 'MODIFY',
      dynamodb: { Keys: { pk: { S: 'REQUEST#1' }, sk: { S: 'HEAD' } }, SequenceNumber: '100' },
    };
    // Too little time to begin with the request itself.
    return () =>
      handler(
        { Records: [record] },
        { invokedFunctionArn: arnOf('stream'), getRemainingTimeInMillis: () => 1 },
      );
  },
  sweep() {
    const handler = sweepHandler(given());
    return () => handler(SCHEDULED, { invokedFunctionArn: arnOf('sweep') });
  },
};

describe.each(['slack', 'stream', 'sweep'] as const)('%s', (name) => {
  test('a changed object is in force for the next call after 30 seconds, and not before', async () => {
    s3.put(OBJECT, good);
    const invoke = CONTAINERS[name]();
    await invoke();
    s3.put(OBJECT, edited(5));
    await invoke();
    expect(inForce()).toEqual(['v1']);
    expect(s3.asked).toHaveLength(1);
    it.pass(30_000);
    await invoke();
    expect(inForce()).toEqual(['v1', 'v2']);
    expect(s3.asked.map(({ owner }) => owner)).toEqual(['999900001111', '999900001111']);
  });

  test('a broken one is refused, and the last good one goes on', async () => {
    s3.put(OBJECT, good);
    const invoke = CONTAINERS[name]();
    await invoke();
    s3.put(OBJECT, broken);
    it.pass(30_000);
    await invoke();
    expect(logged(REFUSED)).toEqual([expect.objectContaining({ level: 'error', version: 'v1' })]);
    expect(logged('jit cannot start')).toEqual([]);
    s3.put(OBJECT, edited(5));
    it.pass(30_000);
    await invoke();
    expect(inForce()).toEqual(['v1', 'v3']);
  });

  test('unreachable at a cold start: what is packed stands in, and it is said at a level that alarms', async () => {
    s3.how.slow = 'answer';
    const invoke = CONTAINERS[name]();
    await invoke();
    expect(logged(UNREACHABLE)).toEqual([
      expect.objectContaining({ level: 'error', source: join(POLICIES, '..', 'policies'), standIn: true }),
    ]);
    expect(logged('jit cannot start')).toEqual([]);
    delete s3.how.slow;
    s3.put(OBJECT, edited(5));
    it.pass(2_000);
    await invoke();
    expect(inForce()).toEqual(['v1']);
  });
});

describe('what people hear', () => {
  test('an answer comes after one call that S3 leaves without one, at a cold start and later', async () => {
    s3.how.slow = 'body';
    s3.put(OBJECT, good);
    const invoke = CONTAINERS.slack();
    for (let n = 0; n < 2; n++) {
      const answer = await invoke();
      expect(s3.asked).toHaveLength(n + 1);
      expect(answer.body).toContain('/jit');
      it.pass(30_000);
    }
  });

  test('without JIT_POLICY_S3, S3 is never asked', async () => {
    s3.put(OBJECT, edited(5));
    await sweepHandler({ ...given(), env: it.env })(SCHEDULED, { invokedFunctionArn: arnOf('sweep') });
    expect(s3.asked).toEqual([]);
    expect(logged('policies in force')).toHaveLength(1);
  });
});

describeWithDynamoDb('with its table', (local) => {
  test('a function that starts while a broken object lies on top takes the version that the sweep has found good', async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = local().endpoint;
    it.env.JIT_TABLE = `jit-${process.hrtime.bigint()}`;
    const client = dynamodbClient(local().config);
    await createTable(client, it.env.JIT_TABLE);
    const store = dynamodbStore({ client, table: it.env.JIT_TABLE, now: it.now });
    const known = async (version: string) => {
      while ((await store.note('policies'))?.['version'] !== version) await new Promise(setImmediate);
    };

    // Invariant 13: what faces people writes no note.
    s3.put(OBJECT, good);
    await CONTAINERS.slack()();
    expect(await store.note('policies')).toBeUndefined();

    const sweep = CONTAINERS.sweep();
    await sweep();
    await known('v1');
    s3.put(OBJECT, edited(5));
    it.pass(30_000);
    await sweep();
    await known('v2');
    s3.put(OBJECT, broken);
    lines = [];
    expect((await CONTAINERS.slack()()).body).toContain('/jit');
    expect(logged(REFUSED)).toEqual([expect.objectContaining({ source: `s3://${OBJECT}`, version: 'v2' })]);

    // And while S3 is silent, the engine's copy of that version: it counts, and an alarm hears of it.
    while ((await store.note('policies-copy')) === undefined) await new Promise(setImmediate);
    s3.how.slow = 'answer';
    for (const name of ['slack', 'stream', 'sweep'] as const) {
      lines = [];
      await CONTAINERS[name]()();
      expect(logged(UNREACHABLE)).toEqual([
        expect.objectContaining({
          level: 'error',
          source: `the copy of s3://${OBJECT} in the table`,
          version: 'v2',
        }),
      ]);
      expect(logged(UNREACHABLE)[0]).not.toHaveProperty('standIn');
    }
    client.destroy();
  });
});

/** @project outside */
import { DeleteItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { brokenAt } from '../../../src/domain/record/seal.js';
import { buttonsOf, textOf, type PostedMessage } from '../../../src/sandbox/slack/index.js';
import { createTable } from '../../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { builtBundles } from '../../support/built.js';
import { cardWith, HOUR, livingIn, MINUTE } from '../../support/company.js';
import { describeWithDynamoDb } from '../../support/dynamodb-local.js';
import { invoke, type Invoked } from '../../support/lambda/bundles.js';
import { SCHEDULED, streamEvent } from '../../support/lambda/events.js';
import { tableStream } from '../../support/lambda/table-stream.js';
import { lambdaWorld, type Result } from '../../support/lambda/world.js';
import { corp } from '../../support/people.js';

const ROLE = 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin';
/** How often something is tried of which DynamoDB Local has not answered in time. */
const TRIES = 6;
type StreamRecords = Parameters<typeof streamEvent>[0];
/** The stream's record of a lease that is gone. */
const removal = (id: string): StreamRecords[number] => ({
  eventName: 'REMOVE',
  eventID: 'again',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-west-1',
  dynamodb: {
    Keys: { pk: { S: `LEASE#${id}` }, sk: { S: 'LEASE' } },
    SequenceNumber: '000000000000000999999',
    ApproximateCreationDateTime: new Date(),
  },
});
/** That DynamoDB Local has not answered in time. */
const isSilence = ({ err }: Invoked['log'][number]) =>
  (err as { name?: string } | undefined)?.name === 'TimeoutError';

const SANDBOX_USER = 'arn:aws:iam::777788889999:user/ana.lopez';

describeWithDynamoDb('the whole journey through the three bundles, each call in a fresh process', (local) => {
  let bundles: string;
  let it: Awaited<ReturnType<typeof lambdaWorld>>;
  let client: DynamoDBClient;
  let store: ReturnType<typeof dynamodbStore>;
  let records: Awaited<ReturnType<typeof tableStream>>;
  const log: Invoked['log'] = [];
  /** Of the last call. */
  let last: Invoked['log'] = [];

  beforeAll(async () => {
    bundles = builtBundles();
    it = await lambdaWorld();
    client = dynamodbClient(local().config);
    await createTable(client, 'jit');
    store = dynamodbStore({ client, table: 'jit', now: it.now });
    records = await tableStream(client, local().config);
    await it.connect(async (event) => (await call('slack', event)) as Result);
  });
  afterAll(async () => {
    client?.destroy();
    await it?.close();
  });

  async function call(name: 'slack' | 'stream' | 'sweep', event: unknown): Promise<unknown> {
    const env = { ...it.env, ...it.aws, AWS_ENDPOINT_URL_DYNAMODB: local().endpoint };
    // What faces the internet has no way to IAM and STS, nor needs one.
    const given = name === 'slack' ? { ...env, AWS_ENDPOINT_URL_STS: '', AWS_ENDPOINT_URL_IAM: '' } : env;
    const done = await invoke(bundles, name, event, { env: given, at: it.now() });
    last = done.log;
    log.push(...done.log);
    return done.answer;
  }

  /**
   * Hands the stream's records to its function, through the filters of the template, until there are none. Two looks in
   * a row must find none: of different items, the stream keeps no order.
   */
  async function settle(how: { byTtl?: boolean } = {}): Promise<void> {
    for (let empty = 0; empty < 2;) {
      const found = await records();
      empty = found.length === 0 ? empty + 1 : 0;
      const passed = found.filter(({ eventName, dynamodb }) =>
        eventName === 'REMOVE' ? dynamodb?.Keys?.['sk']?.S === 'LEASE' : dynamodb?.Keys?.['sk']?.S === 'HEAD',
      );
      for (let i = 0; i < passed.length; i += 10) await deliver(passed.slice(i, i + 10), how);
    }
  }
  const wasSilent = () => last.some(isSilence);
  /** As Lambda does: what fails comes again. On a busy machine DynamoDB Local may be silent for longer than jit waits. */
  async function deliver(batch: StreamRecords, how: { byTtl?: boolean }): Promise<void> {
    const event = streamEvent(batch, how);
    let answer = await call('stream', event);
    for (let tries = 1; tries < TRIES && wasSilent(); tries++) answer = await call('stream', event);
    expect(answer).toEqual({ batchItemFailures: [] });
  }
  async function sweep(): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries++) {
      await call('sweep', SCHEDULED);
      if (!wasSilent()) return;
    }
  }
  async function submit(values: Record<string, string>): Promise<string> {
    const ana = it.slack.as('U0ANA');
    await ana.command('/jit');
    const modal = it.slack.views('U0ANA').at(-1)!;
    await ana.choose(modal, 'entitlement', values['entitlement'] ?? null);
    await ana.submit(it.slack.views('U0ANA').at(-1)!.id, values);
    const [head] = await store.byRequester(corp('ana@corp.example'), 1);
    return head!.id;
  }
  async function ask(values: Record<string, string>): Promise<string> {
    const id = await submit(values);
    await settle();
    return id;
  }
  async function click(who: string, where: PostedMessage[], action: string): Promise<void> {
    await it.slack.as(who).click(cardWith(where, action), action);
    await settle();
  }
  const stateOf = async (id: string) => (await store.head(id))!.state;
  const deleteLease = (id: string) =>
    client.send(
      new DeleteItemCommand({ TableName: 'jit', Key: { pk: { S: `LEASE#${id}` }, sk: { S: 'LEASE' } } }),
    );
  async function untilEnd(id: string): Promise<void> {
    const state = await stateOf(id);
    if (state.status !== 'active') throw new Error(`it is ${state.status}`);
    it.pass(state.lease.endsAt - it.now() + 1000);
  }

  test('the schedule keeps who is in which group, and shows that it lives', async () => {
    await sweep();
    expect(await store.note('directory')).toBeDefined();
    expect(log.filter(({ msg }) => msg === 'swept')).toEqual([
      expect.objectContaining({ level: 'info', looked: 0, left: 0, lagMs: 0, ms: expect.any(Number) }),
    ]);
  });

  test('from /jit to credentials, and to an end that TTL’s removal of the lease brings', async () => {
    const id = await ask({
      entitlement: 'orders-db-admin',
      duration: '1h',
      justification: 'Index für Zahlungen: 支払い',
      ticket: 'OPS-12',
    });
    expect(textOf(cardWith(it.slack.dms('U0BOB'), 'approve'))).toContain('支払い');
    await click('U0BOB', it.slack.dms('U0BOB'), 'approve');
    await click('U0SAM', it.slack.messages('C0SECURITY'), 'approve');
    expect((await stateOf(id)).status).toBe('pending');
    await click('U0KIM', it.slack.messages('C0SECURITY'), 'approve');
    expect((await stateOf(id)).status).toBe('active');

    // Whoever opened the modal could not call STS; whoever calls STS fills it.
    const dm = cardWith(it.slack.dms('U0ANA'), 'credentials');
    await it.slack.as('U0ANA').click(dm, 'credentials');
    expect(it.cloud.calls.filter(({ action }) => action === 'AssumeRole')).toEqual([]);
    await settle();
    const shown = textOf(it.slack.views('U0ANA').at(-1)!);
    const [, key = ''] = /AWS_ACCESS_KEY_ID='?(\w+)/.exec(shown) ?? [];
    const [, secret = ''] = /AWS_SECRET_ACCESS_KEY='?([^'\s]+)/.exec(shown) ?? [];
    const may = () =>
      it.cloud.authorize({
        accessKeyId: key,
        action: 'rds:DescribeDBInstances',
        context: { 'aws:RequestedRegion': 'eu-west-1' },
      }).allowed;
    expect(may()).toBe(true);
    expect(it.cloud.calls.find(({ action }) => action === 'AssumeRole')?.params).toMatchObject({
      RoleArn: ROLE,
      SourceIdentity: 'ana@corp.example',
    });

    // Invariant 1: the end needs nobody. People hear of it when TTL has removed the lease.
    await untilEnd(id);
    expect(may()).toBe(false);
    await deleteLease(id);
    await settle({ byTtl: true });
    // The stream delivers at least once; and DynamoDB Local may have removed it itself by this machine's clock.
    await deliver([removal(id)], { byTtl: true });
    expect(['ending', 'closed']).toContain((await stateOf(id)).status);
    it.pass(MINUTE);
    await sweep();
    await settle();
    expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'expired' });
    expect(livingIn(it.slack.dms('U0ANA')).text).toBe('Your access *Orders database admin* has ended.');
    for (const message of [...it.slack.messages('C0SECURITY'), ...['U0ANA', 'U0BOB'].flatMap(it.slack.dms)])
      expect(buttonsOf(message).filter(({ actionId }) => actionId !== 'again')).toEqual([]);
    const events = await store.records(id);
    expect(brokenAt(events)).toBeUndefined();

    // Invariant 9: the secret is in that modal and nowhere else.
    expect(secret).not.toBe('');
    expect(JSON.stringify([log, events, await store.head(id), await store.grant(id)])).not.toContain(secret);
  });

  test('a lease that is deleted early by hand ends nothing; the sweep does, at its time', async () => {
    const id = await ask({
      entitlement: 'sandbox-bucket-reader',
      duration: '1h',
      justification: 'reading exports',
    });
    expect((await stateOf(id)).status).toBe('active');
    expect(Object.keys(it.cloud.inline(SANDBOX_USER))).toEqual([`jit-${id}`]);
    await deleteLease(id);
    await settle();
    expect((await stateOf(id)).status).toBe('active');
    await untilEnd(id);
    for (let minute = 0; minute < 2; minute++) {
      await sweep();
      await settle();
      it.pass(MINUTE);
    }
    expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'expired' });
    expect(it.cloud.inline(SANDBOX_USER)).toEqual({});
  });

  test('a lease that is deleted by hand after its end is the end, without any sweep', async () => {
    it.pass(HOUR);
    const id = await ask({
      entitlement: 'sandbox-bucket-reader',
      duration: '1h',
      justification: 'reading others',
    });
    expect((await stateOf(id)).status).toBe('active');
    await untilEnd(id);
    await deleteLease(id);
    await settle();
    await deliver([removal(id)], {});
    await settle();
    expect(await stateOf(id)).toMatchObject({ status: 'closed', outcome: 'expired' });
    expect(it.cloud.inline(SANDBOX_USER)).toEqual({});
  });

  test('nothing went wrong on the way', () => {
    const wrong = log.filter((line) => ['error', 'fatal'].includes(String(line['level'])));
    expect(wrong.filter((line) => !isSilence(line))).toEqual([]);
    expect(it.slack.failures()).toEqual([]);
  });

  test('one poisoned request comes again alone, and another in its batch goes on', async () => {
    const [old] = await store.byRequester(corp('ana@corp.example'), 1);
    const fresh = await submit({
      entitlement: 'sandbox-bucket-reader',
      duration: '1h',
      justification: 'reading on',
    });
    await client.send(
      new UpdateItemCommand({
        TableName: 'jit',
        Key: { pk: { S: `REQUEST#${old!.id}` }, sk: { S: 'HEAD' } },
        UpdateExpression: 'SET #json = :broken',
        ExpressionAttributeNames: { '#json': 'json' },
        ExpressionAttributeValues: { ':broken': { S: '{' } },
      }),
    );
    const batch = await records();
    const poisoned = batch.find(({ eventName }) => eventName === 'MODIFY')?.dynamodb?.SequenceNumber;
    const answer = await call('stream', streamEvent(batch));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: poisoned }] });
    expect((await stateOf(fresh)).status).toBe('active');
  });
});

import {
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  type PutItemCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { grantKinds } from '../../src/grants/kinds.js';
import { loadFolder } from '../../src/policy/load.js';
import type { Directory } from '../../src/ports/people.js';
import type { Provisioner } from '../../src/ports/access.js';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { memoryStore } from '../../src/store/memory/store.js';
import type { Store } from '../../src/store/change.js';
import { engine } from '../../src/workflow/engine/loop.js';
import { front } from '../../src/workflow/front/index.js';
import { rotaUnknown } from '../support/people.js';
import { javaAvailable, startDynamoDbLocal } from '../support/dynamodb-local.js';
import { sideBySide } from './load.js';
import type { Measure, Row } from './row.js';
import { slackAccount } from '../support/accounts.js';

const AT_ONCE = 16;
const HOUR = 3_600_000;
const TEAM = 'T0CORP';

/** From the ask to the closed record, with the default policies, and people, AWS and Slack that answer at once. */
export const lifecycles: Measure = {
  name: 'lifecycles',
  async run(size) {
    const [rounds, count] = { quick: [1, 20], usual: [5, 40], full: [50, 40] }[size] as [number, number];
    const clock = time();
    const inMemory = await workflow(memoryStore({ now: clock.now }), clock);
    await inMemory.spend(count);
    const memory = (count * 10_000) / (await inMemory.spend(count * 10));
    const rows: Row[] = [
      {
        name: 'lifecycles-memory',
        what: `${count * 10} lifecycles in memory, ${AT_ONCE} side by side`,
        values: { rate: memory },
        unit: '1/s',
      },
    ];
    if (!javaAvailable()) return rows;
    const local = await startDynamoDbLocal();
    try {
      const config = { ...local.config, maxAttempts: 3 };
      const client = dynamodbClient(config);
      for (const name of ['warm', 'jit', 'bare']) await createTable(client, name);
      const store = (table: string, through = client) =>
        dynamodbStore({ client: through, table, now: clock.now });
      await (await workflow(store('warm'), clock)).spend(count);

      const watched = dynamodbClient(config);
      const { taken, calls } = record(watched);
      const measured = await workflow(store('jit', watched), clock);
      const spent = { ours: 0, bare: 0 };
      // In turns, so that whatever else the machine does meets both.
      for (let round = 0; round < rounds; round++) {
        spent.ours += await measured.spend(count);
        spent.bare += await replay(client, taken(), 'bare');
      }
      const ours = (rounds * count * 1000) / spent.ours;
      const bare = (rounds * count * 1000) / spent.bare;
      const perLife = (of: number) => of / (rounds * count);
      const ratio = ours / bare;
      rows.push(
        {
          name: 'lifecycles-dynamodb',
          what: `${rounds * count} lifecycles in DynamoDB Local; bare: their writes alone`,
          values: { ours, bare },
          unit: '1/s',
        },
        {
          name: 'lifecycles-ratio',
          what: 'lifecycles to the bound of their bare writes',
          values: { ratio },
          unit: '×',
          aim: '> 0.5',
          met: ratio > 0.5,
        },
        {
          name: 'lifecycles-calls',
          what: 'calls of DynamoDB for one lifecycle',
          values: { writes: perLife(calls.writes), reads: perLife(calls.reads) },
          unit: 'calls',
        },
      );
    } finally {
      await local.stop();
    }
    return rows;
  },
};

function time() {
  let at = Date.parse('2026-11-20T10:00:00Z');
  return { now: () => at, skew: async () => 0, pass: (ms: number) => void (at += ms) };
}

async function workflow(store: Store, clock: ReturnType<typeof time>) {
  const loaded = await loadFolder('policies', { kinds: grantKinds });
  if ('problems' in loaded) throw new Error('the default bundle does not load');
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const email = (slackId: string) => `${slackId.slice(2).toLowerCase()}@corp.example`;
  const directory: Directory = {
    name: 'Slack',
    person: async ({ id, tenant }) => ({ person: { email: email(id), account: slackAccount(id, tenant) } }),
    personEnding: async (_, person) => ({ person }),
    groups: async () => ({ groups: ['engineers'], unknown: [] }),
    candidates: async () => ({
      people: [{ email: 'bob@corp.example', account: slackAccount('U0BOB') }],
      unknown: [],
    }),
    principal: () => 'nobody has one here',
    refresh: async () => undefined,
    status: () => ({ lost: [] }),
  };
  const provisioner: Provisioner = {
    preflight: async () => undefined,
    provision: async () => ({ kind: 'sts-session' }),
    revoke: async (_, at) => ({ checkedAt: at, evidence: 'no session is left' }),
    cleanUp: async () => undefined,
  };
  const onCall = rotaUnknown;
  const shared = {
    bundle: () => loaded.bundle,
    kinds: grantKinds,
    directory,
    store,
    clock,
    log: silent,
    onCall,
  };
  const work = engine({
    ...shared,
    provisioners: { 'sts-session': provisioner },
    notifier: {
      cards: async ({ posts, state }) => ({
        ...posts,
        manager: { place: 'C0ACCESS', ref: '1700000000.000100', shown: state.status },
      }),
      tell: async () => undefined,
      showCredentials: async () => undefined,
      showNoCredentials: async () => undefined,
    },
  });
  const people = front({ ...shared, newId: () => ulid(), wake: () => undefined });
  let signatures = 0;
  let askers = 0;
  const actor = (slackId: string) => ({ provider: 'slack', id: slackId, tenant: TEAM });
  const seen = () => `signature-${++signatures}`;
  const form = {
    entitlement: 'staging-deployer',
    duration: '1h',
    justification: 'deploying the new orders service',
    ticket: 'OPS-12',
  };
  const { advance } = work;

  async function ask(): Promise<string> {
    // Each by another person: one alone may not ask so often.
    const answer = await people.submit(actor(`U0ASK${++askers}`), form, seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    return answer.ok.state.id;
  }

  async function agree(id: string): Promise<void> {
    const button = { id, stage: 'manager', revision: 0 };
    const answer = await people.approve(actor('U0BOB'), button, seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
  }

  /** @returns how long so many lifecycles took, in ms */
  async function spend(count: number): Promise<number> {
    const begun = performance.now();
    const ids: string[] = [];
    await sideBySide(AT_ONCE, Array.from({ length: count }), async () => {
      const id = await ask();
      ids.push(id);
      await advance(id);
      await agree(id);
      await advance(id);
    });
    clock.pass(HOUR);
    await sideBySide(AT_ONCE, ids, advance);
    const spent = performance.now() - begun;
    for (const id of ids) {
      const head = await store.head(id);
      if (head?.state.status !== 'closed' || head.dueAt !== undefined)
        throw new Error(`${id} is ${head?.state.status}`);
    }
    return spent;
  }

  return { spend };
}

type Sent = { transaction: TransactWriteItemsCommandInput } | { put: PutItemCommandInput };

/** Keeps each write as it went over the wire, by request, and counts all calls. */
function record(client: DynamoDBClient) {
  const writes = new Map<string, Sent[]>();
  const calls = { writes: 0, reads: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body: raw } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const operation = headers['x-amz-target']?.split('.')[1];
      if (operation === 'TransactWriteItems' || operation === 'PutItem') {
        calls.writes++;
        const body = new TextDecoder().decode(raw);
        const id = /REQUEST#([0-9A-Z]{26})/.exec(body)?.[1] ?? '';
        const input: unknown = JSON.parse(body);
        const sent: Sent =
          operation === 'PutItem'
            ? { put: input as PutItemCommandInput }
            : { transaction: input as TransactWriteItemsCommandInput };
        writes.set(id, [...(writes.get(id) ?? []), sent]);
      } else calls.reads++;
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'recordWrites' },
  );
  /** The writes since the last call of this. */
  const taken = (): Sent[][] => {
    const all = [...writes.values()];
    writes.clear();
    return all;
  };
  return { taken, calls };
}

/** The same writes into another table, with nothing between them. @returns how long they took, in ms */
async function replay(client: DynamoDBClient, requests: Sent[][], TableName: string): Promise<number> {
  const begun = performance.now();
  await sideBySide(AT_ONCE, requests, async (sent) => {
    for (const one of sent) {
      if ('put' in one) await client.send(new PutItemCommand({ ...one.put, TableName }));
      else {
        const TransactItems = one.transaction.TransactItems?.map(({ Put, Delete }) => ({
          ...(Put && { Put: { ...Put, TableName } }),
          ...(Delete && { Delete: { ...Delete, TableName } }),
        }));
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
      }
    }
  });
  return performance.now() - begun;
}

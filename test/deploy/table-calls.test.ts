/** @project outside */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EngineStore, RequestStore } from '../../src/ports/record.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { personLedger } from '../../src/domain/record/ledger.js';
import { ana, grantOf, ledgerOf, next, opened, TEN, voted } from '../support/heads.js';
import { deployedAccount, onItems, TABLE, type Deed } from '../support/deploy/account.js';
import { ROOT } from '../support/deploy/template.js';
import { corp } from '../support/people.js';

// The other half of the rights: what the program asks of the table, its roles give. Neither DynamoDB Local nor the
// double of IAM would miss a right of the table's.

let account: Awaited<ReturnType<typeof deployedAccount>>;
beforeAll(async () => {
  account = await deployedAccount();
});
afterAll(async () => {
  await account.cloud.close();
});

interface Call {
  Key?: { pk: { S: string } };
  Item?: { pk: { S: string } };
  IndexName?: string;
  ExpressionAttributeValues?: Record<string, { S: string }>;
  TransactItems?: { Put?: Call; Delete?: Call; Get?: Call }[];
}

/** What this use of the store asks of AWS, as IAM sees it: each item of a transaction by itself. */
async function deedsOf(use: (store: EngineStore) => Promise<unknown>): Promise<Deed[]> {
  const deeds: Deed[] = [];
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials });
  client.middlewareStack.add(
    () => async (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const action = headers['x-amz-target']?.split('.')[1] ?? '';
      deeds.push(...deedsIn(action, JSON.parse(new TextDecoder().decode(body)) as Call));
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'build' },
  );
  await use(dynamodbStore({ client, table: 'jit-prod', now: () => TEN }));
  expect(deeds).not.toEqual([]);
  return deeds;
}

function deedsIn(action: string, call: Call): Deed[] {
  if (call.TransactItems) {
    return call.TransactItems.flatMap(({ Put, Delete, Get }) =>
      deedsIn(Get ? 'GetItem' : Put ? 'PutItem' : 'DeleteItem', Get ?? Put ?? Delete ?? {}),
    );
  }
  const values = Object.values(call.ExpressionAttributeValues ?? {});
  const deed = onItems(action, call.Key?.pk.S ?? call.Item?.pk.S ?? values[0]?.S ?? '');
  return [call.IndexName === undefined ? deed : { ...deed, resource: `${TABLE}/index/${call.IndexName}` }];
}

const first = opened('01JIT0000000000000000000A1', { dueAt: TEN });
const grant = grantOf(first.head.id);
const who = corp('ana@corp.example');
type Use = (store: EngineStore) => Promise<unknown>;

const ANA = personLedger(ana.account);

/** Each call of the store, as it is made: those that the front may make, */
const OF_ALL: { [M in Exclude<keyof RequestStore, 'write'>]: [string, Use] } = {
  head: ['a request is read', (store) => store.head('01')],
  records: ['its history is read', (store) => store.records('01')],
  byRequester: ['somebody’s requests are listed', (store) => store.byRequester(who, 20)],
  openByRequester: ['all of them that are open are found', (store) => store.openByRequester(who)],
  listedByRequester: ['what they have asked for is counted', (store) => store.listedByRequester(who, 20)],
  putEnd: ['an end is ordered', (store) => store.putEnd('01', { at: TEN, by: ana })],
  remember: ['a signed request that was refused is marked', (store) => store.remember('ef')],
  undecided: ['what may wait for a decision is listed', (store) => store.undecided()],
  note: ['who is in which group is read', (store) => store.note('directory')],
  ledger: ['what is known of a person is read', (store) => store.ledger(ANA)],
  dueLedgers: ['who stands in for whom is looked for', (store) => store.dueLedgers(Infinity, 10)],
  append: ['what is known of a person is written', (store) => store.append(ledgerOf(ANA))],
};
/** From a terminal alone; by servers alone. */
type NotOnLambda = 'ids' | 'ledgers' | 'ledgerRecords' | 'lock';
type Others = Exclude<keyof EngineStore, keyof RequestStore | NotOnLambda>;
/** and the engine's own. */
const ENGINE_ONLY: { [M in Others]: [string, Use] } = {
  saveNote: ['who is in which group is kept', (store) => store.saveNote('directory', {})],
  grant: ['a grant is read', (store) => store.grant('01')],
  saveGrant: ['a grant is saved by itself', (store) => store.saveGrant(grant)],
  end: ['an order to end is read', (store) => store.end('01')],
  settleEnd: ['an order to end is settled', (store) => store.settleEnd('01')],
  due: ['what is due is looked for', (store) => store.due(TEN, 10)],
};
const WRITTEN_BY_PEOPLE: [string, Use][] = [
  ['a request is made', (store) => store.write({ ...first, seen: 'ab' })],
  ['what a person says of themselves is put down', (store) => store.append({ ...ledgerOf(ANA), seen: 'gh' })],
  ['a vote is put down', (store) => store.write({ ...next(first.head, [voted()]), seen: 'cd' })],
];
const OWN_LEDGER: Use = (store) => store.append(ledgerOf('JIT#lockdowns'));
const WRITTEN_BY_ENGINE: [string, Use][] = [
  ['a ledger of jit’s own is read', (store) => store.ledger('JIT#lockdowns')],
  ['a ledger of jit’s own is written', OWN_LEDGER],
  ['work is claimed', (store) => store.write(next(first.head, []))],
  [
    'an approval is written with grant and lease',
    (store) => store.write({ ...next(first.head, [voted()]), grant, lease: 'put' }),
  ],
  [
    'an end is written, and the lease removed',
    (store) => store.write({ ...next(first.head, [voted()]), grant, lease: 'remove' }),
  ],
];

/** Where the engine's code stands, and what it shares with the front. */
const OF_THE_ENGINE = /^(?:(?:engine|jobs)\/.*|[\w-]+)\.ts$/;

/** Those of these calls that the engine's code makes. */
function madeByEngine(calls: Record<string, [string, Use]>): [string, Use][] {
  const folder = join(ROOT, 'src/workflow');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const code = files
    .filter((file) => OF_THE_ENGINE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  return Object.entries(calls).flatMap(([name, use]) =>
    new RegExp(`\\bstore\\s*\\.\\s*${name}\\b`).test(code) ? [use] : [],
  );
}

const MANY_READ: [string, Use] = [
  'many requests are read at once',
  (store) => Promise.all([store.head('01'), store.head('02')]),
];
const PEOPLE = [...Object.values(OF_ALL), MANY_READ, ...WRITTEN_BY_PEOPLE];
const ENGINE = [...madeByEngine({ ...OF_ALL, ...ENGINE_ONLY }), MANY_READ, ...WRITTEN_BY_ENGINE];
// Only what is woken by the clock looks for what is due.
const STREAM = ENGINE.filter((use) => use !== ENGINE_ONLY.due);

test('the calls of the engine are found in its code', () => {
  expect(ENGINE).toEqual(
    expect.arrayContaining([OF_ALL.openByRequester, ENGINE_ONLY.saveGrant, ENGINE_ONLY.due]),
  );
  expect(ENGINE).not.toContain(OF_ALL.putEnd);
});

describe.each([
  ['slack', PEOPLE],
  ['stream', STREAM],
  ['sweep', ENGINE],
] as const)('the role of %s is enough when', (name, uses) => {
  test.each(uses)('%s', async (_, use) => {
    const refused = (await deedsOf(use)).filter((deed) => !account.may(name, deed));
    expect(refused).toEqual([]);
  });
});

describe('and the same calls are refused to whom they are no business of', () => {
  test('invariant 13: the front may read or write no grant and no lease, however its code asks', async () => {
    for (const [, use] of [ENGINE_ONLY.grant, WRITTEN_BY_ENGINE[3]!, ENGINE_ONLY.saveGrant]) {
      const refused = (await deedsOf(use)).filter((deed) => !account.may('slack', deed));
      expect(refused.map(({ context }) => String(context?.['dynamodb:LeadingKeys']).split('#')[0])).toContain(
        'GRANT',
      );
    }
  });

  test('invariant 13: nor may it write into a ledger of jit’s own', async () => {
    const refused = (await deedsOf(OWN_LEDGER)).filter((deed) => !account.may('slack', deed));
    expect(refused.map(({ context }) => context?.['dynamodb:LeadingKeys'])).toContainEqual(['JIT#lockdowns']);
  });

  test('nobody of them may read the whole table', async () => {
    for (const read of [(store: EngineStore) => store.ids(), (store: EngineStore) => store.ledgers()]) {
      const [scan] = await deedsOf(read);
      expect((['slack', 'stream', 'sweep'] as const).filter((name) => account.may(name, scan!))).toEqual([]);
    }
  });
});

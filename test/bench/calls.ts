import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditRecord } from '../../src/domain/record/seal.js';
import type { Head } from '../../src/domain/request/head.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { company, time, type Step } from './one-lifecycle.js';

/** One call of DynamoDB: which, and what for. */
interface Call {
  kind: 'read' | 'write';
  /** As `GetItem GRANT` or `TransactWriteItems: RequestApproved, settles confirm, claims provision; with GRANT, LEASE`. */
  what: string;
}

/** Each call of one lifecycle in this table, by its steps. */
export async function callsByStep(client: DynamoDBClient, table: string): Promise<Map<Step, Call[]>> {
  const steps = new Map<Step, Call[]>();
  let calls: Call[] = [];
  const at = (step: Step) => void steps.set(step, (calls = []));
  listen(client, (call) => void calls.push(call));
  const clock = time();
  const { begin, passTime, end, check } = await company(
    dynamodbStore({ client, table, now: clock.now }),
    clock,
  );
  const id = await begin(at);
  passTime();
  await end(id, at);
  calls = [];
  await check(id);
  return steps;
}

export function counted(calls: Call[]): { writes: number; reads: number } {
  const writes = calls.filter(({ kind }) => kind === 'write').length;
  return { writes, reads: calls.length - writes };
}

const WRITES = ['TransactWriteItems', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

/** Hears of each call that this client sends from now on, named. */
export function listen(client: DynamoDBClient, hear: (call: Call) => void): void {
  /** HEAD as it was written last, by request. */
  const heads = new Map<string, Head>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body: raw } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const operation = headers['x-amz-target']?.split('.')[1] ?? 'nothing';
      const body = JSON.parse(new TextDecoder().decode(raw)) as Record<string, unknown>;
      const kind = WRITES.includes(operation) ? 'write' : 'read';
      const about = kind === 'write' ? written(itemsOf(body), heads) : asked(body);
      hear({ kind, what: `${operation}${about}` });
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'nameCalls' },
  );
}

type Attributes = Record<string, { S?: string } | undefined>;

interface Asked {
  Key?: Attributes;
  IndexName?: string;
}

function asked({ Key, IndexName }: Asked): string {
  return ` ${Key?.['sk']?.S ?? IndexName ?? ''}`.trimEnd();
}

interface Written {
  Item?: Attributes;
  TransactItems?: { Put?: { Item: Attributes }; Delete?: { Key: Attributes } }[];
}

function itemsOf({ Item, TransactItems = [] }: Written): Attributes[] {
  return Item ? [Item] : TransactItems.flatMap(({ Put, Delete }) => [Put?.Item ?? Delete?.Key ?? {}]);
}

/** What this write changes: its events, what they leave undone, and who has it in hand from now on. */
function written(items: Attributes[], heads: Map<string, Head>): string {
  const named = (name: (sk: string) => boolean) => items.filter(({ sk }) => name(sk?.S ?? ''));
  const parsed = (item: Attributes): unknown => JSON.parse(item['json']?.S ?? 'null');
  const [head] = named((sk) => sk === 'HEAD').map(
    (item) => parsed(item) as Omit<Head, 'outbox'> & Partial<Head>,
  );
  const events = named((sk) => sk.startsWith('EVENT#')).map(
    (item) => (parsed(item) as AuditRecord).event.type,
  );
  const beside = named((sk) => sk !== 'HEAD' && !sk.startsWith('EVENT#')).map(({ sk }) => sk?.S);
  const before = head && heads.get(head.id);
  if (head?.outbox) heads.set(head.id, { ...head, outbox: head.outbox });
  // HEAD of a ledger owes nothing.
  const changes = head?.outbox ? changesOf(before?.outbox ?? [], head.outbox) : [];
  const what = [...events, ...changes].join(', ');
  const also = beside.length > 0 ? `; with ${beside.join(', ')}` : '';
  return `: ${what}${also}`;
}

function changesOf(before: Head['outbox'], after: Head['outbox']): string[] {
  const names = (owed: Head['outbox']) =>
    owed.map(({ effect }) => (effect.type === 'tell' ? `tell ${effect.news}` : effect.type)).join(' and ');
  const attemptsOf = (id: string) => before.find((one) => one.id === id)?.attempts ?? 0;
  const claimed = after.filter(({ id, attempts }) => attempts > attemptsOf(id));
  const settled = before.filter(({ id }) => !after.some((one) => one.id === id));
  return [
    ...(settled.length > 0 ? [`settles ${names(settled)}`] : []),
    ...(claimed.length > 0 ? [`claims ${names(claimed)}`] : []),
  ];
}

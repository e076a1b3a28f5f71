import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Millis } from '../../domain/entitlement.js';
import { FOR_LATER, RETIRED, TABLE } from './keys.js';

const LOOKS = 600;
const { TimeToLiveSpecification: TTL, StreamSpecification, ...TABLE_ITSELF } = TABLE;
const STREAM = { ...StreamSpecification, StreamEnabled: true };

/**
 * Makes the table, its indexes, its stream and its TTL, whichever are absent, and waits until all can be used.
 * Safe to call twice, and by two processes at once. Throws when a table of this name is not jit's.
 */
export async function createTable(
  client: DynamoDBClient,
  table: string,
  wait: (ms: Millis) => Promise<unknown> = pause,
): Promise<void> {
  for (let look = 0; !(await nextStep(client, table)); look++) {
    if (look === LOOKS) throw new Error(`The table "${table}" did not become active in five minutes.`);
    await wait(500);
  }
}

/** Does the next thing that is missing. @returns whether all that this version asks can be used */
async function nextStep(client: DynamoDBClient, table: string): Promise<boolean> {
  const found = await describe(client, table);
  if (!found) {
    const create = new CreateTableCommand({ TableName: table, ...TABLE_ITSELF, StreamSpecification: STREAM });
    return beatenTo(client.send(create), 'ResourceInUseException');
  }
  if (!canBeUsed(found)) return false;
  checkOurs(found, table);
  const [later, needed] = missing(found);
  if (needed) return addIndex(client, found, needed);
  if (!found.StreamSpecification?.StreamEnabled) {
    const addStream = new UpdateTableCommand({ TableName: table, StreamSpecification: STREAM });
    return beatenTo(client.send(addStream), 'ResourceInUseException');
  }
  if (!(await hasTtl(client, table))) return false;
  // A large table takes hours to fill an index, and nothing that ends access may wait for one that no query asks.
  if (later) await addIndex(client, found, later);
  return true;
}

type Index = (typeof TABLE.GlobalSecondaryIndexes)[number];

/** The first index that is missing, of those for later and of those that are asked. */
function missing({ GlobalSecondaryIndexes: there = [] }: TableDescription): (Index | undefined)[] {
  const absent = TABLE.GlobalSecondaryIndexes.filter(
    ({ IndexName }) => !there.some((index) => index.IndexName === IndexName),
  );
  const isForLater = ({ IndexName }: Index) => FOR_LATER.includes(IndexName);
  return [absent.find(isForLater), absent.find((index) => !isForLater(index))];
}

/** Where another index is being made, or another process makes this one, DynamoDB refuses: it is made the next time. */
async function addIndex(client: DynamoDBClient, found: TableDescription, index: Index): Promise<false> {
  const keys = index.KeySchema.map(({ AttributeName }): string => AttributeName);
  const known = found.AttributeDefinitions ?? [];
  const added = TABLE.AttributeDefinitions.filter(
    ({ AttributeName: name }) => keys.includes(name) && !known.some((one) => one.AttributeName === name),
  );
  const update = new UpdateTableCommand({
    TableName: found.TableName,
    // Of an index of an earlier version, too: DynamoDB wants the attributes of all that there are, and no other.
    AttributeDefinitions: [...known, ...added],
    GlobalSecondaryIndexUpdates: [{ Create: index }],
  });
  return beatenTo(client.send(update), 'ResourceInUseException', 'LimitExceededException');
}

async function hasTtl(client: DynamoDBClient, table: string): Promise<boolean> {
  const answer = await client.send(new DescribeTimeToLiveCommand({ TableName: table }));
  const { TimeToLiveStatus: status, AttributeName: attribute } = answer.TimeToLiveDescription ?? {};
  if (status === 'DISABLING') return false;
  if (status === 'ENABLED' || status === 'ENABLING') {
    if (attribute === TTL.AttributeName) return true;
    throw new Error(
      `The table "${table}" has its time to live on "${attribute}", not on "${TTL.AttributeName}": turn that off, or give JIT_TABLE another name.`,
    );
  }
  const enable = new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: TTL });
  // "TimeToLive is already enabled" is a ValidationException.
  return beatenTo(client.send(enable), 'ValidationException', 'ResourceInUseException');
}

async function describe(client: DynamoDBClient, table: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: table }))).Table;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** All the while that an index is made or deleted, the table is UPDATING, and can be read and written. */
function canBeUsed({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): boolean {
  const underWay = GlobalSecondaryIndexes.filter(({ IndexStatus }) => IndexStatus !== 'ACTIVE');
  const unasked = [...FOR_LATER, ...RETIRED];
  if (underWay.some(({ IndexName = '' }) => !unasked.includes(IndexName))) return false;
  return TableStatus === 'ACTIVE' || (TableStatus === 'UPDATING' && underWay.length > 0);
}

function checkOurs({ KeySchema = [], StreamSpecification: stream }: TableDescription, table: string): void {
  if (KeySchema.map((key) => key.AttributeName).join() !== 'pk,sk') {
    throw new Error(
      `The table "${table}" is not one of ours (its key is not pk, sk): give JIT_TABLE another name.`,
    );
  }
  if (stream?.StreamEnabled && stream.StreamViewType !== STREAM.StreamViewType) {
    throw new Error(
      `The stream of the table "${table}" shows ${stream.StreamViewType}: turn it off, and it is made anew with ${STREAM.StreamViewType}.`,
    );
  }
}

/** Another process did the same at the same time: look again. */
async function beatenTo(step: Promise<unknown>, ...errors: string[]): Promise<false> {
  try {
    await step;
  } catch (error) {
    if (!(error instanceof Error && errors.includes(error.name))) throw error;
  }
  return false;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  PutCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type PutCommandInput,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Whose condition failed, by position in the list of writes; or that others kept writing the same items. */
export type Refused = { failed: number[] } | 'contended';

const TRIES = 4;
const CONTENDED = ['TransactionConflict', 'TransactionConflictException'];
const THROTTLED = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'];

/**
 * All or nothing. A single put goes as a plain conditional PutItem, at half the price.
 * @returns undefined when written. Throws when the table is unusable.
 */
export async function transact(db: DynamoDBDocumentClient, writes: Write[]): Promise<Refused | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await send(db, writes);
      return undefined;
    } catch (error) {
      const reasons = reasonsOf(error);
      const failed = reasons.flatMap((code, i) => (code === 'ConditionalCheckFailed' ? [i] : []));
      if (failed.length > 0) return { failed };
      const passing = reasons.some((code) => CONTENDED.includes(code) || THROTTLED.includes(code));
      if (!passing || (attempt === TRIES && !reasons.some((code) => CONTENDED.includes(code)))) throw error;
      if (attempt === TRIES) return 'contended';
      await pause(Math.random() * 40 * 2 ** attempt);
    }
  }
}

async function send(db: DynamoDBDocumentClient, writes: Write[]): Promise<void> {
  const only = writes.length === 1 ? writes[0]?.Put : undefined;
  if (only) {
    await db.send(new PutCommand(only satisfies PutCommandInput));
  } else {
    // The token makes the SDK's own tries of this call one write; a cancelled one has left nothing, so each of ours is new.
    await db.send(new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: randomUUID() }));
  }
}

function reasonsOf(error: unknown): string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  }
  if (error instanceof ConditionalCheckFailedException) return ['ConditionalCheckFailed'];
  return error instanceof Error ? [error.name] : [];
}

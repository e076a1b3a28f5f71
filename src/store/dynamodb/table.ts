import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  type PutCommandInput,
  type QueryCommandInput,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Item } from './items.js';
import type { Key } from './keys.js';

type Question = Omit<QueryCommandInput, 'TableName'>;

/** An item that must not be there yet. */
export const NEW = 'attribute_not_exists(pk)';

/** The calls of DynamoDB that the record is made of. */
export interface Table {
  name: string;
  db: DynamoDBDocumentClient;
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** @param size items that one page looks at, those that a filter leaves out included */
  pages(question: Question, size?: number): AsyncGenerator<Item[]>;
  query(question: Question, atMost?: number): Promise<Item[]>;
  scan(question: Omit<ScanCommandInput, 'TableName'>): AsyncGenerator<Record<string, unknown>>;
  /** @returns false when the condition did not hold */
  put(item: object, condition?: Omit<PutCommandInput, 'TableName' | 'Item'>): Promise<boolean>;
}

export function tableOf(client: DynamoDBClient, TableName: string): Table {
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  async function* pages(question: Question, size = Infinity): AsyncGenerator<Item[]> {
    const Limit = size === Infinity ? undefined : size;
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await db.send(
        new QueryCommand({ TableName, ...question, Limit, ExclusiveStartKey: from }),
      );
      yield (page.Items ?? []) as Item[];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  return {
    name: TableName,
    db,
    pages,

    async get(key) {
      const { Item: item } = await db.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
      return item as Item | undefined;
    },

    async query(question, atMost = Infinity) {
      const found: Item[] = [];
      for await (const items of pages(question, atMost)) {
        found.push(...items);
        if (found.length >= atMost) break;
      }
      return found.slice(0, atMost);
    },

    async *scan(question) {
      let from: ScanCommandInput['ExclusiveStartKey'];
      do {
        const page = await db.send(new ScanCommand({ TableName, ...question, ExclusiveStartKey: from }));
        yield* page.Items ?? [];
        from = page.LastEvaluatedKey;
      } while (from);
    },

    async put(item, condition) {
      try {
        await db.send(new PutCommand({ TableName, Item: { ...item }, ...condition }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

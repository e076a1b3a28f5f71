import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
  PutCommand,
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
export type Table = ReturnType<typeof tableOf>;

export function tableOf(client: DynamoDBClient, TableName: string) {
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  /** @param size items that one page looks at, those that a filter leaves out included */
  async function* pages(question: Question, size = Infinity): AsyncGenerator<Item[]> {
    const paging = { client: db, ...(size !== Infinity && { pageSize: size }) };
    for await (const { Items = [] } of paginateQuery(paging, { TableName, ...question }))
      yield Items as Item[];
  }

  return {
    name: TableName,
    db,
    pages,

    /** Strongly consistent. */
    async get(key: Key): Promise<Item | undefined> {
      const { Item: item } = await db.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
      return item as Item | undefined;
    },

    async query(question: Question, atMost = Infinity): Promise<Item[]> {
      const found: Item[] = [];
      for await (const items of pages(question, atMost)) {
        found.push(...items);
        if (found.length >= atMost) break;
      }
      return found.slice(0, atMost);
    },

    async *scan(question: Omit<ScanCommandInput, 'TableName'>): AsyncGenerator<Record<string, unknown>> {
      for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ...question }))
        yield* Items;
    },

    /** @returns false when the condition did not hold */
    async put(item: object, condition?: Omit<PutCommandInput, 'TableName' | 'Item'>): Promise<boolean> {
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

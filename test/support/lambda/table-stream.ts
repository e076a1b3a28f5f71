import { DescribeTableCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as RawRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { streamsClient } from '../../../src/store/dynamodb/client.js';

const MARK = 'MARK#stream';

/**
 * The raw records of a table's stream, as the Streams API gives them.
 * @returns what reads those that are new: all of them, since it reads on until an item that it has just written is there
 */
export async function tableStream(
  client: DynamoDBClient,
  config: Parameters<typeof streamsClient>[0],
): Promise<() => Promise<RawRecord[]>> {
  const streams = streamsClient(config);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'jit' }));
  const StreamArn = Table?.LatestStreamArn;
  const iterators = new Map<string, string | undefined>();
  let marks = 0;

  return async () => {
    const n = String(++marks);
    await client.send(
      new PutItemCommand({ TableName: 'jit', Item: { pk: { S: MARK }, sk: { S: 'MARK' }, n: { N: n } } }),
    );
    const found: RawRecord[] = [];
    while (!found.some(({ dynamodb }) => dynamodb?.NewImage?.['n']?.N === n)) found.push(...(await read()));
    return found.filter(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S !== MARK);
  };

  async function read(): Promise<RawRecord[]> {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const found: RawRecord[] = [];
    for (const { ShardId = '' } of StreamDescription?.Shards ?? []) {
      if (!iterators.has(ShardId)) {
        const how = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
        iterators.set(ShardId, (await streams.send(new GetShardIteratorCommand(how))).ShardIterator);
      }
      for (let ShardIterator = iterators.get(ShardId); ShardIterator;) {
        const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
        found.push(...(page.Records ?? []));
        ShardIterator = page.NextShardIterator;
        iterators.set(ShardId, ShardIterator);
        if (!page.Records?.length) break;
      }
    }
    return found;
  }
}

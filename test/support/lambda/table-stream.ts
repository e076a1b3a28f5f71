import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as RawRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { streamsClient } from '../../../src/store/dynamodb/client.js';

/** The raw records of a table's stream, as the Streams API gives them. @returns what reads those that are new */
export async function tableStream(
  client: DynamoDBClient,
  config: Parameters<typeof streamsClient>[0],
): Promise<() => Promise<RawRecord[]>> {
  const streams = streamsClient(config);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'jit' }));
  const StreamArn = Table?.LatestStreamArn;
  const iterators = new Map<string, string | undefined>();

  return async () => {
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
  };
}

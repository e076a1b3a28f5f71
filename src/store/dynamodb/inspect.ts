import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';

/** A table as AWS describes it. */
export interface TableFacts {
  status: string;
  /** `pk HASH, sk RANGE`, with the types: `pk:S HASH, sk:S RANGE`. */
  key: string;
  indexes: { name: string; key: string; projection: string; status: string }[];
  /** What the stream shows; absent: there is none. */
  stream?: string;
  /** Attribute; absent: it is not enabled. An error's name: it could not be read. */
  ttl?: string | { error: string };
  /** Point-in-time recovery; undefined: it could not be read. */
  recovery?: boolean;
  deletionProtection: boolean;
}

/** @returns the table's facts, `absent`, or the name of AWS's error */
export async function describeTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableFacts | 'absent' | { error: string }> {
  try {
    const { Table: found = {} } = await client.send(new DescribeTableCommand({ TableName }));
    const types = new Map(
      (found.AttributeDefinitions ?? []).map((one) => [one.AttributeName, one.AttributeType ?? '']),
    );
    const { StreamEnabled: streams, StreamViewType: view } = found.StreamSpecification ?? {};
    const [ttl, recovery] = await Promise.all([ttlOf(client, TableName), recoveryOf(client, TableName)]);
    return {
      status: found.TableStatus ?? '',
      key: keyOf(found.KeySchema ?? [], types),
      indexes: (found.GlobalSecondaryIndexes ?? []).map((index) => ({
        name: index.IndexName ?? '',
        key: keyOf(index.KeySchema ?? [], types),
        projection: index.Projection?.ProjectionType ?? '',
        status: index.IndexStatus ?? '',
      })),
      ...(streams && view !== undefined && { stream: view }),
      ...(ttl !== undefined && { ttl }),
      ...(recovery !== undefined && { recovery }),
      deletionProtection: found.DeletionProtectionEnabled === true,
    };
  } catch (error) {
    const name = nameOf(error);
    return name === 'ResourceNotFoundException' ? 'absent' : { error: name };
  }
}

/** `pk:S HASH, sk:S RANGE` */
export function keyOf(
  schema: readonly KeySchemaElement[],
  types: ReadonlyMap<string | undefined, string>,
): string {
  return schema
    .map(({ AttributeName: name, KeyType: type }) => `${name}:${types.get(name) ?? ''} ${type}`)
    .join(', ');
}

async function ttlOf(client: DynamoDBClient, TableName: string): Promise<TableFacts['ttl']> {
  try {
    const answer = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    const { TimeToLiveStatus: status, AttributeName: attribute } = answer.TimeToLiveDescription ?? {};
    return status === 'ENABLED' || status === 'ENABLING' ? attribute : undefined;
  } catch (error) {
    return { error: nameOf(error) };
  }
}

async function recoveryOf(client: DynamoDBClient, TableName: string): Promise<boolean | undefined> {
  try {
    const { ContinuousBackupsDescription: found } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    return found?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
  } catch {
    return undefined;
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  if (error.message.includes('Region is missing')) return 'RegionMissing';
  return error.name === 'Error' && 'code' in error ? String(error.code) : error.name;
}

import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, type DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import { awsAgents } from '../../kit/outbound/index.js';
import { adviseOnFaults } from './advice.js';

/**
 * Region, credentials and endpoint come from the SDK's own environment (`AWS_ENDPOINT_URL_DYNAMODB` included).
 * Slack waits three seconds: three tries of 0.8 s fit in, and a write that is tried again is idempotent.
 */
export function dynamodbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    retryMode: 'standard',
    // Without `throwOnRequestTimeout` the SDK only warns when `requestTimeout` has passed, and goes on waiting.
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 800,
      throwOnRequestTimeout: true,
      ...awsAgents(),
    },
    ...config,
  });
  // It makes a copy of each answer for a log that nobody reads, item by item.
  client.middlewareStack.remove('loggerMiddleware');
  adviseOnFaults(client);
  return client;
}

/** The same for streams, for whose answer no person waits. Its endpoint: `AWS_ENDPOINT_URL_DYNAMODB_STREAMS`. */
export function streamsClient(config: DynamoDBStreamsClientConfig = {}): DynamoDBStreamsClient {
  return new DynamoDBStreamsClient({
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      ...awsAgents(),
    },
    ...config,
  });
}

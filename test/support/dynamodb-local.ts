import { javaAvailable, startDynamoDbLocal, type DynamoDbLocal } from '../../src/sandbox/dynamodb.js';

export { javaAvailable, startDynamoDbLocal };

/**
 * Tests that need DynamoDB Local, one for each test file: where Java is missing they say so instead, and fail in CI,
 * which must have it.
 */
export function describeWithDynamoDb(name: string, tests: (local: () => DynamoDbLocal) => void): void {
  describe(name, () => {
    if (javaAvailable()) {
      let local: DynamoDbLocal;
      beforeAll(async () => {
        local = await startDynamoDbLocal();
      });
      afterAll(async () => {
        await local.stop();
      });
      tests(() => local);
    } else {
      test('is not tested here: DynamoDB Local needs Java 17 or later, so install it to run these tests', () => {
        expect(process.env['CI']).toBeUndefined();
      });
    }
  });
}

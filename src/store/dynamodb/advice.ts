import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * Has the errors of a client that no further try mends say which table they are about, and what to do: DynamoDB's own
 * words name neither. Their names stay.
 */
export function adviseOnFaults(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) {
          const region = await client.config.region().catch(() => 'this region');
          error.message = advice(error, `the table "${tableIn(args.input)}" in ${region}`) ?? error.message;
        }
        throw error;
      }
    },
    { step: 'initialize', name: 'advice' },
  );
}

const MISSING_INDEX = /does not have the specified index: ([\w.-]+)/;
const FILLING_INDEX = /backfilling global secondary index: ([\w.-]+)/;

/** @returns what to say in the place of DynamoDB's words, where we know better */
function advice({ name, message }: Error, table: string): string | undefined {
  if (name === 'ResourceNotFoundException')
    return `${table} does not exist: correct JIT_TABLE or AWS_REGION, or make it, by deploying the stack or with JIT_CREATE_TABLE=true`;
  if (name !== 'ValidationException') return undefined;
  const [, missing] = MISSING_INDEX.exec(message) ?? [];
  if (missing !== undefined)
    return `${table} lacks the index ${missing}: deploy the stack of this version, or start jit once with JIT_CREATE_TABLE=true; jit doctor says what else is missing`;
  const [, filling] = FILLING_INDEX.exec(message) ?? [];
  if (filling !== undefined)
    return `${table} still fills the index ${filling}: wait until jit doctor says that it is active`;
  return undefined;
}

interface Named {
  TableName?: string;
}

/** Of a transaction, that of its first item: all are in one table. */
function tableIn(input: object): string | undefined {
  const { TableName, TransactItems: [first] = [] } = input as Named & {
    TransactItems?: Record<string, Named>[];
  };
  return TableName ?? Object.values(first ?? {}).find((item) => item)?.TableName;
}

import { CannotRead, type Orders } from '../../cli/outside.js';
import type { Reader } from '../../cli/audit/verify.js';
import { readTableConfig } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { awsAgents, useProxies } from '../../kit/outbound/index.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';

/** The table that the environment names, to be read. @throws CannotRead */
export async function openReader(): Promise<Reader> {
  // A page of a scan is a megabyte; no person in Slack waits for it.
  const { table, store } = namedTable(20_000);
  try {
    await store.ping();
    return store;
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
    throw new CannotRead([
      `The table "${table}" cannot be read (${why.slice(0, 300)}). Check JIT_TABLE, AWS_REGION, and that ` +
        'these credentials may dynamodb:GetItem, Query and Scan it.',
    ]);
  }
}

/** The table and the credentials that the environment names. @throws CannotRead */
export async function openOrders(): Promise<Orders> {
  const { table, store } = namedTable(10_000);
  // Neither waits for the other commands to need it.
  const { callerArn } = await import('../../grants/aws/inspect.js');
  const caller = await callerArn();
  if ('error' in caller)
    throw new CannotRead([
      `AWS does not say who you are (sts:GetCallerIdentity: ${caller.error}), and an order to end access names who gave ` +
        'it. Check AWS_REGION and your credentials: aws sts get-caller-identity.',
    ]);
  const { arn: operator } = caller;
  return {
    operator,
    async putEnd(id, end) {
      try {
        return await store.putEnd(id, end);
      } catch (error) {
        throw new CannotRead([notWritten(error, { table, operator })]);
      }
    },
  };
}

function namedTable(requestTimeout: Millis) {
  const config = readTableConfig();
  if ('problems' in config) throw new CannotRead(config.problems);
  const { table, proxies } = config;
  useProxies(proxies);
  const patient = { connectionTimeout: 2_000, requestTimeout, throwOnRequestTimeout: true };
  const client = dynamodbClient({ requestHandler: { ...patient, ...awsAgents() } });
  return { table, store: dynamodbStore({ client, table, now: neverAsked }) };
}

function notWritten(error: unknown, { table, operator }: { table: string; operator: string }): string {
  const name = error instanceof Error ? error.name : 'Unknown';
  const nothing = 'Nothing was written, and nothing ends.';
  switch (name) {
    case 'ResourceNotFoundException':
      return `This account and region have no table "${table}". ${nothing} Check JIT_TABLE and AWS_REGION.`;
    case 'AccessDeniedException':
      return (
        `${operator} may not write into the table "${table}". ${nothing} It needs dynamodb:PutItem on items whose key ` +
        'begins with REQUEST#: see "Ending access from a terminal" in docs/operations.md.'
      );
    default:
      return (
        `The table "${table}" did not answer (${name}). The order may have been written or not: run the command again, ` +
        'an order that exists already is not an error. Check AWS_REGION and your credentials.'
      );
  }
}

/** The store asks for the time only when it remembers a signature: no command does. */
function neverAsked(): never {
  throw new Error('no command has the store tell the time');
}

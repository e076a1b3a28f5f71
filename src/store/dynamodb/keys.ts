import type { CreateTableCommandInput, TimeToLiveSpecification } from '@aws-sdk/client-dynamodb';
import type { Account } from '../../domain/person.js';
import { sha256 } from '../../domain/entitlement.js';
import type { LedgerName } from '../../domain/record/ledger.js';

/** The primary key of an item. Roles are limited by its first part: the front's may not write `GRANT#` or `LEASE#`. */
export interface Key {
  pk: string;
  sk: string;
}

export const headKey = (id: string): Key => ({ pk: `REQUEST#${id}`, sk: 'HEAD' });
export const eventKey = (id: string, n: number): Key => ({
  pk: `REQUEST#${id}`,
  sk: `${EVENT_PREFIX}${String(n).padStart(8, '0')}`,
});
export const ledgerKey = (name: LedgerName): Key => ({ pk: name, sk: 'HEAD' });
export const factKey = (name: LedgerName, n: number): Key => ({ pk: name, sk: eventKey('', n).sk });
export const endKey = (id: string): Key => ({ pk: `REQUEST#${id}`, sk: 'END' });
export const grantKey = (id: string): Key => ({ pk: `GRANT#${id}`, sk: 'GRANT' });
export const leaseKey = (id: string): Key => ({ pk: `LEASE#${id}`, sk: 'LEASE' });
export const seenKey = (hash: string): Key => ({ pk: `SEEN#${hash}`, sk: 'SEEN' });
export const noteKey = (name: string): Key => ({ pk: `NOTE#${name}`, sk: 'NOTE' });
export const lockKey = (name: string): Key => ({ pk: `LOCK#${name}`, sk: 'LOCK' });
export const shardKey = (id: string): Key => ({ pk: `SHARD#${id}`, sk: 'SHARD' });

/** What the sort keys of a request's audit events begin with. */
export const EVENT_PREFIX = 'EVENT#';

/** Whether this is the partition of a request: its HEAD and END wake the engine, a ledger's HEAD does not. */
export function isOfRequest(pk: string): boolean {
  return pk.startsWith(headKey('').pk);
}

/** What stands after the first `#` of a partition key: the request's id, for HEAD, END, GRANT and LEASE. */
export function idOf(pk: string): string {
  return pk.slice(pk.indexOf('#') + 1);
}

/**
 * The account that asked, in the index of requesters: an e-mail changes, and changes hands. What was written before
 * accounts stood there has the e-mail, in which there is no `/` without an `@`.
 */
export const requesterKey = ({ tenant, id }: Account) => `${tenant}/${id}`;

/** Sixteen, so that no single partition of the index takes every write and slows the table down. */
export const DUE_PARTITIONS = Array.from({ length: 16 }, (_, n) => `DUE#${n}`);

export function duePartition(id: string): string {
  return `DUE#${parseInt(sha256(id).slice(0, 1), 16)}`;
}

/**
 * Where ledgers stand of which something is due: a partition of their own, which whoever looks for due requests never
 * asks, of whichever version. Few people are away at once.
 */
export const DUE_LEDGERS = 'DUE#LEDGERS';

export const BY_REQUESTER = 'by-requester';
const BY_ENTITLEMENT_TIME = 'by-entitlement-time';
export const BY_DUE = 'by-due';

/** Indexes that no query of this version asks: an installed table that lacks them works. */
export const FOR_LATER: readonly string[] = [BY_ENTITLEMENT_TIME];
/** Indexes of earlier versions: nothing writes them or asks them any more. */
export const RETIRED: readonly string[] = ['by-entitlement'];

const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const index = (IndexName: string, KeySchema: ReturnType<typeof keySchema>, view: 'ALL' | 'KEYS_ONLY') => ({
  IndexName,
  KeySchema,
  Projection: { ProjectionType: view },
});

/** The table, in the words of CloudFormation; `createTable` and the template both take it from here. */
export const TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'requester', AttributeType: 'S' },
    { AttributeName: 'requestedAt', AttributeType: 'N' },
    { AttributeName: 'entitlement', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'S' },
    { AttributeName: 'dueAt', AttributeType: 'N' },
  ],
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: [
    index(BY_REQUESTER, keySchema('requester', 'requestedAt'), 'ALL'),
    index(BY_ENTITLEMENT_TIME, keySchema('entitlement', 'requestedAt'), 'KEYS_ONLY'),
    index(BY_DUE, keySchema('due', 'dueAt'), 'KEYS_ONLY'),
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
} satisfies Pick<
  CreateTableCommandInput,
  'BillingMode' | 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'
> & {
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' };
  TimeToLiveSpecification: TimeToLiveSpecification;
};

import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Instant, JsonObject } from '../../domain/entitlement.js';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { EngineChange } from '../../ports/record.js';
import { checkChange, disagreement, SEEN_FOR, type Store } from '../change.js';
import { headsAtOnce } from './heads/at-once.js';
import { headsOf, listedOf } from './heads/of-person.js';
import { ledgersIn } from './ledgers.js';
import { decode, decodeEnd, decodeGrant, decodeHead, endItem, epochSeconds, grantItem } from './items.js';
import {
  BY_DUE,
  DUE_PARTITIONS,
  endKey,
  EVENT_PREFIX,
  eventKey,
  grantKey,
  headKey,
  idOf,
  lockKey,
  noteKey,
  seenKey,
} from './keys.js';
import { NEW, tableOf, type Table } from './table.js';
import { transact, unlessNewer, verdict, writesOf } from './writes.js';

const A_DAY = 86_400_000;
const IF_NEW = { ConditionExpression: NEW };

/** The record in one DynamoDB table. @param here.now only dates what DynamoDB may forget */
export function dynamodbStore(here: { client: DynamoDBClient; table: string; now: () => Instant }): Store {
  const table = tableOf(here.client, here.table);
  return {
    ...requests(table, here.now),
    ...grantsAndEnds(table),
    ...ledgersIn(table, here.now),
    ...duties(table),
    ...shared(table),
  };
}

type Part<Name extends keyof Store> = Pick<Store, Name>;

function requests(
  table: Table,
  now: () => Instant,
): Part<'head' | 'records' | 'byRequester' | 'openByRequester' | 'listedByRequester' | 'write' | 'remember'> {
  const read = headsAtOnce(table);
  return {
    async head(id) {
      const item = await read(id);
      return item && decodeHead(item);
    },

    async records(id) {
      const items = await table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :events)',
        ExpressionAttributeValues: { ':pk': headKey(id).pk, ':events': EVENT_PREFIX },
        ConsistentRead: true,
      });
      return items.map((item) => decode(item) as AuditRecord);
    },

    async byRequester(person, limit) {
      return (await headsOf(table, person, {}, limit)).slice(0, limit);
    },

    async openByRequester(person, until) {
      return headsOf(table, person, { FilterExpression: 'attribute_exists(due)', until });
    },

    listedByRequester: (person, limit, after) => listedOf(table, person, limit, after),

    async write(change) {
      checkChange(change);
      const commit = randomUUID();
      const writes = writesOf(change, commit, table.name, now());
      const refused = await transact(table.db, Object.values(writes));
      if (!refused) return 'written';
      if (await landed(table, change, commit)) return 'written';
      if (refused === 'contended') return 'conflict';
      const failed = refused.failed.map((position) => Object.keys(writes)[position]);
      return verdict(change.head, failed, (await table.get(headKey(change.head.id)))?.['version']);
    },

    async remember(seen) {
      // Where the same request has been answered already, the mark of the first answer stands.
      await table.put({ ...seenKey(seen), ttl: epochSeconds(now() + SEEN_FOR) }, IF_NEW);
    },
  };
}

/** Did this very write of ours land, though its answer was lost? */
async function landed(table: Table, change: EngineChange, commit: string): Promise<boolean> {
  const [first] = change.records;
  // Only HEAD is ever overwritten: the other items still show that another write has moved HEAD on.
  const key = first
    ? eventKey(change.head.id, first.n)
    : change.seen
      ? seenKey(change.seen)
      : headKey(change.head.id);
  return (await table.get(key))?.['commit'] === commit;
}

function grantsAndEnds(table: Table): Part<'grant' | 'saveGrant' | 'putEnd' | 'end' | 'settleEnd'> {
  return {
    async grant(id) {
      const item = await table.get(grantKey(id));
      return item && decodeGrant(item);
    },

    async saveGrant(grant) {
      if (await table.put(grantItem(grant), unlessNewer(grant))) return;
      throw disagreement(grant.requestId, 'the grant in the table is newer than the one to be saved');
    },

    async putEnd(id, end) {
      return (await table.put(endItem(id, end), IF_NEW)) ? 'written' : 'stood';
    },

    async end(id) {
      const item = await table.get(endKey(id));
      return item && decodeEnd(item);
    },

    async settleEnd(id) {
      const item = await table.get(endKey(id));
      // Nothing else may stand beside it: an expiry, for one, would take it away.
      if (!item || Object.keys(item).length === 3) return;
      await table.put({ ...endKey(id), json: item.json ?? '' });
    },
  };
}

function duties(table: Table): Part<'due' | 'undecided' | 'ids'> {
  return {
    async undecided() {
      const pages = await Promise.all(
        DUE_PARTITIONS.map((due) =>
          table.query({
            IndexName: BY_DUE,
            KeyConditionExpression: 'due = :due',
            ExpressionAttributeValues: { ':due': due },
          }),
        ),
      );
      const keys = pages.flat();
      const granted = new Set(keys.filter(({ sk }) => sk === grantKey('').sk).map(({ pk }) => idOf(pk)));
      const heads = keys.filter(({ sk }) => sk === headKey('').sk).map(({ pk }) => idOf(pk));
      return heads.filter((id) => !granted.has(id));
    },

    async due(until, limit, after) {
      // Whole milliseconds, so that the next one is all that comes after.
      const times = after === undefined ? 'dueAt <= :until' : 'dueAt BETWEEN :from AND :until';
      const from = after === undefined ? {} : { ':from': after + 1 };
      const partitions = await Promise.all(
        DUE_PARTITIONS.map((due) =>
          table.query(
            {
              IndexName: BY_DUE,
              KeyConditionExpression: `due = :due AND ${times}`,
              ExpressionAttributeValues: { ':due': due, ':until': until, ...from },
            },
            limit * 3, // HEAD, GRANT and END of one request may all be due.
          ),
        ),
      );
      const items = partitions.flat().sort((a, b) => Number(a['dueAt']) - Number(b['dueAt']));
      return [...new Set(items.map((item) => idOf(item.pk)))].slice(0, limit);
    },

    async ids() {
      const found = new Set<string>();
      const items = table.scan({
        ProjectionExpression: 'pk',
        FilterExpression: 'begins_with(pk, :request) OR begins_with(pk, :grant)',
        ExpressionAttributeValues: { ':request': headKey('').pk, ':grant': grantKey('').pk },
        ConsistentRead: true,
      });
      for await (const item of items) found.add(idOf(String(item['pk'])));
      return [...found].sort();
    },
  };
}

/** What processes share: notes, and who holds which lease. */
function shared(table: Table): Part<'note' | 'saveNote' | 'lock' | 'ping'> {
  return {
    async note(name) {
      const item = await table.get(noteKey(name));
      return item && (decode(item) as JsonObject);
    },

    async saveNote(name, note) {
      await table.put({ ...noteKey(name), json: JSON.stringify(note) });
    },

    async lock(name, owner, at, duration) {
      const until = at + duration;
      return table.put(
        { ...lockKey(name), owner, until, ttl: epochSeconds(until + A_DAY) },
        {
          ConditionExpression: `${NEW} OR #until <= :at OR #owner = :owner`,
          ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
          ExpressionAttributeValues: { ':at': at, ':owner': owner },
        },
      );
    },

    async ping() {
      await table.get(noteKey('ping'));
    },
  };
}

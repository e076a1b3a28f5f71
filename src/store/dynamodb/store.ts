import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  type QueryCommandInput,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { Person } from '../../domain/person.js';
import type { Instant, JsonObject } from '../../domain/entitlement.js';
import { readEnd } from '../../domain/request/end.js';
import type { Grant } from '../../domain/grant.js';
import type { Head } from '../../domain/request/head.js';
import { sameAccount } from '../../domain/person.js';
import type { EngineChange, Written } from '../../ports/record.js';
import { checkChange, disagreement, progressOf, SEEN_FOR, tailBefore, type Store } from '../change.js';
import {
  decode,
  decodeHead,
  endItem,
  epochSeconds,
  eventItem,
  grantItem,
  headItem,
  leaseItem,
  type Item,
} from './items.js';
import {
  BY_DUE,
  BY_REQUESTER,
  DUE_PARTITIONS,
  endKey,
  EVENT_PREFIX,
  eventKey,
  grantKey,
  headKey,
  idOf,
  leaseKey,
  lockKey,
  noteKey,
  requesterKey,
  seenKey,
  type Key,
} from './keys.js';
import { transact, type Write } from './transact.js';

const NEW = 'attribute_not_exists(pk)';
const A_DAY = 86_400_000;

/** The record in one DynamoDB table; `now` only dates what DynamoDB may forget. */
export function dynamodbStore({
  client,
  table: TableName,
  now,
}: {
  client: DynamoDBClient;
  table: string;
  now: () => Instant;
}): Store {
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  async function get(key: Key): Promise<Item | undefined> {
    const { Item: item } = await db.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    return item as Item | undefined;
  }

  async function* pages(
    input: Omit<QueryCommandInput, 'TableName'>,
    size = Infinity,
  ): AsyncGenerator<Item[]> {
    const Limit = size === Infinity ? undefined : size;
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await db.send(new QueryCommand({ TableName, ...input, Limit, ExclusiveStartKey: from }));
      yield (page.Items ?? []) as Item[];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async function query(input: Omit<QueryCommandInput, 'TableName'>, atMost = Infinity): Promise<Item[]> {
    const found: Item[] = [];
    for await (const items of pages(input, atMost)) {
      found.push(...items);
      if (found.length >= atMost) break;
    }
    return found.slice(0, atMost);
  }

  /**
   * What this account has asked for, newest first: `atMost` from under the account, as many from under the e-mail. Under
   * an e-mail stands what the version before wrote, of whoever held that address.
   */
  async function headsOf(
    person: Person,
    only: Pick<QueryCommandInput, 'FilterExpression'>,
    atMost = Infinity,
  ): Promise<Head[]> {
    const found = await Promise.all(
      [requesterKey(person), person.email].map(async (requester) => {
        const about = {
          IndexName: BY_REQUESTER,
          KeyConditionExpression: 'requester = :requester',
          ExpressionAttributeValues: { ':requester': requester },
          ScanIndexForward: false,
          ...only,
        };
        const heads: Head[] = [];
        for await (const items of pages(about, atMost)) {
          heads.push(...items.map(decodeHead).filter(({ state }) => sameAccount(state.requester, person)));
          if (heads.length >= atMost) break;
        }
        return heads;
      }),
    );
    // A HEAD that moves from the e-mail to the account at this moment may be seen in both places.
    const newest = new Map<string, Head>();
    for (const head of found.flat()) {
      if (head.version > (newest.get(head.id)?.version ?? 0)) newest.set(head.id, head);
    }
    return [...newest.values()].sort((a, b) => b.state.requestedAt - a.state.requestedAt);
  }

  /** Did this very write of ours land, though its answer was lost? */
  async function landed(change: EngineChange, commit: string): Promise<boolean> {
    const [first] = change.records;
    // Only HEAD is ever overwritten: the others still tell when somebody has moved HEAD on since.
    const key = first
      ? eventKey(change.head.id, first.n)
      : change.seen
        ? seenKey(change.seen)
        : headKey(change.head.id);
    return (await get(key))?.['commit'] === commit;
  }

  return {
    async head(id) {
      const item = await get(headKey(id));
      return item && decodeHead(item);
    },

    async records(id) {
      const items = await query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :events)',
        ExpressionAttributeValues: { ':pk': headKey(id).pk, ':events': EVENT_PREFIX },
        ConsistentRead: true,
      });
      return items.map((item) => decode(item) as AuditRecord);
    },

    async byRequester(person, limit) {
      return (await headsOf(person, {}, limit)).slice(0, limit);
    },

    async openByRequester(person) {
      return headsOf(person, { FilterExpression: 'attribute_exists(due)' });
    },

    async write(change) {
      checkChange(change);
      const commit = randomUUID();
      const writes = writesOf(change, commit, TableName, now());
      const refused = await transact(db, Object.values(writes));
      if (!refused) return 'written';
      if (await landed(change, commit)) return 'written';
      if (refused === 'contended') return 'conflict';
      const failed = refused.failed.map((position) => Object.keys(writes)[position]);
      return verdict(change, failed, (await get(headKey(change.head.id)))?.['version']);
    },

    async putEnd(id, end) {
      try {
        await db.send(new PutCommand({ TableName, Item: endItem(id, end), ConditionExpression: NEW }));
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'stood';
        throw error;
      }
    },

    async end(id) {
      const item = await get(endKey(id));
      return item && readEnd(contentOf(item));
    },

    async settleEnd(id) {
      const item = await get(endKey(id));
      // Nothing else may stand beside it: an expiry, for one, would take it away.
      if (!item || Object.keys(item).length === 3) return;
      await db.send(new PutCommand({ TableName, Item: { ...endKey(id), json: item.json ?? '' } }));
    },

    async remember(seen) {
      const Item = { ...seenKey(seen), ttl: epochSeconds(now() + SEEN_FOR) };
      try {
        await db.send(new PutCommand({ TableName, Item, ConditionExpression: NEW }));
      } catch (error) {
        // The same request has been answered already: whichever answer was first, its mark stands.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async note(name) {
      const item = await get(noteKey(name));
      return item && (decode(item) as JsonObject);
    },

    async saveNote(name, note) {
      await db.send(new PutCommand({ TableName, Item: { ...noteKey(name), json: JSON.stringify(note) } }));
    },

    async grant(id) {
      const item = await get(grantKey(id));
      return item && (decode(item) as Grant);
    },

    async saveGrant(grant) {
      try {
        await db.send(new PutCommand({ TableName, Item: grantItem(grant), ...unlessNewer(grant) }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw disagreement(grant.requestId, 'the grant in the table is newer than the one to be saved');
      }
    },

    async due(until, limit, after) {
      // Whole milliseconds, so that the next one is all that comes after.
      const times = after === undefined ? 'dueAt <= :until' : 'dueAt BETWEEN :from AND :until';
      const from = after === undefined ? {} : { ':from': after + 1 };
      const partitions = await Promise.all(
        DUE_PARTITIONS.map((due) =>
          query(
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
      let from: ScanCommandInput['ExclusiveStartKey'];
      do {
        const scan = new ScanCommand({
          TableName,
          ProjectionExpression: 'pk',
          FilterExpression: 'begins_with(pk, :request) OR begins_with(pk, :grant)',
          ExpressionAttributeValues: { ':request': headKey('').pk, ':grant': grantKey('').pk },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        });
        const page = await db.send(scan);
        for (const item of page.Items ?? []) found.add(idOf(String(item['pk'])));
        from = page.LastEvaluatedKey;
      } while (from);
      return [...found].sort();
    },

    async lock(name, owner, at, duration) {
      const until = at + duration;
      try {
        await db.send(
          new PutCommand({
            TableName,
            Item: { ...lockKey(name), owner, until, ttl: epochSeconds(until + A_DAY) },
            ConditionExpression: `${NEW} OR #until <= :at OR #owner = :owner`,
            ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
            ExpressionAttributeValues: { ':at': at, ':owner': owner },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async ping() {
      await get(noteKey('ping'));
    },
  };
}

/** What stands in an item that anybody who faces people may have written. */
function contentOf(item: Item): unknown {
  try {
    return JSON.parse(item.json);
  } catch {
    return undefined;
  }
}

/** The items of one change, by name; the names say afterwards which condition failed. */
function writesOf(
  change: EngineChange,
  commit: string,
  TableName: string,
  now: Instant,
): Record<string, Write> {
  const { head, records, seen, grant, lease } = change;
  const put = (Item: object, condition: object = { ConditionExpression: NEW }): Write => ({
    Put: { TableName, Item: { ...Item }, ...condition },
  });
  const follows = {
    ConditionExpression: '#version = :version AND #tail = :tail',
    ExpressionAttributeNames: { '#version': 'version', '#tail': 'tail' },
    ExpressionAttributeValues: { ':version': head.version - 1, ':tail': tailBefore(change) },
  };
  return {
    head: put(headItem(head, commit), head.version === 1 ? undefined : follows),
    ...Object.fromEntries(records.map((record) => [`event ${record.n}`, put(eventItem(record, commit))])),
    ...(seen && { seen: put({ ...seenKey(seen), commit, ttl: epochSeconds(now + SEEN_FOR) }) }),
    ...(grant && { grant: put(grantItem(grant), lease === 'put' ? undefined : unlessNewer(grant)) }),
    ...(grant && lease === 'put' && { lease: put(leaseItem(grant), {}) }),
    ...(lease === 'remove' && { lease: { Delete: { TableName, Key: leaseKey(head.id) } } }),
  };
}

function unlessNewer(grant: Grant) {
  const { settledBy, mintedAt, step, ending } = progressOf(grant);
  // A grant of an earlier version does not say whether it is ending.
  const stays = '(attribute_not_exists(ending) OR ending <= :ending)';
  return {
    ConditionExpression: `${NEW} OR (settledBy <= :settledBy AND mintedAt <= :mintedAt AND #step <= :step AND ${stays})`,
    ExpressionAttributeNames: { '#step': 'step' },
    ExpressionAttributeValues: {
      ':settledBy': settledBy,
      ':mintedAt': mintedAt,
      ':step': step,
      ':ending': ending,
    },
  };
}

/** @param version HEAD's, read again: DynamoDB need not name every condition that failed, so the names alone mislead */
function verdict(change: EngineChange, failed: (string | undefined)[], version: unknown): Written {
  if (failed.includes('seen')) return 'seen';
  if ((version ?? 0) !== change.head.version - 1) return 'conflict';
  throw disagreement(change.head.id, `the version was right, but not the condition on ${failed.join(', ')}`);
}

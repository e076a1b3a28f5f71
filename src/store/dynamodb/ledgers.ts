import { randomUUID } from 'node:crypto';
import type { Instant } from '../../domain/entitlement.js';
import {
  isLedgerName,
  isOfPerson,
  type LedgerHead,
  type LedgerName,
  type LedgerRecord,
} from '../../domain/record/ledger.js';
import type { LedgerChange } from '../../ports/record.js';
import { checkLedgerChange, SEEN_FOR, unreadable, type Store } from '../change.js';
import { decode, epochSeconds, type Item } from './items.js';
import { BY_DUE, DUE_LEDGERS, EVENT_PREFIX, factKey, ledgerKey, seenKey } from './keys.js';
import { NEW, type Table } from './table.js';
import { followsOn, transact, verdict, type Write } from './writes.js';

/** No date of JavaScript's is later. */
const LATEST: Instant = 8_640_000_000_000_000;

/** HEADs and records that are not about one request. */
export function ledgersIn(
  table: Table,
  now: () => Instant,
): Pick<Store, 'ledger' | 'ledgerRecords' | 'append' | 'dueLedgers' | 'ledgers'> {
  return {
    async ledger<Name extends LedgerName>(name: Name) {
      const item = await table.get(ledgerKey(name));
      return item && decodeLedger(item, name);
    },

    async ledgerRecords(name) {
      const items = await table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :events)',
        ExpressionAttributeValues: { ':pk': name, ':events': EVENT_PREFIX },
        ConsistentRead: true,
      });
      return items.map((item) => decode(item) as LedgerRecord);
    },

    async append(change) {
      checkLedgerChange(change);
      const commit = randomUUID();
      const writes = writesOf(change, { commit, TableName: table.name, now: now() });
      const refused = await transact(table.db, Object.values(writes));
      if (!refused) return 'written';
      const { ledger: id, version } = change.head;
      const found = await table.get(ledgerKey(id));
      // Only HEAD is ever overwritten: the other items still show that this write of ours landed, its answer being lost.
      if ((await table.get(keyOf(change)))?.['commit'] === commit) return 'written';
      if (refused === 'contended') return 'conflict';
      const failed = refused.failed.map((position) => Object.keys(writes)[position]);
      return verdict({ id, version }, failed, found?.['version']);
    },

    async dueLedgers(until, limit) {
      const items = await table.query(
        {
          IndexName: BY_DUE,
          KeyConditionExpression: 'due = :due AND dueAt <= :until',
          // DynamoDB's numbers know no infinity.
          ExpressionAttributeValues: { ':due': DUE_LEDGERS, ':until': Math.min(until, LATEST) },
        },
        limit,
      );
      return items.map(({ pk }) => pk).filter(isOfPerson);
    },

    async ledgers() {
      const found = new Set<LedgerName>();
      const items = table.scan({
        ProjectionExpression: 'pk',
        FilterExpression: 'begins_with(pk, :person) OR begins_with(pk, :jit)',
        ExpressionAttributeValues: { ':person': 'PERSON#', ':jit': 'JIT#' },
        ConsistentRead: true,
      });
      for await (const { pk } of items) if (typeof pk === 'string' && isLedgerName(pk)) found.add(pk);
      return [...found].sort();
    },
  };
}

/** By the last item that nobody writes over. */
function keyOf({ head, records: [first], seen }: LedgerChange) {
  if (first) return factKey(head.ledger, first.n);
  return seen === undefined ? ledgerKey(head.ledger) : seenKey(seen);
}

function writesOf(
  change: LedgerChange,
  { commit, TableName, now }: { commit: string; TableName: string; now: Instant },
): Record<string, Write> {
  const { head, records, seen } = change;
  const put = (Item: object, condition: object = { ConditionExpression: NEW }): Write => ({
    Put: { TableName, Item: { ...Item, commit }, ...condition },
  });
  const { version, tail } = head;
  const { dueAt } = head;
  const item = {
    ...ledgerKey(head.ledger),
    json: JSON.stringify(head),
    version,
    tail: tail.n,
    ...(dueAt !== undefined && { due: DUE_LEDGERS, dueAt }),
  };
  const facts = records.map((record) => ({
    ...factKey(record.ledger, record.n),
    json: JSON.stringify(record),
  }));
  return {
    head: put(item, followsOn(change)),
    ...Object.fromEntries(facts.map((fact) => [fact.sk, put(fact)])),
    ...(seen && { seen: put({ ...seenKey(seen), ttl: epochSeconds(now + SEEN_FOR) }) }),
  };
}

function decodeLedger<Name extends LedgerName>(item: Item, name: Name): LedgerHead<Name> {
  const head = decode(item) as LedgerHead<Name>;
  if (head.ledger !== name || head.version !== item['version'])
    throw unreadable(name, `${item.pk} / ${item.sk}`, 'its content belongs to another');
  return head;
}

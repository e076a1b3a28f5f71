import { grantDue } from '../../src/domain/grant.js';
import type { Instant } from '../../src/domain/entitlement.js';
import type { End } from '../../src/domain/request/end.js';
import type { Head } from '../../src/domain/request/head.js';
import { RecordFault } from '../../src/ports/record.js';
import { disagreement, type Store } from '../../src/store/change.js';

/** More than any history has. */
const MANY = 1_000;

/** What somebody who writes under `REQUEST#*` has done to one request. */
interface Spoilt {
  head?: 'unreadable' | 'absent';
  /** Events stand where the next ones belong. */
  inAdvance?: boolean;
  /** END is not what was put there, and no longer due. */
  order?: boolean;
}

export type Tampering = ReturnType<typeof tampering>;

/** A table, with somebody else's hands in it: what they do to it no condition of ours stands in the way of. */
export function tampering(real: Store) {
  const over = new Map<string, Spoilt>();
  const orders = new Map<string, Instant | undefined>();
  const spoil = (id: string, how: Spoilt) => void over.set(id, { ...over.get(id), ...how });

  async function isDue(id: string, until: Instant, after: Instant = -Infinity): Promise<boolean> {
    const { head, order } = over.get(id) ?? {};
    const grant = await real.grant(id);
    const times = [
      head ? undefined : (await real.head(id))?.dueAt,
      grant && grantDue(grant),
      order ? undefined : orders.get(id),
    ];
    return times.some((at) => at !== undefined && at <= until && at > after);
  }

  const store: Store = {
    ...real,
    async head(id) {
      const how = over.get(id)?.head;
      if (how === 'unreadable') throw new RecordFault('unreadable', 'The item cannot be read.');
      return how === 'absent' ? undefined : real.head(id);
    },
    async write(change) {
      const { head, inAdvance } = over.get(change.head.id) ?? {};
      if (head) return 'conflict';
      // The SDK writes no such number.
      if (Number.isNaN(change.head.dueAt)) throw new Error('NaN is no number for DynamoDB');
      if (inAdvance && change.records.length > 0)
        throw disagreement(change.head.id, 'the records do not follow the last one');
      return real.write(change);
    },
    async putEnd(id, end) {
      const put = await real.putEnd(id, end);
      // Of a call that arrived twice, only the second answer is heard.
      if (!orders.has(id)) orders.set(id, end.at);
      return put;
    },
    async settleEnd(id) {
      await real.settleEnd(id);
      orders.set(id, undefined);
    },
    async end(id) {
      const end = await real.end(id);
      return end && over.get(id)?.order ? 'unreadable' : end;
    },
    async due(until, limit, after) {
      if (over.size === 0) return real.due(until, limit, after);
      const found = await real.due(until, MANY, after);
      const due: string[] = [];
      for (const id of found) if (!over.has(id) || (await isDue(id, until, after))) due.push(id);
      return due.slice(0, limit);
    },
  };

  return {
    store,
    unreadable: (id: string) => spoil(id, { head: 'unreadable' }),
    absent: (id: string) => spoil(id, { head: 'absent' }),
    inAdvance: (id: string) => spoil(id, { inAdvance: true }),
    /** Puts another HEAD in its place, behind a version and a tail that fit. @returns what stands there now */
    async rewrite(id: string, change: (head: Head) => Partial<Head>): Promise<Head | undefined> {
      spoil(id, {});
      delete over.get(id)!.head;
      const head = await real.head(id);
      if (!head) return undefined;
      const { version, tail } = head;
      const { dueAt, ...changed } = { ...head, ...change(head) };
      // No table keeps a time that is no number in an index.
      const due = Number.isFinite(dueAt) ? { dueAt: dueAt! } : {};
      const next = { ...changed, ...due, id, tail, version: version + 1 };
      return (await real.write({ head: next, records: [] })) === 'written' ? real.head(id) : undefined;
    },
    /** Junk where an order to end it stands, or would stand. */
    async overwriteOrder(id: string): Promise<void> {
      await real.putEnd(id, { junk: true } as unknown as End);
      spoil(id, { order: true });
      orders.set(id, undefined);
    },
  };
}

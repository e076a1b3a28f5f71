import {
  examineLedger,
  type LedgerEvent,
  type LedgerHead,
  type PersonLedger,
} from '../../src/domain/record/ledger.js';
import { applyToLedger } from '../../src/domain/record/ledger-head.js';
import { brokenAt } from '../../src/domain/record/seal.js';
import type { Person } from '../../src/domain/person.js';
import type { Instant, JsonObject } from '../../src/domain/entitlement.js';
import type { EngineStore, RequestStore } from '../../src/ports/record.js';
import {
  ana,
  bob,
  gone,
  grantOf,
  HOUR,
  ledgerOf,
  next,
  opened,
  signature,
  TEN,
  voted,
} from '../support/heads.js';

/** What every store must do. @param store one for all tests, which use ids, people and names of their own */
export function storeContract(store: () => EngineStore, clock: { now: Instant }): void {
  let count = 0;
  const freshId = () => `01JD${String(++count).padStart(22, '0')}`;

  async function open(id = freshId()) {
    const change = opened(id);
    expect(await store().write(change)).toBe('written');
    return change.head;
  }

  describe('writing', () => {
    test('a request that was never made has no head, no records, no grant', async () => {
      expect(await store().head('nobody')).toBeUndefined();
      expect(await store().records('nobody')).toEqual([]);
      expect(await store().grant('nobody')).toBeUndefined();
    });

    test('what was written is read back at once', async () => {
      const change = opened(freshId(), { dueAt: TEN + HOUR });
      await store().write(change);
      expect(await store().head(change.head.id)).toEqual(change.head);
      expect(await store().records(change.head.id)).toEqual(change.records);
    });

    test('many that are read at once are each its own, and one that is not there is none of them', async () => {
      const ids = Array.from({ length: 230 }, () => freshId());
      const made = ids.filter((_, n) => n % 30 === 0);
      for (const id of made) await store().write(opened(id));
      const read = await Promise.all(ids.map((id) => store().head(id)));
      expect(read.map((head) => head?.id)).toEqual(ids.map((id) => (made.includes(id) ? id : undefined)));
      expect(await Promise.all([made[0]!, made[0]!].map(async (id) => (await store().head(id))?.id))).toEqual(
        [made[0], made[0]],
      );
    });

    test('invariant 6: a request is opened once', async () => {
      const head = await open();
      expect(await store().write(opened(head.id, { justification: 'another' }))).toBe('conflict');
      expect(await store().head(head.id)).toEqual(head);
    });

    test('invariant 6: a request that does not exist cannot be changed', async () => {
      const { head } = opened(freshId());
      expect(await store().write(next(head, [voted()]))).toBe('conflict');
      expect(await store().records(head.id)).toEqual([]);
    });

    test('invariant 6: of writers at the same time one wins, and the others hear that they lost', async () => {
      const head = await open();
      const people = [1, 2, 3, 4, 5].map((n) => ({ ...bob, email: `approver${n}@corp.example` }));
      const results = await Promise.all(people.map((by) => store().write(next(head, [voted(TEN, by)]))));
      expect(results.filter((result) => result === 'written')).toHaveLength(1);
      expect(results.filter((result) => result === 'conflict')).toHaveLength(4);
      const records = await store().records(head.id);
      expect(records).toHaveLength(2);
      expect(records[1]?.event.by).toEqual(people[results.indexOf('written')]);
    });

    test('invariant 6: without records, too, a write that comes late is a conflict', async () => {
      const head = await open();
      const posts = { manager: { place: 'C1', ref: '1.1', shown: 'x' } };
      expect(await store().write(next(head, [], { posts }))).toBe('written');
      expect(await store().write(next(head, [], { posts: {} }))).toBe('conflict');
      expect((await store().head(head.id))?.posts).toEqual(posts);
    });

    test('invariant 6: who lost writes nothing at all: no record, no grant, no lease, nothing seen', async () => {
      const head = await open();
      await store().write(next(head, [voted()]));
      const late = { ...next(head, [voted(TEN, ana)]), seen: signature('late'), grant: grantOf(head.id) };
      expect(await store().write({ ...late, lease: 'put' })).toBe('conflict');
      expect(await store().records(head.id)).toHaveLength(2);
      expect(await store().grant(head.id)).toBeUndefined();
      const now = (await store().head(head.id))!;
      expect(await store().write({ ...next(now, [voted()]), seen: signature('late') })).toBe('written');
    });
  });

  describe('records', () => {
    test('invariant 12: they come back in order, all of them, with their chain whole', async () => {
      let head = await open();
      for (let n = 0; n < 12; n++) {
        const change = next(head, [voted(TEN + n), voted(TEN + n + 1)]);
        expect(await store().write(change)).toBe('written');
        head = change.head;
      }
      const records = await store().records(head.id);
      expect(records.map((record) => record.n)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
      expect(brokenAt(records)).toBeUndefined();
    });

    test('invariant 12: a gap is refused', async () => {
      const head = await open();
      const { records, head: after } = next(head, [voted(), voted(), voted()]);
      await expect(store().write({ head: after, records: records.slice(1) })).rejects.toThrow('disagree');
      await expect(store().write({ head: after, records: [records[0]!, records[2]!] })).rejects.toThrow(
        'gap',
      );
      const skipping = next(opened(head.id).head, [voted(), voted()]);
      await expect(
        store().write({ head: { ...skipping.head, version: 1 }, records: skipping.records }),
      ).rejects.toThrow('first');
      expect(await store().records(head.id)).toHaveLength(1);
    });

    test('invariant 12: a record is never written over', async () => {
      const head = await open();
      const again = opened(head.id, { justification: 'rewritten history' });
      const forged = { ...again.head, version: head.version + 1 };
      await expect(store().write({ head: forged, records: again.records })).rejects.toThrow('disagree');
      expect((await store().records(head.id))[0]?.event).toMatchObject({
        asked: { justification: 'fixing the orders index' },
      });
    });

    test('records of another request are refused', async () => {
      const head = await open();
      const { records } = next({ ...head, id: 'another' }, [voted()]);
      const tail = { n: records[0]!.n, hash: records[0]!.hash };
      await expect(store().write({ ...next(head, [], { tail }), records })).rejects.toThrow(
        'another request',
      );
    });

    test('odd text comes back to the last character, so that the chain holds', async () => {
      const justification = '𝒪𝓇𝒹𝑒𝓇𝓈 🗝️ \u0000 \u202E e\u0301 <!channel> "\\ \uD800 lone, and empty: ';
      const change = opened(freshId(), { justification, ticket: '' });
      expect(await store().write(change)).toBe('written');
      expect((await store().head(change.head.id))?.state.justification).toBe(justification);
      const records = await store().records(change.head.id);
      expect(records).toEqual(change.records);
      expect(brokenAt(records)).toBeUndefined();
    });

    test('deep, empty and null content comes back as it was; members that are undefined vanish', async () => {
      let deep: JsonObject = { end: null };
      for (let n = 0; n < 40; n++) deep = { '': [deep, [], {}, '', false, 0.1, -0.5, 1e21] };
      const change = opened(freshId());
      change.head.state.grant.config = deep;
      const ticket: unknown = undefined;
      Object.assign(change.head.state, { ticket });
      await store().write(change);
      const head = await store().head(change.head.id);
      expect(head?.state.grant.config).toEqual(deep);
      expect(head && 'ticket' in head.state).toBe(false);
    });

    test('large records are all there', async () => {
      const text = 'ä'.repeat(60_000);
      let { head } = opened(freshId());
      await store().write(opened(head.id));
      for (let n = 0; n < 12; n++) {
        const large = { type: 'PreflightPassed' as const, at: TEN + n, by: 'jit' as const, note: text };
        const change = next(head, [large]);
        await store().write(change);
        head = change.head;
      }
      const records = await store().records(head.id);
      expect(records).toHaveLength(13);
      expect(brokenAt(records)).toBeUndefined();
    });

    test('nothing is shared with the caller', async () => {
      const change = opened(freshId());
      await store().write(change);
      change.head.posts['manager'] = { place: 'C1', ref: '1', shown: '' };
      change.records[0]!.hash = 'changed';
      const read = (await store().head(change.head.id))!;
      expect(read.posts).toEqual({});
      read.state.justification = 'changed';
      const records = await store().records(change.head.id);
      records.pop();
      expect((await store().head(change.head.id))?.state.justification).toBe('fixing the orders index');
      expect((await store().records(change.head.id))[0]?.hash).toBe(change.head.tail.hash);
    });
  });

  describe('what was seen', () => {
    test('invariant 14: the same signed request twice has one effect', async () => {
      const head = await open();
      const seen = signature(head.id);
      const first = next(head, [voted()]);
      expect(await store().write({ ...first, seen })).toBe('written');
      expect(await store().write({ ...next(first.head, [voted()]), seen })).toBe('seen');
      expect(await store().head(head.id)).toEqual(first.head);
    });

    test('invariant 14: it has one effect when the version is old as well', async () => {
      const head = await open();
      const seen = signature(head.id);
      expect(await store().write({ ...next(head, [voted()]), seen })).toBe('written');
      expect(await store().write({ ...next(head, [voted()]), seen })).toBe('seen');
    });

    test('invariant 14: it cannot open a second request', async () => {
      const seen = signature('opens once');
      expect(await store().write({ ...opened(freshId()), seen })).toBe('written');
      const second = opened(freshId());
      expect(await store().write({ ...second, seen })).toBe('seen');
      expect(await store().head(second.head.id)).toBeUndefined();
    });

    test('invariant 14: of the same request at the same time, one is written', async () => {
      const seen = signature('at the same time');
      const results = await Promise.all(
        [freshId(), freshId(), freshId()].map((id) => store().write({ ...opened(id), seen })),
      );
      // The others may have met the first one under way; who then reads again sees it.
      expect(results.filter((result) => result === 'written')).toHaveLength(1);
    });

    test('invariant 14: what was answered without an effect has none later, and that may be said twice', async () => {
      const seen = signature('refused');
      await store().remember(seen);
      await store().remember(seen);
      const { head, ...change } = opened(freshId());
      expect(await store().write({ ...change, head, seen })).toBe('seen');
      expect(await store().head(head.id)).toBeUndefined();
      clock.now += 14 * 60_000;
      expect(await store().write({ ...change, head, seen })).toBe('seen');
    });

    test('invariant 14: and what had an effect stays so, though it is said again', async () => {
      const seen = signature('had its effect');
      const first = opened(freshId());
      expect(await store().write({ ...first, seen })).toBe('written');
      await store().remember(seen);
      expect(await store().head(first.head.id)).toEqual(first.head);
      expect(await store().write({ ...opened(freshId()), seen })).toBe('seen');
    });

    test('invariant 14: it is still known after fourteen minutes', async () => {
      const seen = signature('fourteen minutes');
      await store().write({ ...opened(freshId()), seen });
      clock.now += 14 * 60_000;
      expect(await store().write({ ...opened(freshId()), seen })).toBe('seen');
    });
  });

  describe('grants and leases', () => {
    test('invariant 2: grant and lease are written together with the approval, or not at all', async () => {
      const head = await open();
      const grant = grantOf(head.id);
      expect(await store().write({ ...next(head, [voted()]), grant, lease: 'put' })).toBe('written');
      expect(await store().grant(head.id)).toEqual(grant);
    });

    test('invariant 2: an approval makes its grant once, even when HEAD is as it was before', async () => {
      const head = await open();
      const grant = grantOf(head.id);
      const approved = next(head, [voted()]);
      await store().write({ ...approved, grant, lease: 'put' });
      const longer = grantOf(head.id, { lease: { startsAt: TEN, endsAt: TEN + 9 * HOUR } });
      const again = { ...next(approved.head, [voted()]), grant: longer, lease: 'put' as const };
      await expect(store().write(again)).rejects.toThrow('disagree');
      expect(await store().grant(head.id)).toEqual(grant);
      expect(await store().head(head.id)).toEqual(approved.head);
    });

    test('a lease without its grant is refused', async () => {
      const head = await open();
      await expect(store().write({ ...next(head), lease: 'put' })).rejects.toThrow('grant');
    });

    test('a grant of another request is refused', async () => {
      const head = await open();
      const grant = grantOf(freshId());
      await expect(store().write({ ...next(head), grant })).rejects.toThrow('another request');
    });

    test('a lease may be removed twice', async () => {
      const head = await open();
      const first = next(head);
      await store().write({ ...first, grant: grantOf(head.id), lease: 'put' });
      const second = next(first.head);
      expect(await store().write({ ...second, lease: 'remove' })).toBe('written');
      expect(await store().write({ ...next(second.head), lease: 'remove' })).toBe('written');
    });

    test('invariant 2: the timer goes by a longer end, and a grant with the shorter one never takes its place', async () => {
      const head = await open();
      const grant = grantOf(head.id);
      const approved = next(head);
      await store().write({ ...approved, grant, lease: 'put' });
      const longer = { ...grant, extended: 1, lease: { ...grant.lease, endsAt: grant.lease.endsAt + HOUR } };
      const after = next(approved.head);
      expect(await store().write({ ...after, grant: longer, lease: 'move' })).toBe('written');
      expect(await store().grant(head.id)).toEqual(longer);
      await expect(store().saveGrant({ ...grant, tries: { count: 1, next: TEN } })).rejects.toThrow('newer');
      await expect(store().write({ ...next(after.head), grant })).rejects.toThrow('disagree');
      await expect(store().write({ ...next(after.head), lease: 'move' })).rejects.toThrow('grant');
      expect(await store().grant(head.id)).toEqual(longer);
    });

    test('a grant grows, and an older one never takes its place', async () => {
      const head = await open();
      const grant = grantOf(head.id);
      const approved = next(head);
      await store().write({ ...approved, grant, lease: 'put' });
      const minted = { ...grant, settledBy: TEN + 30_000, lastMintAt: TEN + 60_000, receipt: { arn: 'x' } };
      const after = next(approved.head);
      expect(await store().write({ ...after, grant: minted })).toBe('written');
      const older = [grant, { ...minted, lastMintAt: TEN }, { ...minted, settledBy: TEN }];
      for (const stale of older) {
        await expect(store().saveGrant(stale)).rejects.toThrow('newer');
        await expect(store().write({ ...next(after.head), grant: stale })).rejects.toThrow('disagree');
      }
      await store().saveGrant({ ...minted, gone });
      await expect(store().saveGrant(minted)).rejects.toThrow('newer');
      await store().saveGrant({ ...minted, gone });
      expect(await store().grant(head.id)).toEqual({ ...minted, gone });
    });

    test('invariant 1: that a grant is ending is never lost to whoever read it before', async () => {
      const grant = grantOf(freshId(), { ending: { at: TEN, by: 'jit', cause: 'revoked' } });
      const { ending: _, ...before } = grant;
      await store().saveGrant(before);
      await store().saveGrant(grant);
      const stale = { ...before, settledBy: TEN + 1, lastMintAt: TEN + 1, receipt: { arn: 'x' } };
      await expect(store().saveGrant(stale)).rejects.toThrow('newer');
      await store().saveGrant({ ...stale, ending: grant.ending! });
      expect(await store().grant(grant.requestId)).toEqual({ ...stale, ending: grant.ending });
    });

    test('a grant is kept when its request is no longer there', async () => {
      const grant = grantOf(freshId());
      await store().saveGrant(grant);
      expect(await store().grant(grant.requestId)).toEqual(grant);
    });

    test('invariant 13: the part that faces people has no word for a grant or a lease', () => {
      type FrontChange = Parameters<RequestStore['write']>[0];
      const unspeakable: 'grant' | 'lease' extends keyof FrontChange ? false : true = true;
      const withheld: keyof RequestStore &
        ('grant' | 'saveGrant' | 'settleEnd' | 'saveNote' | 'lock') extends never
        ? true
        : false = true;
      expect([unspeakable, withheld]).toEqual([true, true]);
    });
  });

  describe('what is due', () => {
    // Each test has a century of its own, so that it sees only what it wrote.
    let era = TEN;
    beforeEach(() => {
      era -= 100 * 365 * 24 * HOUR;
    });
    const dueBy = async (at: Instant, limit = 100) => {
      const ids = await store().due(at, limit);
      return ids;
    };

    test('the earliest comes first, across all requests, and what is later does not come', async () => {
      const ids = Array.from({ length: 20 }, freshId);
      for (const [n, id] of ids.entries()) {
        await store().write(opened(id, { dueAt: era + ((n * 7) % 20) * 1000 }));
      }
      const expected = Array.from({ length: 20 }, (_, second) =>
        ids.find((_id, n) => (n * 7) % 20 === second),
      );
      expect(await dueBy(era + 9_000)).toEqual(expected.slice(0, 10));
      expect(await dueBy(era + 19_000, 3)).toEqual(expected.slice(0, 3));
      expect(await dueBy(era + 19_000)).toEqual(expected);
      for (const id of ids) await store().write(next((await store().head(id))!));
      expect(await dueBy(era + 19_000)).toEqual([]);
    });

    test('what was due by an earlier time can be left out', async () => {
      const ids = Array.from({ length: 4 }, freshId);
      for (const [n, id] of ids.entries()) await store().write(opened(id, { dueAt: era + n * 1000 }));
      expect(await store().due(era + 2_000, 100, era + 500)).toEqual(ids.slice(1, 3));
      expect(await store().due(era + 2_000, 100, era + 1_000)).toEqual(ids.slice(2, 3));
      expect(await store().due(era + 3_000, 1, era)).toEqual(ids.slice(1, 2));
    });

    test('a request leaves when nothing is due any more', async () => {
      const { head, records } = opened(freshId(), { dueAt: era });
      await store().write({ head, records });
      expect(await dueBy(era)).toEqual([head.id]);
      expect(await dueBy(era - 1)).toEqual([]);
      await store().write(next(head));
      expect(await dueBy(era + HOUR)).toEqual([]);
    });

    test('invariant 2: a revocation is due by the grant alone, whatever HEAD says', async () => {
      const { head, records } = opened(freshId());
      await store().write({ head, records });
      const grant = grantOf(head.id, { lease: { startsAt: era, endsAt: era + HOUR }, settledBy: era });
      await store().write({ ...next(head), grant, lease: 'put' });
      expect(await dueBy(era + HOUR - 1)).toEqual([]);
      expect(await dueBy(era + HOUR)).toEqual([head.id]);
      await store().saveGrant({ ...grant, gone: { ...gone, cleanUpAt: era + 2 * HOUR } });
      expect(await dueBy(era + HOUR)).toEqual([]);
      expect(await dueBy(era + 2 * HOUR)).toEqual([head.id]);
      await store().saveGrant({ ...grant, gone: { ...gone, cleanUpAt: era + 2 * HOUR }, cleanedUp: true });
      expect(await dueBy(era + 2 * HOUR)).toEqual([]);
    });

    test('invariant 2: a grant that is ending is due at once, and one whose end failed when it is to be tried again', async () => {
      const grant = grantOf(freshId(), { lease: { startsAt: era, endsAt: era + HOUR }, settledBy: era });
      await store().saveGrant(grant);
      expect(await dueBy(era + HOUR - 1)).toEqual([]);
      const ending = { ...grant, ending: { at: era + 1, by: 'jit' as const, cause: 'revoked' as const } };
      await store().saveGrant(ending);
      expect(await dueBy(era + 1)).toEqual([grant.requestId]);
      await store().saveGrant({ ...ending, tries: { count: 1, next: era + 9 } });
      expect(await dueBy(era + 8)).toEqual([]);
      expect(await dueBy(era + 9)).toEqual([grant.requestId]);
      await store().saveGrant({ ...ending, gone });
      expect(await dueBy(era + HOUR)).toEqual([]);
    });

    test('invariant 2: an order to end is due from the start until it is settled, whatever else is kept', async () => {
      const id = freshId();
      await store().putEnd(id, { at: era, by: ana });
      expect(await dueBy(era - 1)).toEqual([]);
      expect(await dueBy(era)).toEqual([id]);
      await store().settleEnd(id);
      expect(await dueBy(era + HOUR)).toEqual([]);
      expect(await store().putEnd(id, { at: era, by: ana })).toBe('stood');
      expect(await dueBy(era + HOUR)).toEqual([]);
    });

    test('a request that is due twice comes once, and takes no room from others', async () => {
      const ids = Array.from({ length: 6 }, freshId);
      for (const id of ids) {
        const { head, records } = opened(id, { dueAt: era });
        await store().write({ head, records });
        await store().saveGrant(
          grantOf(id, { lease: { startsAt: era - HOUR, endsAt: era }, settledBy: era - HOUR }),
        );
      }
      expect((await dueBy(era)).sort()).toEqual(ids);
      expect(new Set(await dueBy(era, 5)).size).toBe(5);
      for (const id of ids) {
        await store().write(next((await store().head(id))!));
        await store().saveGrant({ ...(await store().grant(id))!, gone });
      }
    });
  });

  describe('what may wait for a decision', () => {
    test('is what has something due and no grant, whenever it is due', async () => {
      const far = TEN + 7 * 24 * HOUR;
      const [waits, over, given] = [freshId(), freshId(), freshId()];
      await store().write(opened(waits, { dueAt: far }));
      await store().write(opened(over));
      const first = opened(given, { dueAt: far });
      await store().write(first);
      const approved = next(first.head, [voted()], { dueAt: far });
      await store().write({ ...approved, grant: grantOf(given), lease: 'put' });
      const found = await store().undecided();
      expect(found.filter((id) => [waits, over, given].includes(id))).toEqual([waits]);
    });
  });

  describe('orders to end access', () => {
    const operator = { operator: 'arn:aws:iam::777788889999:user/kim' };

    test('invariant 2: an order is put down once: the first stands, and a second one is no fault', async () => {
      const id = freshId();
      expect(await store().end(id)).toBeUndefined();
      const first = { at: TEN, by: operator, text: 'a stolen laptop' };
      expect(await store().putEnd(id, first)).toBe('written');
      expect(await store().putEnd(id, { at: TEN + 1, by: bob, policies: ['security'] })).toBe('stood');
      expect(await store().end(id)).toEqual(first);
      await store().settleEnd(id);
      await store().settleEnd(id);
      expect(await store().end(id)).toEqual(first);
    });

    test('of many at once one is written', async () => {
      const id = freshId();
      const put = await Promise.all([1, 2, 3].map((n) => store().putEnd(id, { at: TEN + n, by: operator })));
      expect(put.sort()).toEqual(['stood', 'stood', 'written']);
    });

    test('where there is none, nothing is settled, and nothing is made', async () => {
      const id = freshId();
      await store().settleEnd(id);
      expect(await store().end(id)).toBeUndefined();
    });

    test('an order alone is found among all requests', async () => {
      const id = freshId();
      await store().putEnd(id, { at: TEN, by: operator });
      expect(await store().ids()).toContain(id);
    });

    test.each([
      ['is no object', 'end it'],
      ['names nobody', { at: TEN }],
      ['names half a person', { at: TEN, by: { email: 'ana@corp.example' } }],
      ['has no time', { by: operator }],
      ['is far too large', { at: TEN, by: operator, text: 'x'.repeat(100_000) }],
      ['has policies that are none', { at: TEN, by: bob, policies: [{}] }],
      ['has more policies than there are', { at: TEN, by: bob, policies: Array(1000).fill('p') }],
    ])(
      'invariant 2: what %s is an order all the same, of which only that it stands is read',
      async (_, content) => {
        const id = freshId();
        await store().putEnd(id, content as never);
        expect(await store().end(id)).toBe('unreadable');
        await store().settleEnd(id);
        expect(await store().end(id)).toBe('unreadable');
      },
    );
  });

  describe('requests by requester', () => {
    test('the newest comes first, as many as wanted, and nobody else’s', async () => {
      const requester = { ...ana, account: { ...ana.account, id: 'U0LISTER' } };
      const ids = [freshId(), freshId(), freshId()];
      for (const [n, id] of ids.entries()) {
        await store().write(opened(id, { requester, requestedAt: TEN + [2, 0, 1][n]! * HOUR }));
      }
      await store().write(
        opened(freshId(), { requester: { ...bob, account: { ...bob.account, id: 'U0OTHER' } } }),
      );
      const newest = [ids[0], ids[2], ids[1]];
      const list = async (limit: number) => (await store().byRequester(requester, limit)).map(({ id }) => id);
      expect(await list(10)).toEqual(newest);
      expect(await list(2)).toEqual(newest.slice(0, 2));
      expect(await store().byRequester({ ...ana, account: { ...ana.account, id: 'U0NOBODY' } }, 10)).toEqual(
        [],
      );
    });

    test('invariant 15: they are the account’s, whatever its e-mail was and whoever has that e-mail by now', async () => {
      const requester = {
        ...ana,
        account: { ...ana.account, id: 'U0RENAMED' },
        email: 'before@corp.example',
      };
      const id = freshId();
      await store().write(opened(id, { requester, dueAt: TEN }));
      const renamed = { ...requester, email: 'after@corp.example' };
      const heir = { ...requester, account: { ...requester.account, id: 'U0HEIR' } };
      const elsewhere = { ...requester, account: { ...requester.account, tenant: 'T0OTHER' } };
      for (const list of [
        (person: Person) => store().byRequester(person, 10),
        (person: Person) => store().openByRequester(person),
        (person: Person) => store().listedByRequester(person, 10),
      ]) {
        expect((await list(requester)).map((head) => head.id)).toEqual([id]);
        expect((await list(renamed)).map((head) => head.id)).toEqual([id]);
        expect(await list(heir)).toEqual([]);
        expect(await list(elsewhere)).toEqual([]);
      }
    });

    test('invariant 15: all that has something due is found, however much came after it', async () => {
      const requester = { ...ana, account: { ...ana.account, id: 'U0BUSY' } };
      const [old, older] = [freshId(), freshId()];
      await store().write(opened(older, { requester, requestedAt: TEN - 2 * HOUR, dueAt: TEN }));
      await store().write(opened(old, { requester, requestedAt: TEN - HOUR, dueAt: TEN }));
      // Together larger than a page of the table, which holds 1 MB.
      const justification = 'ä'.repeat(60_000);
      for (let n = 0; n < 12; n++) {
        await store().write(opened(freshId(), { requester, requestedAt: TEN + n, justification }));
      }
      const open = async (until?: number) =>
        (await store().openByRequester(requester, until)).map(({ id }) => id);
      expect(await open()).toEqual([old, older]);
      expect(await open(TEN - HOUR)).toEqual([old, older]);
      expect(await open(TEN - HOUR - 1)).toEqual([older]);
      expect(await store().byRequester(requester, 100)).toHaveLength(14);
      for (const id of [old, older]) await store().write(next((await store().head(id))!));
      expect(await store().openByRequester(requester)).toEqual([]);
    });

    test('they are listed without what they say, newest first: when each was asked for, and whether something is due', async () => {
      const requester = { ...ana, account: { ...ana.account, id: 'U0LISTED' } };
      const [first, second, third] = [freshId(), freshId(), freshId()];
      await store().write(opened(first, { requester, requestedAt: TEN, dueAt: TEN + HOUR }));
      await store().write(opened(second, { requester, requestedAt: TEN + 1 }));
      await store().write(opened(third, { requester, requestedAt: TEN + 2, dueAt: TEN }));
      const listed = [
        { id: third, requestedAt: TEN + 2, isDue: true },
        { id: second, requestedAt: TEN + 1, isDue: false },
        { id: first, requestedAt: TEN, isDue: true },
      ];
      expect(await store().listedByRequester(requester, 9)).toEqual(listed);
      expect(await store().listedByRequester(requester, 2)).toEqual(listed.slice(0, 2));
      expect(await store().listedByRequester(requester, 9, TEN)).toEqual(listed.slice(0, 2));
      expect(await store().listedByRequester(requester, 9, TEN + 2)).toEqual([]);
    });

    test('the list shows the newest version', async () => {
      const requester = { ...ana, account: { ...ana.account, id: 'U0VERSIONS' } };
      const { head, records } = opened(freshId(), { requester });
      await store().write({ head, records });
      const second = next(head, [voted()]);
      await store().write(second);
      expect(await store().byRequester(requester, 10)).toEqual([second.head]);
    });
  });

  describe('everything', () => {
    test('invariant 12: all requests are found, closed ones too, each once, and nothing else', async () => {
      const [one, two] = [await open(), await open()];
      const more = Array.from({ length: 3 }, (_, n) => voted(TEN + n));
      await store().write(next(one, more));
      await store().saveNote('not a request', {});
      const alone = freshId();
      await store().saveGrant(grantOf(alone));
      const ids = await store().ids();
      expect(ids.filter((id) => [one.id, two.id, alone].includes(id))).toEqual([one.id, two.id, alone]);
      expect(ids).toEqual([...new Set(ids)].sort());
      expect(ids).not.toContain('not a request');
    });
  });

  describe('ledgers', () => {
    // Facts that lead to nothing else.
    const started = (at = TEN): LedgerEvent => ({ type: 'PairingConfirmed', at, by: ana });
    const away = (name: PersonLedger, at = TEN) => {
      const delegation = { from: ana, to: bob, since: at, until: at + HOUR };
      return applyToLedger(name, undefined, [{ type: 'DelegationStarted', at, by: ana, delegation }]);
    };
    let ledgers = 0;
    const freshLedger = (): PersonLedger => `PERSON#slack/T0CORP/U0LEDGER${++ledgers}`;

    test('one that was never written has no head and no records', async () => {
      expect(await store().ledger('PERSON#slack/T0CORP/U0NOBODY')).toBeUndefined();
      expect(await store().ledgerRecords('JIT#nothing')).toEqual([]);
    });

    test('what was written is read back at once, with its note, records or none', async () => {
      const name = freshLedger();
      const first = ledgerOf(name);
      first.head.note = { homeSeenAt: TEN };
      expect(await store().append(first)).toBe('written');
      expect(await store().ledger(name)).toEqual(first.head);
      const second = ledgerOf(name, [started(), started(TEN + 1)], first.head);
      expect(await store().append(second)).toBe('written');
      expect(await store().ledger(name)).toEqual(second.head);
      expect(await store().ledgerRecords(name)).toEqual(second.records);
    });

    test('invariant 6: it is begun once, and of writers at the same time one wins', async () => {
      const name = freshLedger();
      const first = ledgerOf(name, [started()]);
      expect(await store().append(first)).toBe('written');
      expect(await store().append(ledgerOf(name, [started(TEN + 1)]))).toBe('conflict');
      const late = [1, 2, 3].map((n) => ledgerOf(name, [started(TEN + n)], first.head));
      const results = await Promise.all(late.map((change) => store().append(change)));
      expect(results.toSorted()).toEqual(['conflict', 'conflict', 'written']);
      expect(await store().ledgerRecords(name)).toHaveLength(2);
    });

    test('invariant 6: what does not exist cannot be changed, and who lost writes nothing at all', async () => {
      const name = freshLedger();
      const seen = signature(`lost ${name}`);
      const absent = ledgerOf(name, [started()], ledgerOf(name).head);
      expect(await store().append({ ...absent, seen })).toBe('conflict');
      expect(await store().ledgerRecords(name)).toEqual([]);
      expect(await store().append({ ...ledgerOf(name, [started()]), seen })).toBe('written');
    });

    test('invariant 12: they come back in order, all of them, with their chain whole', async () => {
      const name = freshLedger();
      let head: LedgerHead<PersonLedger> | undefined;
      for (let n = 0; n < 12; n++) {
        const change = ledgerOf(name, [started(TEN + n)], head);
        expect(await store().append(change)).toBe('written');
        head = change.head;
      }
      const records = await store().ledgerRecords(name);
      expect(records.map((record) => record.n)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      expect(examineLedger(name, { head: head!, records })).toEqual([]);
    });

    test('invariant 12: a gap, a record that is written over, and one of another ledger are refused', async () => {
      const name = freshLedger();
      const first = ledgerOf(name, [started()]);
      await store().append(first);
      const { head, records } = ledgerOf(name, [started(), started(), started()], first.head);
      await expect(store().append({ head, records: records.slice(1) })).rejects.toThrow('disagree');
      await expect(store().append({ head, records: [records[0]!, records[2]!] })).rejects.toThrow('gap');
      const again = ledgerOf(name, [started(TEN + 9)]);
      const over = { ...again.head, version: 2 };
      await expect(store().append({ head: over, records: again.records })).rejects.toThrow('disagree');
      const other = ledgerOf(freshLedger(), [started()]);
      const moved = { ...first.head, version: 2, tail: { n: 2, hash: other.head.tail.hash } };
      await expect(store().append({ head: moved, records: other.records })).rejects.toThrow('another');
      expect(await store().ledgerRecords(name)).toEqual(first.records);
    });

    test('invariant 14: the same signed request twice has one effect, in requests and ledgers alike', async () => {
      const name = freshLedger();
      const seen = signature(`once ${name}`);
      const first = ledgerOf(name, [started()]);
      expect(await store().append({ ...first, seen })).toBe('written');
      expect(await store().append({ ...ledgerOf(name, [started()], first.head), seen })).toBe('seen');
      expect(await store().write({ ...opened(freshId()), seen })).toBe('seen');
      expect(await store().ledgerRecords(name)).toHaveLength(1);
    });

    test('what is due is found among the ledgers, earliest first, until it is not due any more', async () => {
      const [early, late, idle] = [freshLedger(), freshLedger(), freshLedger()];
      const found = async (until: number) =>
        (await store().dueLedgers(until, 10_000)).filter((name) => [early, late, idle].includes(name));
      const first = away(early);
      await store().append(away(late, TEN + 5));
      await store().append(first);
      await store().append(ledgerOf(idle, [started()]));
      expect(await found(TEN - 1)).toEqual([]);
      expect(await found(TEN)).toEqual([early]);
      expect(await found(Infinity)).toEqual([early, late]);
      expect((await store().dueLedgers(Infinity, 1)).length).toBe(1);
      const told = applyToLedger(early, first.head, [], () => []);
      await store().append(told);
      expect(await found(TEN)).toEqual([]);
      expect(await found(TEN + HOUR)).toEqual([late, early]);
      await store().append(
        applyToLedger(early, told.head, [{ type: 'DelegationEnded', at: TEN + 1, by: ana }], () => []),
      );
      const over = await store().ledger(early);
      await store().append(applyToLedger(early, over, [], () => []));
      expect(await found(Infinity)).toEqual([late]);
    });

    test('a ledger wakes nobody: whatever is due of it, it is no request, to no version of jit', async () => {
      const name = freshLedger();
      await store().append(away(name));
      expect(await store().undecided()).not.toContainEqual(expect.stringContaining('LEDGER'));
      expect(await store().ids()).not.toContainEqual(expect.stringContaining('LEDGER'));
      expect(await store().due(Number.MAX_SAFE_INTEGER, 10_000)).not.toContainEqual(
        expect.stringContaining('LEDGER'),
      );
    });

    test('invariant 12: all are found, each once, and nothing else', async () => {
      const name = freshLedger();
      const first = ledgerOf(name, [started()]);
      await store().append(first);
      await store().append(ledgerOf(name, [started()], first.head));
      await store().append(ledgerOf('JIT#found'));
      await open();
      await store().saveNote('JIT', {});
      const found = await store().ledgers();
      expect(found.filter((one) => one === name || one === 'JIT#found')).toEqual(['JIT#found', name]);
      expect(found).toEqual(found.toSorted());
      expect(found.filter((one) => !/^(?:PERSON|JIT)#/.test(one))).toEqual([]);
    });
  });

  describe('notes', () => {
    test('a note is kept, replaced, and absent until it is written', async () => {
      expect(await store().note('groups')).toBeUndefined();
      await store().saveNote('groups', { at: TEN, S0ENG: ['U1', 'U2'], empty: {} });
      expect(await store().note('groups')).toEqual({ at: TEN, S0ENG: ['U1', 'U2'], empty: {} });
      await store().saveNote('groups', { at: TEN + 1 });
      expect(await store().note('groups')).toEqual({ at: TEN + 1 });
    });
  });

  describe('locks', () => {
    test('one owner holds a lock, renews it, and nobody else gets it meanwhile', async () => {
      expect(await store().lock('sweep', 'one', TEN, 60_000)).toBe(true);
      expect(await store().lock('sweep', 'two', TEN + 1, 60_000)).toBe(false);
      expect(await store().lock('sweep', 'one', TEN + 50_000, 60_000)).toBe(true);
      expect(await store().lock('sweep', 'two', TEN + 60_000, 60_000)).toBe(false);
    });

    test('a lock that has run out goes to the next, and the first cannot renew it any more', async () => {
      expect(await store().lock('runs out', 'one', TEN, 60_000)).toBe(true);
      expect(await store().lock('runs out', 'two', TEN + 59_999, 60_000)).toBe(false);
      expect(await store().lock('runs out', 'two', TEN + 60_000, 60_000)).toBe(true);
      expect(await store().lock('runs out', 'one', TEN + 60_001, 60_000)).toBe(false);
    });

    test('a lock of no duration lets go', async () => {
      await store().lock('lets go', 'one', TEN, 60_000);
      expect(await store().lock('lets go', 'one', TEN + 1, 0)).toBe(true);
      expect(await store().lock('lets go', 'two', TEN + 1, 60_000)).toBe(true);
    });

    test('of many at once one gets it', async () => {
      const owners = ['a', 'b', 'c', 'd', 'e'];
      const got = await Promise.all(owners.map((owner) => store().lock('crowd', owner, TEN, 60_000)));
      expect(got.filter(Boolean)).toHaveLength(1);
    });

    test('locks of other names are other locks', async () => {
      expect(await store().lock('left', 'one', TEN, 60_000)).toBe(true);
      expect(await store().lock('right', 'two', TEN, 60_000)).toBe(true);
    });
  });
}

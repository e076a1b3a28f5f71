import { createHash } from 'node:crypto';
import type { Store } from '../../src/store/change.js';
import { idsIn, storedIn, type Dump, type DumpName, dump } from '../support/old-records.js';
import { jit } from '../support/cli.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;
const WHOLE = 'every chain is whole, and every history is possible.\n';

/** What an earlier program wrote is read, verified, exported and gone on with, whichever store holds it. */
export function oldRecords(
  name: DumpName,
  /** An empty store on this clock; and what puts the dump into it. */
  {
    make,
    fill,
  }: { make: (of: { now: () => number }) => Store; fill: (from: Dump, store: Store) => Promise<void> },
): void {
  const from = dump(name);

  async function start() {
    const w = world(make);
    w.pass(from.now - w.now());
    await fill(from, w.store);
    for (const id of from.live) w.aws.live.set(id, storedIn(from, id).grant!.lease.endsAt);
    return {
      w,
      tell: (who: string, id: string, text: string) => w.front.revoke(actor(who), id, text, w.seen()),
    };
  }

  test('invariant 12: each of them verifies', async () => {
    const { w } = await start();
    expect(await jit(w.store, 'audit', 'verify')).toMatchObject({ code: 0, out: from.verified });
  });

  test('invariant 12: they are exported byte for byte as then', async () => {
    const { w } = await start();
    const { out } = await jit(w.store, 'audit', 'export');
    expect(out.split('\n').slice(0, -1)).toEqual(from.jsonl);
    const csv = await jit(w.store, 'audit', 'export', '--format', 'csv');
    expect(createHash('sha256').update(csv.out).digest('hex')).toBe(from.csv);
  });

  test('HEAD, GRANT and END are read as they would be written today; the record as it was stored', async () => {
    const { w } = await start();
    for (const id of idsIn(from)) {
      const stored = storedIn(from, id);
      expect(await w.store.records(id)).toEqual(stored.records);
      const read = {
        head: await w.store.head(id),
        grant: await w.store.grant(id),
        end: await w.store.end(id),
      };
      expect(JSON.stringify(read)).not.toMatch(/"(?:slackId|team|viewId|channel|ts)":/);
      expect(read.head!.state.requester.account).toMatchObject({ provider: 'slack', tenant: 'T1' });
      expect(read.head!.state.grant).toEqual(stored.head.state.grant);
      expect(read.grant === undefined).toBe(stored.grant === undefined);
    }
    const person = { email: 'ana@corp.example', account: { provider: 'slack', tenant: 'T1', id: 'U-ana' } };
    expect((await w.store.head('R10'))!.posts).toEqual({
      manager: { place: 'C0ACCESS', ref: '1.0', shown: 'pending' },
    });
    expect(await w.store.grant('R14')).toMatchObject({ requester: person });
    const ids = async (open: boolean) =>
      (await (open ? w.store.openByRequester(person) : w.store.byRequester(person, 99)))
        .map(({ id }) => id)
        .sort();
    expect(await ids(true)).toEqual(['R10', 'R11', 'R12', 'R14', 'R7']);
    expect(await ids(false)).toEqual(['R10', 'R11', 'R12', 'R14', 'R6', 'R7']);
  });

  test('they go on, and verify with both forms in one chain', async () => {
    const { w, tell } = await start();
    const ordered = storedIn(from, 'R11').end !== undefined;
    const before = await Promise.all(idsIn(from).map(async (id) => w.store.records(id)));
    await w.settle();
    expect(w.slack.modals).toEqual(
      ordered ? expect.arrayContaining(['V4: replaced', 'V6: ended']) : ['V4: ASIAR12'],
    );

    // The third vote makes the access; a fourth person’s counts as little as ever.
    const own = { id: 'R10', stage: 'security', revision: 0 };
    expect(await w.front.approve(actor('sam'), own, w.seen())).toMatchObject({
      refusal: { code: 'already-voted' },
    });
    expect(await w.front.approve(actor('ana'), own, w.seen())).toMatchObject({
      refusal: { code: 'own-request' },
    });
    expect(await w.vote('kim', 'R10', 'security')).toBe('ok');
    expect(await w.state('R10')).toMatchObject({ status: 'active' });
    expect(await w.front.mint(actor('ana'), 'R10', 'V9', w.seen())).toMatchObject({
      ok: { status: 'active' },
    });
    await w.settle();
    expect(w.slack.modals).toContain('V9: ASIAR10');
    expect(await w.vote('bob', 'R9', 'manager')).toBe('ok');
    await w.front.deny(actor('sam'), { id: 'R9', stage: 'security', revision: 0 }, 'no need', w.seen());

    // Ended by its holder, by somebody else, and by orders of then.
    if (!ordered) {
      expect(await tell('ana', 'R11', 'done')).toMatchObject({ ok: { cause: 'released' } });
      expect(await tell('sam', 'R12', 'a leak')).toMatchObject({ ok: { cause: 'revoked' } });
      await w.settle();
    }
    expect([w.aws.live.has('R11'), w.aws.live.has('R12')]).toEqual([false, false]);
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state('R13')).toMatchObject({ status: 'active' });
    expect(await w.state('R14')).toMatchObject({
      status: 'closed',
      outcome: 'revoked',
      by: { account: { id: 'U-sam' } },
    });
    const kim = { operator: 'arn:aws:iam::777788889999:user/kim' };
    expect(await w.state('R11')).toMatchObject(
      ordered ? { outcome: 'revoked', by: kim } : { outcome: 'released' },
    );
    expect(await w.state('R12')).toMatchObject({ outcome: 'revoked', by: { account: { id: 'U-sam' } } });
    const { out: midway } = await jit(w.store, 'audit', 'verify');
    expect(midway).toContain(WHOLE);

    // And by the clock.
    for (let round = 0; round < 5; round++) {
      w.pass(HOUR);
      await w.settle();
    }
    const heads = await Promise.all(idsIn(from).map(async (id) => (await w.store.head(id))!));
    expect(heads.filter(({ state }) => state.status !== 'closed')).toEqual([]);
    expect([...w.aws.live.keys(), ...w.aws.denies]).toEqual([]);
    expect(await w.store.due(w.now(), 99)).toEqual([]);
    expect(w.log.filter(({ level }) => level === 'error')).toEqual([]);

    const { code, out } = await jit(w.store, 'audit', 'verify');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(WHOLE) });
    for (const [n, id] of idsIn(from).entries())
      expect((await w.store.records(id)).slice(0, before[n]!.length)).toEqual(before[n]);
    expect(JSON.stringify(await w.store.records('R10'))).toMatch(
      /"slackId":"U-bob".*"account":\{"provider":"slack"/,
    );
    const lines = new Set((await jit(w.store, 'audit', 'export')).out.split('\n'));
    expect(from.jsonl.filter((line) => !lines.has(line))).toEqual([]);
  });
}

import type { Grant } from '../../src/domain/grant.js';
import type { Head } from '../../src/domain/request/head.js';
import type { Active, Approved, Closed } from '../../src/domain/request/state.js';
import type { Effect } from '../../src/domain/request/effects.js';
import { recordForEngine } from '../../src/workflow/record-command.js';
import { rewriteHead } from '../support/hostile.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;
const PROOF = { checkedAt: 0, evidence: 'gone' };
const OPERATOR = { operator: 'arn:aws:iam::777788889999:user/kim' };
type World = ReturnType<typeof world>;

/** Somebody's access, handed back and proven gone, with HEAD and lease as they were before. */
async function handedBack() {
  const w = world();
  const id = await w.approved();
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  const active = (await w.state(id)) as Active;
  await w.front.revoke(actor('ana'), id, 'done', w.seen());
  w.pass(MINUTE);
  await w.settle();
  expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'released' });
  w.aws.mints = 0;
  w.aws.provisions = 0;
  w.aws.live.delete(id);
  w.log.length = 0;
  return { w, id, active };
}

const owing = (effect: Effect, now: number) => (head: Head) => ({
  outbox: [...head.outbox, { id: 'forged', effect, attempts: 0, notBefore: now }],
  dueAt: now,
});

const alarms = (w: ReturnType<typeof world>) => w.log.filter(({ level }) => level === 'error');

describe('what was taken back is not given again by whoever rewrites HEAD', () => {
  test('invariant 1: HEAD put back to active, with a session owed, opens none, and says so at the level of an alarm', async () => {
    const { w, id, active } = await handedBack();
    const mint = { type: 'mint', waiting: 'V-forged', requestedAt: w.now() } as const;
    await rewriteHead(w.store, id, (head) => ({ ...owing(mint, w.now())(head), state: active }));
    await w.settle();
    expect(w.aws.mints).toBe(0);
    expect(w.slack.modals.at(-1)).toBe('V-forged: ended');
    expect((await w.history(id)).filter((type) => type === 'MintAttempted')).toHaveLength(1);
    expect(alarms(w)).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('gone'),
        about: { request: id, status: 'active' },
      }),
    );
  });

  test('invariant 1: HEAD put back to approved, with access owed, makes none, and says so at the level of an alarm', async () => {
    const { w, id, active } = await handedBack();
    const { activeAt: _a, receipt: _r, warned: _w, mints: _m, presses: _p, ...leased } = active;
    const state: Approved = { ...leased, status: 'approved' };
    await rewriteHead(w.store, id, (head) => ({ ...owing({ type: 'provision' }, w.now())(head), state }));
    await w.settle();
    expect(w.aws.provisions).toBe(0);
    expect(w.aws.live.has(id)).toBe(false);
    expect((await w.history(id)).filter((type) => type === 'ProvisionAttempted')).toHaveLength(1);
    expect(alarms(w)).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('gone'),
        about: { request: id, status: 'approved' },
      }),
    );
  });

  test('what has been cleared away is not denied anew: nobody would ever clear that away again', async () => {
    const { w, id, active } = await handedBack();
    await w.store.saveGrant({ ...(await w.store.grant(id))!, cleanedUp: true });
    w.aws.denies.clear();
    await rewriteHead(w.store, id, () => ({ state: active, outbox: [], dueAt: w.now() }));
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(w.aws.denies.size).toBe(0);
    expect((await w.state(id)).status).toBe('closed');
  });

  test('invariant 1: a clean-up that is owed too early leaves the Deny of an early end where it is', async () => {
    const { w, id } = await handedBack();
    expect(w.aws.denies.has(id)).toBe(true);
    await rewriteHead(w.store, id, owing({ type: 'clean-up' }, w.now()));
    await w.settle();
    expect(w.aws.denies.has(id)).toBe(true);
    w.pass(2 * HOUR);
    await w.settle();
    expect(w.aws.denies.has(id)).toBe(false);
    expect(((await w.state(id)) as Closed).proof?.cleanUpAt).toBeDefined();
  });

  test('a click during a hand-back is ordinary: told, and no alarm', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    await w.front.revoke(actor('ana'), id, 'done', w.seen());
    await w.settle();
    expect(w.slack.modals).toEqual(['V1: ended']);
    expect(alarms(w)).toEqual([]);
  });

  test.each([
    ['proven gone', (w: World, grant: Grant) => w.store.saveGrant({ ...grant, gone: PROOF })],
    [
      'under an order to end it',
      (w: World, grant: Grant) => w.store.putEnd(grant.requestId, { at: w.now(), by: OPERATOR }),
    ],
    [
      'noted as ending',
      (w: World, grant: Grant) =>
        w.store.saveGrant({ ...grant, ending: { at: w.now(), by: OPERATOR, cause: 'revoked' } }),
    ],
    ['not there', async () => undefined],
  ])(
    'invariant 1: no attempt goes on record for a grant that is %s, whatever HEAD says',
    async (_, change) => {
      const w = world();
      const id = await w.approved();
      await change(w, (await w.store.grant(id))!);
      const store = change.length > 0 ? w.store : { ...w.store, grant: async () => undefined };
      const { events } = await recordForEngine(store, id, {
        type: 'AttemptMint',
        at: w.now(),
        permittedAt: w.now(),
      });
      expect(events).toEqual([]);
      expect(await w.history(id)).not.toContain('MintAttempted');
      const head = (await w.store.head(id))!;
      const { activeAt: _a, receipt: _r, warned: _w, mints: _m, ...leased } = head.state as Active;
      await rewriteHead(w.store, id, () => ({ state: { ...leased, status: 'approved' } }));
      const attempt = { type: 'AttemptProvision', at: w.now(), until: w.now() + 1 } as const;
      expect((await recordForEngine(store, id, attempt)).events).toEqual([]);
    },
  );
});

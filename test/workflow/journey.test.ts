import { brokenAt } from '../../src/domain/record/seal.js';
import { NotifyFault } from '../../src/ports/messages.js';
import { actor, HOUR, world } from '../support/world.js';

describe('the way of one request', () => {
  test('asked, approved by all, active, ended: each step is on record and the chain holds', async () => {
    const w = world();
    const id = await w.approved();
    expect((await w.state(id)).status).toBe('active');
    expect(w.aws.live.get(id)).toBe(w.now() + HOUR);
    w.pass(HOUR);
    await w.settle();
    w.pass(31_000);
    await w.settle();
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'expired',
      proof: { evidence: 'gone' },
    });
    expect(w.aws.live.size).toBe(0);
    expect(await w.history(id)).toEqual([
      'RequestSubmitted',
      'PreflightPassed',
      'Voted',
      'Voted',
      'Voted',
      'RequestApproved',
      'ProvisionAttempted',
      'GrantProvisioned',
      'RevocationStarted',
      'RequestClosed',
    ]);
    expect(brokenAt(await w.store.records(id))).toBeUndefined();
    expect(w.slack.told.map((news) => news.split(' ')[0])).toEqual(['active']);
    expect(w.slack.living.at(-1)).toBe('closed');
    expect((await w.store.head(id))!.dueAt).toBeUndefined();
  });

  test('the warning comes once, before the end', async () => {
    const w = world();
    await w.approved();
    w.pass(HOUR - HOUR / 6);
    await w.settle();
    await w.settle();
    expect(w.slack.told.filter((news) => news.startsWith('ending-soon'))).toHaveLength(1);
  });

  test('what policy permits without anybody is granted without anybody', async () => {
    const w = world();
    w.policy.chain = 'auto';
    const id = await w.ask();
    expect((await w.state(id)).status).toBe('active');
  });

  test('a request that nobody answers lapses', async () => {
    const w = world();
    const id = await w.ask();
    w.pass(8 * HOUR);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'lapsed' });
    expect(await w.vote('bob', id, 'manager')).toBe('not-pending');
  });

  test('credentials are minted into the modal that waits, and each minting is on record without them', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    await w.settle();
    expect(w.slack.modals).toEqual([`V1: ASIA${id}`]);
    const kept = JSON.stringify([
      await w.store.head(id),
      await w.store.records(id),
      await w.store.grant(id),
      w.log,
    ]);
    expect(kept).toContain(`ASIA${id}`);
    expect(kept).not.toContain('very-secret');
    expect(kept).not.toContain('token-secret');
  });

  test('a modal that has waited for a minute is told so, and nothing is minted', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    w.pass(61_000);
    await w.settle();
    expect(w.slack.modals).toEqual(['V1: late']);
    expect(w.aws.mints).toBe(0);
  });

  test('handed back early: a Deny stands until no session can, then it is cleared away', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    await w.settle();
    w.pass(60_000);
    await w.front.revoke(actor('ana'), id, 'done', w.seen());
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'released' });
    expect(w.aws.denies.has(id)).toBe(true);
    w.pass(HOUR + 60_000);
    await w.settle();
    expect(w.aws.denies.has(id)).toBe(false);
    expect((await w.store.head(id))!.dueAt).toBeUndefined();
    expect(await w.history(id)).toContain('CleanedUp');
  });

  test('invariant 10: a message that fails never changes a grant, and is sent when it can be', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.slack.fails = [new NotifyFault('internal_error', false), new NotifyFault('ratelimited', false, 30_000)];
    const id = await w.ask();
    expect((await w.state(id)).status).toBe('active');
    for (let tries = 0; tries < 2; tries++) {
      w.pass(60_000);
      await w.settle();
    }
    // The message to the requester is posted only now, and says all of it.
    expect(new Set(w.slack.living)).toEqual(new Set(['active']));
    expect(w.slack.told).toEqual([]);
    expect(w.slack.cards.at(-1)?.status).toBe('active');
  });
});

import { actor, world } from '../support/world.js';

/** The owners of a group approve; who that is stands in the catalog and can change while a request waits. */
function owned() {
  const w = world();
  w.policy.chain = '2 of owners';
  w.config.stages.push({ name: 'owners', kind: 'owners' });
  const members: Record<string, string[]> = { dba: ['dora', 'dirk'], security: ['sam', 'kim', 'lee'] };
  w.deps.directory.candidates = async (_stage, _requester, owners) => ({
    people: owners
      .flatMap((group) => members[group] ?? [])
      .map((name) => ({ email: `${name}@corp.example` })),
    unknown: [],
  });
  return w;
}

describe('what the catalog says of a request that waits', () => {
  test('invariant 3: a group that owns it no longer cannot vote', async () => {
    const w = owned();
    const id = await w.ask();
    w.entitlement.owners = ['security'];
    expect(await w.vote('dora', id, 'owners')).toBe('unknown-request');
    expect(await w.vote('sam', id, 'owners')).toBe('ok');
  });

  test('invariant 3: the votes of former owners are void when it takes effect', async () => {
    const w = owned();
    const id = await w.ask();
    expect(await w.vote('dora', id, 'owners')).toBe('ok');
    w.entitlement.owners = ['security'];
    expect(await w.vote('sam', id, 'owners')).toBe('ok');
    expect(await w.history(id)).toContain('VotesVoided');
    expect(await w.state(id)).toMatchObject({
      status: 'pending',
      votes: [{ by: { email: 'sam@corp.example' } }],
    });
    expect(w.aws.provisions).toBe(0);
    expect(await w.vote('kim', id, 'owners')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test.each([
    ['environment', { environment: 'sandbox' }],
    ['account', { account: '999988887777' }],
    ['risk', { risk: 'low' }],
  ] as const)(
    'invariant 3: another %s closes it as changed, since approvers saw something else',
    async (_, change) => {
      const w = owned();
      const id = await w.ask();
      await w.vote('dora', id, 'owners');
      Object.assign(w.entitlement, change);
      await w.vote('dirk', id, 'owners');
      expect(await w.state(id)).toMatchObject({
        status: 'closed',
        outcome: 'denied',
        reason: { code: 'changed' },
      });
      expect(w.aws.provisions).toBe(0);
    },
  );

  test('name, description and channel are shown as they are now, and stay on record as they were', async () => {
    const w = owned();
    const id = await w.ask();
    Object.assign(w.entitlement, {
      name: 'Orders administration',
      description: 'All of it.',
      channel: 'C0NEW',
    });
    const mine = await w.front.mine(actor('ana'));
    expect(mine).toMatchObject({
      ok: {
        open: [
          { entitlement: { name: 'Orders administration', description: 'All of it.', channel: 'C0NEW' } },
        ],
      },
    });
    expect((await w.state(id)).entitlement.name).toBe('Orders database admin');
  });

  test('what has left the catalog is shown as it was asked for', async () => {
    const w = owned();
    await w.ask();
    (w.deps.bundle().entitlements as Map<string, unknown>).clear();
    expect(await w.front.mine(actor('ana'))).toMatchObject({
      ok: { open: [{ entitlement: { name: 'Orders database admin', owners: ['dba'] } }] },
    });
  });
});

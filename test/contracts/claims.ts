import type { Store } from '../../src/store/change.js';
import { actor, world } from '../support/world.js';

type World = ReturnType<typeof world>;

/** What the engine claims, writes and reads of one request. @param make a store of its own for each test */
export function claimsContract(make: () => Promise<(of: { now: () => number }) => Store>): void {
  const fresh = async () => world(await make());

  async function asked(w: World) {
    w.policy.chain = 'manager';
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    return answer.ok.state.id;
  }

  const agree = (w: World, id: string) =>
    w.front.approve(actor('bob'), { id, stage: 'manager', revision: 0 }, w.seen());

  test('invariant 2: what the grant’s own record has come to say while AWS was asked stays there', async () => {
    const w = await fresh();
    const id = await asked(w);
    await w.engine.advance(id);
    await agree(w, id);
    const ending = { at: w.now(), by: 'jit', cause: 'revoked', reason: { code: 'end-stands' } } as const;
    w.aws.during = async () => w.store.saveGrant({ ...(await w.store.grant(id))!, ending });
    await w.engine.advance(id);
    expect(await w.history(id)).toContain('GrantProvisioned');
    expect(await w.store.grant(id)).toMatchObject({ ending, receipt: { made: true } });
  });
}

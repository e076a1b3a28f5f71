import type { PinnedGrant } from '../../src/domain/entitlement.js';
import { MOST_DENIES } from '../../src/workflow/front/ask/limits.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

/** Opens a session and hands it back early, as often as it is let. */
function cycling() {
  const w = world();
  w.policy.chain = 'auto';
  const ask = (who = 'ana') => w.front.submit(actor(who), w.form, w.seen());
  return {
    w,
    ask,
    async cycle(who = 'ana') {
      const answer = await ask(who);
      if ('refusal' in answer) return answer.refusal;
      await w.settle();
      const { id } = answer.ok.state;
      await w.front.mint(actor(who), id, 'V', w.seen());
      await w.settle();
      await w.front.revoke(actor(who), id, 'done', w.seen());
      w.pass(MINUTE);
      await w.settle();
      return undefined;
    },
  };
}

describe('the room on a role', () => {
  test('invariant 16: one person leaves ten Denies on it at most, and is told when it works again', async () => {
    const c = cycling();
    for (let n = 0; n < MOST_DENIES; n++) expect(await c.cycle()).toBeUndefined();
    expect(c.w.aws.denies.size).toBe(MOST_DENIES);
    const refused = await c.cycle();
    expect(refused).toMatchObject({ code: 'role-crowded', limit: 10 });
    const retryIn = (refused as { retryIn: number }).retryIn;
    // The first Deny is cleared away a minute after its own session's end.
    expect(retryIn).toBeGreaterThan(40 * MINUTE);
    expect(retryIn).toBeLessThanOrEqual(HOUR + MINUTE);
    c.w.pass(retryIn);
    await c.w.settle();
    expect(await c.cycle()).toBeUndefined();
    expect(c.w.aws.denies.size).toBeLessThanOrEqual(MOST_DENIES);
  });

  test('invariant 16: over 57 cycles of one person there are never more, and another person works all the while', async () => {
    const c = cycling();
    let most = 0;
    for (let n = 0; n < 57; n++) {
      await c.cycle();
      c.w.pass(7_000);
      most = Math.max(most, c.w.aws.denies.size);
    }
    expect(most).toBeLessThanOrEqual(MOST_DENIES);
    expect(await c.cycle('eve')).toBeUndefined();
  });

  test('what waits and what is live counts too: each may yet need its Deny', async () => {
    const c = cycling();
    for (let n = 0; n < MOST_DENIES; n++) expect(await c.ask()).toHaveProperty('ok');
    expect(await c.ask()).toMatchObject({ refusal: { code: 'role-crowded' } });
  });

  test('another role is another room', async () => {
    const c = cycling();
    for (let n = 0; n < MOST_DENIES; n++) await c.cycle();
    const grant = c.w.entitlement.grant as PinnedGrant;
    grant.config = { roleArn: 'arn:aws:iam::111122223333:role/jit/Other' };
    expect(await c.cycle()).toBeUndefined();
  });

  test('invariant 2: handing back and taking back are never refused for it', async () => {
    const c = cycling();
    const ids: string[] = [];
    for (let n = 0; n < MOST_DENIES; n++) {
      const answer = await c.ask();
      if ('ok' in answer) ids.push(answer.ok.state.id);
      await c.w.settle();
    }
    expect(await c.w.front.revoke(actor('ana'), ids[0]!, 'done', c.w.seen())).toHaveProperty('ok');
    expect(await c.w.front.revoke(actor('sam'), ids[1]!, 'a sign', c.w.seen())).toHaveProperty('ok');
  });
});

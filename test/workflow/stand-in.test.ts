import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

/** The workflow under policies that only stand in, for as long as `under.standIn` says. */
function standingIn() {
  const w = world();
  const under = { standIn: true };
  const bundle = () => ({ ...w.deps.bundle(), ...(under.standIn && { standIn: true as const }) });
  const engine = w.makeEngine({ bundle });
  return {
    ...w,
    under,
    async settle() {
      for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
    },
    async ask() {
      const answer = await w.front.submit(actor('ana'), w.form, w.seen());
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await this.settle();
      return answer.ok.state.id;
    },
    async approve(who: string, id: string, stage: string) {
      const { revision } = await w.state(id);
      const answer = await w.front.approve(actor(who), { id, stage, revision }, w.seen());
      await this.settle();
      return 'ok' in answer;
    },
    /** Active, from the time before. */
    async active() {
      under.standIn = false;
      w.policy.chain = 'auto';
      const id = await this.ask();
      expect((await w.state(id)).status).toBe('active');
      under.standIn = true;
      return id;
    },
    press: (id: string) => w.front.mint(actor('ana'), id, 'V1', w.seen()),
    putOff: () =>
      w.log.filter(({ message }) => message === 'put off').map(({ about }) => about as { why: string }),
  };
}

describe('under policies that only stand in', () => {
  test('invariant 4: requests and votes are recorded and nothing is confirmed, until others count', async () => {
    const w = standingIn();
    const id = await w.ask();
    for (const [who, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
      ['kim', 'security'],
    ] as const)
      expect(await w.approve(who, id, stage)).toBe(true);
    w.pass(5 * MINUTE);
    await w.settle();
    const state = await w.state(id);
    expect([state.status, state.votes.length, w.aws.provisions]).toEqual(['pending', 3, 0]);
    expect(w.putOff()).toContainEqual(expect.objectContaining({ why: 'policies only stand in' }));
    w.under.standIn = false;
    w.pass(10 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
  });

  test('invariant 4: what nobody need agree to waits, too, and is denied if the policies that count deny it', async () => {
    const w = standingIn();
    w.policy.chain = 'auto';
    const id = await w.ask();
    expect([(await w.state(id)).status, w.aws.provisions]).toEqual(['pending', 0]);
    w.policy.denied = { policies: ['freeze'], advice: [] };
    w.under.standIn = false;
    w.pass(10 * MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'denied' });
    expect(w.aws.provisions).toBe(0);
  });

  test('invariant 4: what was approved before is not provisioned', async () => {
    const w = standingIn();
    w.under.standIn = false;
    w.policy.chain = 'auto';
    w.aws.fails.push(w.throttled);
    const id = await w.ask();
    expect((await w.state(id)).status).toBe('approved');
    w.under.standIn = true;
    w.pass(5 * MINUTE);
    await w.settle();
    expect([(await w.state(id)).status, w.aws.provisions]).toEqual(['approved', 0]);
    w.under.standIn = false;
    w.pass(10 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
  });

  test('invariant 4: no session is opened; who waits too long hears why', async () => {
    const w = standingIn();
    const id = await w.active();
    await w.press(id);
    await w.settle();
    expect([w.aws.mints, w.slack.modals]).toEqual([0, []]);
    for (let n = 0; n < 21; n++) {
      w.pass(3_000);
      await w.settle();
    }
    expect([w.aws.mints, w.slack.modals]).toEqual([0, ['V1: unknown']]);
  });

  test('a session is opened as soon as others count, in the window that waits for it', async () => {
    const w = standingIn();
    const id = await w.active();
    await w.press(id);
    await w.settle();
    w.under.standIn = false;
    w.pass(3_000);
    await w.settle();
    expect(w.slack.modals).toEqual([`V1: ASIA${id}`]);
  });

  test.each([
    ['handed back', 'ana', 0],
    ['taken back', 'sam', 0],
    ['over', undefined, HOUR],
  ])('invariant 16: what is %s ends', async (_, who, ms) => {
    const w = standingIn();
    const id = await w.active();
    if (who) await w.front.revoke(actor(who), id, '', w.seen());
    w.pass(ms);
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect([(await w.state(id)).status, w.aws.live.size]).toEqual(['closed', 0]);
  });
});

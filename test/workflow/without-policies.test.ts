import { Unknowable } from '../../src/ports/policy.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { actor, HOUR, NO_PROCESS, world } from '../support/world.js';

const MINUTE = 60_000;

/** The workflow while no policies have loaded, for as long as `under.none` says. */
function without() {
  const w = world();
  const under = { none: true };
  const bundle = () => {
    if (under.none) throw new Unknowable('no policies have loaded yet');
    return w.deps.bundle();
  };
  const engine = w.makeEngine({ bundle });
  const deps = { ...w.deps, bundle, provisioners: {}, notifier: w.notifier };
  w.policy.chain = 'auto';
  return {
    ...w,
    under,
    deps,
    async settle() {
      for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
    },
    async asked() {
      const answer = await w.front.submit(actor('ana'), w.form, w.seen());
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await this.settle();
      return answer.ok.state.id;
    },
    async active() {
      under.none = false;
      const id = await this.asked();
      expect((await w.state(id)).status).toBe('active');
      under.none = true;
      return id;
    },
    errors: () => w.log.filter(({ level }) => level === 'error').map(({ message }) => message),
  };
}

describe('while no policies have loaded', () => {
  test('invariants 2 and 16: access ends at its end, and early, without an error', async () => {
    const w = without();
    const [first, second] = [await w.active(), await w.active()];
    expect('ok' in (await w.front.revoke(actor('ana'), first, 'done with it', w.seen()))).toBe(true);
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(first)).toMatchObject({ status: 'closed', outcome: 'released' });
    expect((await w.state(second)).status).toBe('active');
    w.pass(HOUR);
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(second)).toMatchObject({ status: 'closed', outcome: 'expired' });
    expect(w.errors()).toEqual([]);
  });

  test('invariant 4: nothing is confirmed and no session is opened, and what waits goes on when they load', async () => {
    const w = without();
    const live = await w.active();
    const provisions = w.aws.provisions;
    const waiting = await w.asked();
    await w.front.mint(actor('ana'), live, 'V1', w.seen());
    await w.settle();
    expect((await w.state(waiting)).status).toBe('pending');
    expect([w.aws.provisions, w.aws.mints]).toEqual([provisions, 0]);
    expect(w.log.filter(({ message }) => message === 'put off').map(({ about }) => about)).toContainEqual(
      expect.objectContaining({ effect: 'confirm', why: 'no policies have loaded yet' }),
    );
    w.under.none = false;
    w.pass(5 * MINUTE);
    await w.settle();
    expect((await w.state(waiting)).status).toBe('active');
    expect(w.errors()).toEqual([]);
  });

  test('invariant 16: what somebody has who has left ends: the default, since directory.yml cannot say otherwise', async () => {
    const w = without();
    const id = await w.active();
    w.people.refused['ana'] = 'deactivated';
    const jobs = periodicJobs(w.deps, NO_PROCESS);
    for (let minute = 0; minute < 75; minute++) {
      w.pass(MINUTE);
      await jobs();
    }
    await w.settle();
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      reason: { code: 'requester', problem: 'deactivated' },
    });
  });
});

import { front } from '../../src/workflow/front/index.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { rewriteHead } from '../support/hostile.js';
import { actor, NO_PROCESS, world } from '../support/world.js';

const MINUTE = 60_000;

/** A grant whose early end AWS refuses, for as long as `aws.fault` stands. */
async function refused(fault: 'denied' | 'throttled') {
  const w = world();
  w.policy.chain = 'auto';
  w.form.duration = '4h';
  const id = await w.ask();
  w.pass(MINUTE);
  const aws = { fault: w[fault] as Error | undefined, tries: 0 };
  const deps = { ...w.deps, notifier: w.notifier };
  const provisioner = {
    preflight: async () => undefined,
    provision: async () => ({}),
    cleanUp: async () => undefined,
    revoke: async (_: unknown, at: number) => {
      aws.tries++;
      if (aws.fault) throw aws.fault;
      return { checkedAt: at, evidence: 'gone' };
    },
  };
  const engine = w.makeEngine({ provisioners: { 'sts-session': provisioner } });
  await w.front.revoke(actor('ana'), id, 'done', w.seen());
  return {
    w,
    id,
    aws,
    async minutes(n: number) {
      for (let i = 0; i < n; i++) {
        await engine.sweep();
        w.pass(MINUTE);
      }
    },
    press: (who = 'ana') => w.front.revoke(actor(who), id, 'again', w.seen()),
    jobs: periodicJobs({ ...deps, provisioners: { 'sts-session': provisioner } }, NO_PROCESS),
    errors: () => w.log.filter(({ level }) => level === 'error').length,
    status: async () => (await w.state(id)).status,
  };
}

describe('an end that AWS refuses for good', () => {
  test('invariant 2: is tried for ever, at last once an hour, by the grant’s own record', async () => {
    const c = await refused('denied');
    await c.minutes(120);
    const before = c.aws.tries;
    await c.minutes(10 * 60);
    expect(c.aws.tries - before).toBeGreaterThanOrEqual(9);
    expect(c.aws.tries - before).toBeLessThanOrEqual(11);
    expect((await c.w.store.grant(c.id))!.tries).toMatchObject({ count: c.aws.tries });
    c.aws.fault = undefined;
    await c.minutes(61);
    expect(await c.status()).toBe('closed');
    expect((await c.w.store.grant(c.id))!.tries).toBeUndefined();
  });

  test('invariant 16: over a week its alarms are few, so that they hide no other', async () => {
    const c = await refused('denied');
    await c.minutes(7 * 24 * 60);
    expect(c.aws.tries).toBeGreaterThan(100);
    expect(c.errors()).toBeLessThan(20);
    expect(c.errors()).toBeGreaterThan(8);
  });

  test('a person who presses again has it tried at once', async () => {
    const c = await refused('denied');
    await c.minutes(120);
    const before = c.aws.tries;
    c.aws.fault = undefined;
    expect(await c.press()).toMatchObject({ ok: { status: 'ending' } });
    await c.minutes(1);
    expect(c.aws.tries).toBe(before + 1);
    expect(await c.status()).toBe('closed');
  });

  test('who may not end it does not make it sooner', async () => {
    const c = await refused('denied');
    await c.minutes(120);
    const before = c.aws.tries;
    expect(await c.press('eve')).toHaveProperty('refusal');
    await c.minutes(1);
    expect(c.aws.tries).toBe(before);
  });

  test('a changed folder has it tried at once', async () => {
    const c = await refused('denied');
    await c.minutes(120);
    await c.jobs();
    await c.minutes(1);
    const before = c.aws.tries;
    c.aws.fault = undefined;
    await c.jobs();
    await c.minutes(1);
    expect(c.aws.tries).toBe(before);
    Object.assign(c.w.deps.bundle(), { hash: 'b2' });
    await c.jobs();
    await c.minutes(1);
    expect(c.aws.tries).toBe(before + 1);
    expect(await c.status()).toBe('closed');
  });
});

test('invariant 2: an end that AWS only puts off is tried again within five minutes, however often', async () => {
  const c = await refused('throttled');
  await c.minutes(60);
  const before = c.aws.tries;
  await c.minutes(60);
  expect(c.aws.tries - before).toBeGreaterThanOrEqual(10);
});

test('invariant 2: whoever rewrites HEAD to say that it is ending, between the look and the write, cannot void what a person is told', async () => {
  const w = world();
  w.policy.chain = 'auto';
  w.form.duration = '4h';
  const id = await w.ask();
  w.pass(MINUTE);
  let looks = 0;
  const store = {
    ...w.store,
    async head(request: string) {
      if (++looks === 3)
        await rewriteHead(w.store, id, ({ state }) => {
          if (state.status !== 'active') throw new Error('not active');
          const { activeAt: _a, receipt: _r, warned: _w, mints: _m, presses: _p, ...leased } = state;
          return {
            state: { ...leased, status: 'ending', cause: 'released', endingAt: w.now() },
            outbox: [],
          };
        });
      return w.store.head(request);
    },
  };
  const people = front({ ...w.deps, store, newId: () => 'X', wake: () => undefined });
  expect(await people.revoke(actor('ana'), id, 'done', w.seen())).toMatchObject({ ok: { status: 'ending' } });
  expect(looks).toBeGreaterThanOrEqual(3);
  expect(await w.store.end(id)).toMatchObject({ by: { email: 'ana@corp.example' } });
  await w.settle();
  expect(w.aws.live.has(id)).toBe(false);
});

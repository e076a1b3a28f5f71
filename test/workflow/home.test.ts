import { personLedger } from '../../src/domain/record/ledger.js';
import type { Home } from '../../src/ports/front.js';
import { NotifyFault } from '../../src/ports/messages.js';
import { homeKeeper } from '../../src/workflow/home/keeper.js';
import { actor, HOUR, person, world } from '../support/world.js';

const DAY = 24 * HOUR;

/** A world in which Slack knows everybody, and App Homes are drawn. */
function house() {
  const w = world();
  w.people.known = { bob: 'U-bob', sam: 'U-sam', kim: 'U-kim', lee: 'U-lee' };
  const drawn: { who: string; home: Home }[] = [];
  const pauses: number[] = [];
  const fails: unknown[] = [];
  const keeper = homeKeeper(w.deps, {
    screen: {
      async draw({ id }, home) {
        const fault = fails.shift();
        if (fault) throw fault;
        drawn.push({ who: id.slice(2), home });
      },
    },
    pause: async (ms) => {
      pauses.push(ms);
      w.pass(ms);
    },
  });
  const engine = w.makeEngine({ changed: keeper.changed });
  return {
    ...w,
    drawn,
    pauses,
    fails,
    keeper,
    async home(who: string): Promise<Home> {
      const answer = await w.front.home(actor(who));
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      return answer.ok;
    },
    open: (who: string) => w.front.openHome(actor(who)),
    /** As `settle`, by an engine that tells of what has changed. */
    async work() {
      for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++)
        await keeper.settled();
      await keeper.settled();
    },
  };
}
const ids = (states: { id: string }[]) => states.map(({ id }) => id);

describe('what a person sees in their App Home', () => {
  test.each(['guest', 'other-workspace', 'deactivated'] as const)(
    'nobody who is a stranger does: %s',
    async (code) => {
      const h = house();
      h.people.refused['gus'] = code;
      expect(await h.front.home(actor('gus'))).toEqual({ refusal: { code } });
      expect(await h.open('gus')).toEqual({ refusal: { code } });
      expect(await h.store.ledgers()).toEqual([]);
    },
  );

  test('while nobody can be looked up: that, and nothing else', async () => {
    const h = house();
    h.people.unavailable = true;
    expect(await h.open('ana')).toEqual({ refusal: { code: 'directory-unavailable' } });
  });

  test('their live access, what is pending, and the past', async () => {
    const h = house();
    const live = await h.approved();
    const waits = await h.ask();
    const over = await h.ask();
    await h.front.cancel(actor('ana'), over, h.seen());
    await h.settle();
    const { open, closed, more, waiting } = await h.home('ana');
    expect(open.map(({ id, status }) => [id, status])).toEqual(
      expect.arrayContaining([
        [live, 'active'],
        [waits, 'pending'],
      ]),
    );
    expect([ids(closed), more, waiting]).toEqual([[over], false, []]);
  });

  test('what waits for them is what they could decide now, oldest first, and nothing that only others can', async () => {
    const h = house();
    const first = await h.ask();
    h.pass(60_000);
    const second = await h.ask('dan');
    expect(ids((await h.home('bob')).waiting)).toEqual([first, second]);
    // Security comes after the manager.
    expect((await h.home('sam')).waiting).toEqual([]);
    await h.vote('bob', first, 'manager');
    expect(ids((await h.home('bob')).waiting)).toEqual([second]);
    expect(ids((await h.home('sam')).waiting)).toEqual([first]);
    expect((await h.home('eve')).waiting).toEqual([]);
  });

  test('invariant 3: not their own request, not what they have voted on, not what policy lets them not decide', async () => {
    const h = house();
    const own = await h.ask('sam');
    await h.vote('bob', own, 'manager');
    expect((await h.home('sam')).waiting).toEqual([]);
    const other = await h.ask();
    await h.vote('bob', other, 'manager');
    await h.vote('sam', other, 'security');
    expect((await h.home('sam')).waiting).toEqual([]);
    h.policy.forbidsVote.add('kim@corp.example');
    expect((await h.home('kim')).waiting).toEqual([]);
    expect(ids((await h.home('lee')).waiting)).toEqual([own, other]);
    expect(ids((await h.home('sam')).open)).toEqual([own]);
  });

  test('nothing that has lapsed, been denied or been given waits for anybody', async () => {
    const h = house();
    const lapsing = await h.ask();
    expect(ids((await h.home('bob')).waiting)).toEqual([lapsing]);
    h.pass(9 * HOUR);
    expect((await h.home('bob')).waiting).toEqual([]);
    await h.approved();
    expect((await h.home('lee')).waiting).toEqual([]);
  });

  test('who they are is looked up once, however many wait for them', async () => {
    const h = house();
    h.roomy();
    for (let n = 0; n < 40; n++) await h.ask();
    const looked: string[] = [];
    const directory = {
      ...h.deps.directory,
      groups: (of: Parameters<typeof h.deps.directory.groups>[0]) => {
        looked.push(of.email);
        return h.deps.directory.groups(of);
      },
    };
    const { homesFrom } = await import('../../src/workflow/home/home.js');
    expect((await homesFrom({ ...h.deps, directory })(person('bob'))).waiting).toHaveLength(40);
    expect(looked.filter((email) => email === 'bob@corp.example')).toHaveLength(1);
  });

  test('invariant 16: one request that cannot be read hides no other', async () => {
    const h = house();
    const spoilt = await h.ask();
    const whole = await h.ask('dan');
    const store = {
      ...h.store,
      head: async (id: string) => (id === spoilt ? Promise.reject(new Error('spoilt')) : h.store.head(id)),
    };
    const { homesFrom } = await import('../../src/workflow/home/home.js');
    expect(ids((await homesFrom({ ...h.deps, store })(person('bob'))).waiting)).toEqual([whole]);
  });
});

describe('opening it', () => {
  test('is noted in the person’s ledger, without any fact', async () => {
    const h = house();
    await h.open('ana');
    const name = personLedger(person('ana').account);
    const at = h.now();
    expect(await h.store.ledger(name)).toMatchObject({
      version: 1,
      note: { homeSeenAt: at, homeDrawnAt: at },
    });
    expect(await h.store.ledgerRecords(name)).toEqual([]);
  });

  test('again within a second draws nothing, after that it does', async () => {
    const h = house();
    expect(await h.open('ana')).toMatchObject({ ok: { open: [] } });
    h.pass(999);
    expect(await h.open('ana')).toEqual({ ok: undefined });
    h.pass(1);
    expect(await h.open('ana')).toMatchObject({ ok: { open: [] } });
  });

  test('invariant 16: it is shown, though it cannot be noted', async () => {
    const h = house();
    const { opened } = await import('../../src/workflow/home/drawn.js');
    const away = async () => Promise.reject(new Error('throttled'));
    expect(await opened({ ...h.deps, store: { ...h.store, append: away } }, person('ana'))).toBe(true);
    expect(await opened({ ...h.deps, store: { ...h.store, ledger: away } }, person('ana'))).toBe(true);
  });
});

describe('when something changes', () => {
  test('it is drawn for who has opened it, and for nobody else', async () => {
    const h = house();
    await h.open('ana');
    await h.open('bob');
    h.pass(2_000);
    const { ok } = (await h.front.submit(actor('ana'), h.form, h.seen())) as {
      ok: { state: { id: string } };
    };
    await h.work();
    expect(new Set(h.drawn.map(({ who }) => who))).toEqual(new Set(['ana', 'bob']));
    expect(ids(h.drawn.findLast(({ who }) => who === 'ana')!.home.open)).toEqual([ok.state.id]);
    expect(ids(h.drawn.findLast(({ who }) => who === 'bob')!.home.waiting)).toEqual([ok.state.id]);
  });

  test('it leaves the list of who could have decided it', async () => {
    const h = house();
    await h.open('bob');
    h.pass(2_000);
    const { ok } = (await h.front.submit(actor('ana'), h.form, h.seen())) as {
      ok: { state: { id: string } };
    };
    await h.work();
    h.pass(2_000);
    await h.front.cancel(actor('ana'), ok.state.id, h.seen());
    await h.work();
    expect(h.drawn.map(({ home }) => ids(home.waiting))).toEqual([
      ...h.drawn.slice(1).map(() => [ok.state.id]),
      [],
    ]);
  });

  test('it is not for who last opened it more than a week ago, nor for who has left', async () => {
    const h = house();
    await h.open('ana');
    await h.open('bob');
    h.pass(7 * DAY + 1);
    await h.ask();
    await h.work();
    expect(h.drawn).toEqual([]);
    await h.open('bob');
    h.people.refused['bob'] = 'deactivated';
    h.pass(2_000);
    await h.front.submit(actor('dan'), h.form, h.seen());
    await h.work();
    expect(h.drawn).toEqual([]);
  });

  test('many changes within a second are one drawing, which shows the last of them', async () => {
    const h = house();
    await h.open('ana');
    h.pass(400);
    for (let n = 0; n < 3; n++) await h.front.submit(actor('ana'), h.form, h.seen());
    await h.work();
    expect(h.pauses).toEqual([600]);
    expect(h.drawn.at(-1)!.home.open).toHaveLength(3);
    const within = h.drawn.length;
    await h.work();
    expect(h.drawn).toHaveLength(within);
  });

  test('of two processes one draws', async () => {
    const h = house();
    await h.open('ana');
    h.pass(2_000);
    const id = await h.ask();
    const other: Home[] = [];
    const another = homeKeeper(h.deps, {
      screen: { draw: async (_, home) => void other.push(home) },
      pause: async (ms) => h.pass(ms),
    });
    const head = (await h.store.head(id))!;
    h.keeper.changed(head);
    another.changed(head);
    await Promise.all([h.keeper.settled(), another.settled()]);
    // The other one, after its second, draws what may have changed since, or sees that nothing has.
    expect(h.drawn.length + other.length).toBeLessThanOrEqual(2);
    expect(h.drawn.length + other.length).toBeGreaterThan(0);
  });

  test('invariant 16: a Slack that fails is said in the log and holds nothing up; one that is busy is left alone', async () => {
    const h = house();
    await h.open('ana');
    h.pass(2_000);
    h.fails.push(new NotifyFault('not_enabled', true));
    const id = await h.ask();
    await h.work();
    h.keeper.changed((await h.store.head(id))!);
    await h.keeper.settled();
    expect(h.log.filter(({ message }) => message.includes('App Home'))).toHaveLength(1);
    expect((await h.state(id)).status).toBe('pending');

    h.fails.push(new NotifyFault('ratelimited', false, 60_000));
    h.pass(2_000);
    await h.vote('bob', id, 'manager');
    h.keeper.changed((await h.store.head(id))!);
    await h.keeper.settled();
    h.pass(2_000);
    await h.vote('sam', id, 'security');
    h.keeper.changed((await h.store.head(id))!);
    await h.keeper.settled();
    expect(h.drawn).toEqual([]);
    h.pass(60_000);
    await h.vote('kim', id, 'security');
    h.keeper.changed((await h.store.head(id))!);
    await h.keeper.settled();
    expect(h.drawn).toHaveLength(1);
  });
});

import { personLedger } from '../../src/domain/record/ledger.js';
import type { Home } from '../../src/ports/front.js';
import { NotifyFault } from '../../src/ports/messages.js';
import { homeNoteOf } from '../../src/workflow/home/drawn.js';
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
    expect((await homesFrom({ ...h.deps, directory }).homeOf(person('bob'))).waiting).toHaveLength(40);
    expect(looked.filter((email) => email === 'bob@corp.example')).toHaveLength(1);
  });

  test('of what is over all is counted, and only what is shown is read', async () => {
    const h = house();
    h.roomy();
    for (let n = 0; n < 25; n++) {
      await h.front.cancel(actor('ana'), await h.ask(), h.seen());
      await h.settle();
      h.pass(HOUR);
    }
    const read: string[] = [];
    const store = { ...h.store, head: async (id: string) => (read.push(id), h.store.head(id)) };
    const { homesFrom } = await import('../../src/workflow/home/home.js');
    const { homeOf } = homesFrom({ ...h.deps, store });
    const home = await homeOf(person('ana'));
    expect([home.closed.length, home.closedCount, home.more]).toEqual([20, 25, false]);
    expect(read).toHaveLength(20);
    expect(ids((await homeOf(person('ana'), { past: 40 })).closed)).toEqual(
      ids((await h.store.byRequester(person('ana'), 99)).map(({ state }) => state)),
    );
  });

  test('invariant 15: what is remembered to be over hides nothing: neither what is open and older, nor what is new or late', async () => {
    const h = house();
    h.roomy();
    const { homesFrom } = await import('../../src/workflow/home/home.js');
    const listed: (number | undefined)[] = [];
    const late = new Set<string>();
    const store: typeof h.store = {
      ...h.store,
      listedByRequester: async (of, limit, after) => {
        listed.push(after);
        return (await h.store.listedByRequester(of, limit, after)).filter(({ id }) => !late.has(id));
      },
    };
    const { homeOf } = homesFrom({ ...h.deps, store });
    const seen = async () => {
      const { open, closed, closedCount } = await homeOf(person('ana'));
      return { open: ids(open), newest: closed[0]?.id, closedCount };
    };
    const over = async () => {
      const id = await h.ask();
      await h.front.cancel(actor('ana'), id, h.seen());
      await h.settle();
      h.pass(HOUR / 4);
      return id;
    };
    await over();
    const older = await h.ask();
    for (let n = 0; n < 24; n++) await over();
    late.add(await over());
    const newest = await over();
    // Nobody has decided it, nor looked whether it has lapsed: it stays open, with something due.
    expect(await seen()).toEqual({ open: [older], newest, closedCount: 26 });
    late.clear();
    h.pass(HOUR / 2);
    expect(await seen()).toEqual({ open: [older], newest, closedCount: 27 });
    h.pass(DAY);
    for (let n = 0; n < 2; n++) expect(await seen()).toEqual({ open: [older], newest, closedCount: 27 });
    const third = await h.ask();
    expect(await seen()).toEqual({ open: [third], newest, closedCount: 28 });
    await h.front.cancel(actor('ana'), third, h.seen());
    await h.settle();
    expect(await seen()).toEqual({ open: [], newest: third, closedCount: 29 });
    expect(listed.at(-1)).toBeGreaterThan(h.start);
    late.add(await over());
    const last = await over();
    expect(await seen()).toEqual({ open: [], newest: last, closedCount: 30 });
    late.clear();
    expect(await seen()).toEqual({ open: [], newest: last, closedCount: 31 });
    // After an hour nothing is remembered.
    h.pass(HOUR);
    expect(await seen()).toEqual({ open: [], newest: last, closedCount: 31 });
    expect(listed.at(-1)).toBeUndefined();
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
    expect(ids((await homesFrom({ ...h.deps, store }).homeOf(person('bob'))).waiting)).toEqual([whole]);
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
      note: { homeSeenAt: at, homeDrawnAt: at, homeShowsAt: at },
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

  test('invariant 15: within a second a look is shared by those who are followed, and by nobody else', async () => {
    const h = house();
    await h.open('bob');
    h.pass(2_000);
    const first = await h.ask();
    expect(await h.open('bob')).toMatchObject({ ok: { waiting: [{ id: first }], at: h.now() } });
    const at = h.now();
    h.pass(500);
    const second = await h.ask('dan');
    // Who has never opened it is told of no change that came before it was noted.
    const newcomer = await h.open('eve');
    expect(newcomer).toMatchObject({ ok: { at: h.now() } });
    h.pass(2_000);
    await h.open('sam');
    h.pass(2_000);
    await h.open('eve');
    const third = await h.ask('pia');
    h.pass(500);
    const shared = await h.open('sam');
    expect(shared).toMatchObject({ ok: { at: h.now() - 500 } });
    expect(homeNoteOf(await h.store.ledger(personLedger(person('sam').account)))).toMatchObject({
      drawnAt: h.now(),
      showsAt: h.now() - 500,
    });
    // What somebody has caused themselves, or asks for, is looked at anew.
    expect(ids((await h.home('bob')).waiting)).toEqual([first, second, third]);
    expect((await h.home('bob')).at).toBe(h.now());
    expect(at).toBeLessThan(h.now());
  });

  test('invariant 15: a change that came after the look, and before it was drawn, is drawn', async () => {
    const h = house();
    await h.open('bob');
    h.pass(2_000);
    await h.open('eve');
    h.pass(100);
    const id = await h.ask();
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const ledger: typeof h.store.ledger = async (name) => {
      await gate;
      return h.store.ledger(name);
    };
    const drawn: Home[] = [];
    const keeper = homeKeeper(
      { ...h.deps, store: { ...h.store, ledger } },
      {
        screen: { draw: async ({ id }, home) => void (id === 'U-bob' && drawn.push(home)) },
        pause: async (ms) => h.pass(ms),
      },
    );
    keeper.changed((await h.store.head(id))!);
    h.pass(100);
    expect(await h.open('bob')).toMatchObject({ ok: { waiting: [], at: h.now() - 200 } });
    go();
    await keeper.settled();
    expect(drawn.map(({ waiting }) => ids(waiting))).toEqual([[id]]);
  });

  test('of two who note it at once one draws; the note of a process that was first counts', async () => {
    const h = house();
    await h.open('ana');
    h.pass(2_000);
    const { opened } = await import('../../src/workflow/home/drawn.js');
    const drawn = await Promise.all(
      Array.from({ length: 2 }, () => opened(h.deps, person('ana'), () => undefined)),
    );
    expect(drawn.filter((one) => one !== undefined)).toHaveLength(1);
  });

  test('a note of an earlier version, which knew one instant, is read as both', () => {
    expect(homeNoteOf({ note: { homeSeenAt: 1, homeDrawnAt: 2 } })).toEqual({
      seenAt: 1,
      drawnAt: 2,
      showsAt: 2,
    });
  });

  test('invariant 16: it is shown, though it cannot be noted', async () => {
    const h = house();
    const { opened } = await import('../../src/workflow/home/drawn.js');
    const away = async () => Promise.reject(new Error('throttled'));
    for (const broken of [{ append: away }, { ledger: away }])
      expect(
        await opened({ ...h.deps, store: { ...h.store, ...broken } }, person('ana'), () => h.now()),
      ).toEqual({});
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

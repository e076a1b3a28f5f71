import type { DirectoryConfig } from '../../src/domain/directory.js';
import { apply } from '../../src/domain/request/head.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { bundleWith } from '../support/bundle.js';
import { HOUR, MINUTE } from '../support/units.js';
import { actor, NO_PROCESS, world } from '../support/world.js';

type Stage = Partial<DirectoryConfig['stages'][number]>;
const BOARD: Stage = { escalate: { after: 30 * MINUTE, to: 'board' } };
const FALLBACK = { group: 'last', channel: 'C0LAST' };

/** A request that waits for bob, in a company that escalates. Everybody is known to Slack. */
async function waiting(stage: Stage = BOARD, more: Partial<DirectoryConfig> = {}) {
  const w = world();
  for (const name of ['bob', 'sam', 'kim', 'lee', 'ana', 'zoe', 'max']) w.people.known[name] = `U-${name}`;
  Object.assign(w.people.groups, { board: ['zoe', 'kim'], last: ['max'] });
  Object.assign(w.config.stages[0]!, stage);
  Object.assign(w.config, more);
  const id = await w.ask();
  const deps = { ...w.deps, provisioners: {}, notifier: w.notifier };
  const jobs = periodicJobs(deps, NO_PROCESS);
  const minutes = async (n: number) => {
    for (let i = 0; i < n; i++) {
      w.pass(MINUTE);
      await jobs();
      await w.settle();
    }
  };
  const escalations = async () => (await w.state(id)).escalated ?? [];
  return { w, id, jobs, minutes, escalations, deps };
}

describe('a stage that nobody answers', () => {
  test('goes on to others after the time that directory.yml says: both may vote from then on, with the buttons there are', async () => {
    const { w, id, minutes, escalations } = await waiting();
    await minutes(29);
    expect(await escalations()).toEqual([]);
    expect(await w.vote('zoe', id, 'manager')).toBe('unknown-request');
    await minutes(1);
    expect(await escalations()).toEqual([{ stage: 'manager', to: 'board', at: w.now(), why: 'time' }]);
    expect(w.slack.cards.length).toBeGreaterThan(1);
    expect(await w.vote('zoe', id, 'manager')).toBe('ok');
    expect(await w.vote('kim', id, 'security')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test('its own people still may, and nobody of the group at another stage', async () => {
    const { w, id, minutes } = await waiting();
    await minutes(31);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('zoe', id, 'security')).toBe('not-in-stage');
  });

  test('goes on at night: an escalation waits for nobody’s morning', async () => {
    const { w, minutes, escalations } = await waiting();
    w.people.zones['zoe'] = 'Asia/Tokyo';
    w.people.rests['zoe'] = { quietUntil: w.now() + 100 * HOUR };
    await minutes(30);
    expect(await escalations()).toHaveLength(1);
  });

  test('goes on once, also after an outage, and in two processes at once', async () => {
    const { w, id, escalations } = await waiting();
    w.pass(3 * HOUR);
    await Promise.all([w.engine.advance(id), w.makeEngine().advance(id)]);
    await w.settle();
    expect(await escalations()).toHaveLength(1);
    w.pass(3 * HOUR);
    await w.settle();
    expect(await escalations()).toHaveLength(1);
  });

  test('invariant 16: goes on though no message can be sent', async () => {
    const { w, id, escalations } = await waiting();
    w.pass(30 * MINUTE);
    const mute = () => Promise.reject(new Error('Slack is silent'));
    const engine = w.makeEngine({ notifier: { ...w.notifier, cards: mute, living: mute, remind: mute } });
    await engine.advance(id);
    expect(await escalations()).toHaveLength(1);
  });

  test('waits for the answer to a question of its people, half an hour at most', async () => {
    const { w, id, minutes, escalations } = await waiting();
    await minutes(20);
    await w.front.question(actor('bob'), { id, stage: 'manager', revision: 0 }, 'Which orders?', w.seen());
    await minutes(29);
    expect(await escalations()).toEqual([]);
    await minutes(1);
    expect(await escalations()).toHaveLength(1);
  });

  test('does not go on once it has answered; the next stage has its own time', async () => {
    const { w, id, minutes, escalations } = await waiting();
    Object.assign(w.config.stages[1]!, BOARD);
    await minutes(25);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    await minutes(29);
    expect(await escalations()).toEqual([]);
    await minutes(1);
    expect(await escalations()).toMatchObject([{ stage: 'security', why: 'time' }]);
  });

  test('invariant 3: whoever came in and is in the group no more has no vote when it takes effect', async () => {
    const { w, id, minutes, escalations } = await waiting();
    await minutes(30);
    expect(await w.vote('zoe', id, 'manager')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    w.people.groups['board'] = ['kim'];
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    const state = await w.state(id);
    expect(state.status).toBe('pending');
    expect(state.votes.map(({ by }) => by.email)).toEqual(['sam@corp.example', 'lee@corp.example']);
    expect(await escalations()).toHaveLength(1);
  });

  test('invariant 3: and where Cedar does not permit it, none at all', async () => {
    const { w, id, minutes } = await waiting();
    w.policy.forbidsVote.add('zoe@corp.example');
    await minutes(30);
    expect(await w.vote('zoe', id, 'manager')).toBe('denied-by-policy');
  });
});

describe('what directory.yml has come to say since', () => {
  test('is followed for requests that wait: an escalation that is new, or sooner than it was', async () => {
    const later = await waiting({});
    await later.minutes(40);
    Object.assign(later.w.config.stages[0]!, BOARD);
    await later.minutes(2);
    expect(await later.escalations()).toHaveLength(1);

    const sooner = await waiting({ escalate: { after: 7 * HOUR, to: 'board' } });
    await sooner.minutes(40);
    expect(await sooner.escalations()).toEqual([]);
    Object.assign(sooner.w.config.stages[0]!, BOARD);
    await sooner.minutes(2);
    expect(await sooner.escalations()).toHaveLength(1);
  });

  test('reminders too, counted from when the stage began to wait, read from the record', async () => {
    const { w, minutes } = await waiting({});
    await minutes(10);
    Object.assign(w.config.stages[0]!, { remind: 15 * MINUTE });
    await minutes(4);
    expect(w.slack.reminded).toEqual([]);
    await minutes(1);
    expect(w.slack.reminded).toHaveLength(1);
  });

  test('an escalation that is gone by then is none', async () => {
    const { w, minutes, escalations } = await waiting();
    await minutes(20);
    delete w.config.stages[0]!.escalate;
    await minutes(60);
    expect(await escalations()).toEqual([]);
  });

  test('while policies only stand in, nothing is done by them', async () => {
    const { w, id, deps, escalations } = await waiting();
    w.pass(31 * MINUTE);
    const bundle = () => bundleWith({ ...w.deps.bundle(), standIn: true });
    await w.makeEngine({ bundle }).advance(id);
    await periodicJobs({ ...deps, bundle }, NO_PROCESS)();
    expect(await escalations()).toEqual([]);
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(await escalations()).toHaveLength(1);
  });
});

describe('a stage that cannot be filled any more', () => {
  test('goes to its escalation at once', async () => {
    const { w, id, minutes, escalations } = await waiting(BOARD, { fallback: FALLBACK });
    w.people.stages['manager'] = [];
    await minutes(1);
    expect(await escalations()).toEqual([{ stage: 'manager', to: 'board', at: w.now(), why: 'empty' }]);
    expect(await w.vote('zoe', id, 'manager')).toBe('ok');
  });

  test('without one it goes to the fallback, with its quorum, and the channel of the fallback', async () => {
    const { w, id, minutes, escalations } = await waiting({}, { fallback: FALLBACK });
    w.people.groups['last'] = ['max', 'zoe'];
    w.people.stages['security'] = ['sam'];
    await minutes(1);
    expect(await escalations()).toMatchObject([
      { stage: 'security', to: 'last', channel: 'C0LAST', why: 'empty' },
    ]);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('max', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('pending');
    expect(await w.vote('zoe', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test('somebody who left: whom Slack does not know fills no stage', async () => {
    const { w, minutes, escalations } = await waiting(BOARD);
    await minutes(1);
    expect(await escalations()).toEqual([]);
    delete w.people.known['bob'];
    await minutes(1);
    expect(await escalations()).toHaveLength(1);
  });

  test('was taken out of directory.yml while it waited: it goes to the fallback', async () => {
    const { w, id, minutes, escalations } = await waiting(BOARD, { fallback: FALLBACK });
    w.config.stages = w.config.stages.filter(({ name }) => name !== 'manager');
    await minutes(1);
    expect(await escalations()).toMatchObject([{ stage: 'manager', to: 'last', why: 'empty' }]);
    expect(await w.vote('bob', id, 'manager')).toBe('unknown-request');
    expect(await w.vote('max', id, 'manager')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    expect(await w.vote('kim', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test('invariant 4: a look that failed, or is not whole, lets nobody in', async () => {
    const { w, minutes, escalations } = await waiting(BOARD, { fallback: FALLBACK });
    w.people.stages['manager'] = [];
    const lost = [{ name: 'managers', why: 'Slack cannot be asked now', lasting: false }];
    w.people.unknown['manager'] = lost;
    await minutes(5);
    expect(await escalations()).toEqual([]);
    w.people.unavailable = true;
    delete w.people.unknown['manager'];
    await minutes(5);
    expect(await escalations()).toEqual([]);
    w.people.unavailable = false;
    await minutes(1);
    expect(await escalations()).toHaveLength(1);
  });

  test('while it is not known who would come in, it waits, and the request with it', async () => {
    const { w, id, minutes, escalations } = await waiting(BOARD);
    w.people.stages['manager'] = [];
    w.people.unknown['board'] = [{ name: 'board', why: 'Slack cannot be asked now', lasting: false }];
    await minutes(3);
    expect([await escalations(), (await w.state(id)).status]).toEqual([[], 'pending']);
    delete w.people.unknown['board'];
    await minutes(11);
    expect(await escalations()).toHaveLength(1);
  });

  test('invariant 5: two processes that look at once let a group in once', async () => {
    const { w, deps, escalations } = await waiting(BOARD);
    w.people.stages['manager'] = [];
    w.pass(MINUTE);
    await Promise.all([periodicJobs(deps, NO_PROCESS)(), periodicJobs(deps, NO_PROCESS)()]);
    expect(await escalations()).toHaveLength(1);
  });

  test('where nobody helps it waits until it lapses, and nothing is written for it', async () => {
    const { w, id, minutes, escalations } = await waiting({}, { fallback: FALLBACK });
    await minutes(1);
    w.people.groups['last'] = ['ana'];
    w.people.stages['manager'] = [];
    // The manager's card loses its buttons.
    await minutes(2);
    const { version } = (await w.store.head(id))!;
    await minutes(30);
    expect([await escalations(), (await w.store.head(id))!.version]).toEqual([[], version]);
  });

  test('at asking time there is no fallback: what nobody can fill is refused as before', async () => {
    const w = world();
    w.people.groups['last'] = ['max'];
    w.config.fallback = FALLBACK;
    w.people.stages['manager'] = [];
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    expect(answer).toMatchObject({ refusal: { code: 'unfillable', stage: 'manager' } });
  });

  test('where a confirmation voids votes and leaves too few, it goes on before anything is closed', async () => {
    const { w, id, escalations } = await waiting(BOARD);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    w.people.stages['manager'] = [];
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    const state = await w.state(id);
    expect([state.status, await escalations()]).toMatchObject([
      'pending',
      [{ stage: 'manager', to: 'board', why: 'empty' }],
    ]);
    expect(await w.vote('zoe', id, 'manager')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test('and is closed where that does not help', async () => {
    const { w, id } = await waiting(BOARD);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    w.people.stages['manager'] = [];
    w.people.groups['board'] = [];
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'denied',
      reason: { code: 'unfillable', stage: 'manager' },
    });
  });
});

describe('the look at what waits', () => {
  test('writes nothing where nothing is to change', async () => {
    const { w, id, jobs } = await waiting({ ...BOARD, remind: 15 * MINUTE }, { fallback: FALLBACK });
    await jobs();
    const before = (await w.store.head(id))!.version;
    for (let n = 0; n < 10; n++) {
      w.pass(MINUTE);
      await jobs();
    }
    expect((await w.store.head(id))!.version).toBe(before);
  });

  test('invariant 16: a request that cannot be read keeps no other from its turn', async () => {
    const { w, deps, escalations } = await waiting(BOARD);
    w.people.stages['manager'] = [];
    const store = {
      ...w.store,
      undecided: async () => ['broken', ...(await w.store.undecided())],
      head: (id: string) =>
        id === 'broken' ? Promise.reject(new Error('not what jit writes')) : w.store.head(id),
    };
    await periodicJobs({ ...deps, store }, NO_PROCESS)();
    expect(await escalations()).toHaveLength(1);
    expect(w.log.some(({ message }) => message === 'could not look at what it waits for')).toBe(true);
  });

  test('requests of an earlier version, which owe nothing of the kind, are reminded of and escalated', async () => {
    const { w, id, minutes, escalations } = await waiting({ ...BOARD, remind: 15 * MINUTE });
    const head = (await w.store.head(id))!;
    const old = apply(head, [], { outbox: (all) => all.filter(({ effect }) => !('stage' in effect)) });
    await w.store.write({ ...old, records: [] });
    await minutes(16);
    expect(w.slack.reminded).toHaveLength(1);
    await minutes(15);
    expect(await escalations()).toHaveLength(1);
  });
});

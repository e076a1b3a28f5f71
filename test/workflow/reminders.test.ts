import { NotifyFault } from '../../src/ports/messages.js';
import { apply } from '../../src/domain/request/head.js';
import { HOUR, MINUTE } from '../support/units.js';
import { actor, world } from '../support/world.js';
import type { DirectoryConfig } from '../../src/domain/directory.js';

const BERLIN_EVENING = Date.parse('2026-11-20T18:00:00Z');

/** A request that waits for bob, in a company that reminds. Everybody is known to Slack. */
async function waiting(stage: Partial<DirectoryConfig['stages'][number]> = { remind: 15 * MINUTE }) {
  const w = world();
  for (const name of ['bob', 'sam', 'kim', 'lee', 'ana', 'zoe']) w.people.known[name] = `U-${name}`;
  w.people.groups['security'] = ['sam', 'kim', 'lee'];
  Object.assign(w.config.stages[0]!, stage);
  w.config.approvalTimeout = 200 * HOUR;
  const id = await w.ask();
  const minutes = async (n: number) => {
    for (let i = 0; i < n; i++) {
      w.pass(MINUTE);
      await w.settle();
    }
  };
  const rounds = async () =>
    (await w.store.records(id)).flatMap(({ event }) =>
      event.type === 'Reminded' ? [Math.round((event.at - w.start) / MINUTE)] : [],
    );
  const owed = async (type: string) =>
    (await w.store.head(id))!.outbox.find(({ effect }) => effect.type === type);
  /** Waits as long as nothing is due, for so long in all. */
  const hours = async (n: number) => {
    const until = w.now() + n * HOUR;
    for (;;) {
      const dueAt = (await w.store.head(id))!.dueAt ?? Infinity;
      if (dueAt > until) break;
      w.pass(Math.max(0, dueAt - w.now()));
      await w.settle();
    }
    w.pass(until - w.now());
  };
  return { w, id, minutes, hours, rounds, owed, said: () => w.slack.reminded.map(({ to }) => to) };
}

describe('people who may still decide', () => {
  test('are reminded after the time that directory.yml says, with a line in the thread; then after one hour', async () => {
    const { w, minutes, rounds } = await waiting();
    await minutes(14);
    expect(w.slack.reminded).toEqual([]);
    await minutes(1);
    expect(w.slack.reminded).toEqual([
      { stage: 'manager', to: 'bob', inThread: true, round: 1, retry: false },
    ]);
    await minutes(59);
    expect(w.slack.reminded).toHaveLength(1);
    await minutes(1);
    expect(w.slack.reminded).toHaveLength(2);
    expect(await rounds()).toEqual([15, 75]);
  });

  test('are the people of the stage that waits, without those who have voted, and without those who are not told', async () => {
    const { w, id, minutes, said } = await waiting();
    Object.assign(w.config.stages[1]!, { remind: 15 * MINUTE, quiet: ['lee@corp.example'] });
    w.people.stages['security'] = ['sam', 'kim', 'lee', 'ana'];
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    await minutes(15);
    expect(said()).toEqual(['kim']);
  });

  test('are not reminded where directory.yml does not say so, and nothing is owed for it', async () => {
    const { w, minutes, owed } = await waiting({});
    expect([await owed('remind'), await owed('escalate')]).toEqual([undefined, undefined]);
    await minutes(120);
    expect(w.slack.reminded).toEqual([]);
  });

  test('are not reminded any more once it is decided, cancelled or has lapsed', async () => {
    const { w, id, minutes, owed } = await waiting();
    await minutes(5);
    await w.front.cancel(actor('ana'), id, w.seen());
    await w.settle();
    expect([await owed('remind'), await owed('escalate')]).toEqual([undefined, undefined]);
    await minutes(60);
    expect(w.slack.reminded).toEqual([]);
  });

  test('are asked by their messages alone where the card is none of a channel', async () => {
    const { w, id, minutes } = await waiting();
    const head = (await w.store.head(id))!;
    const { manager } = head.posts;
    await w.store.write({
      ...apply(head, [], { posts: { manager: { ...manager!, direct: true } } }),
      records: [],
    });
    await minutes(15);
    expect(w.slack.reminded).toMatchObject([{ to: 'bob', inThread: false }]);
  });

  test('more than ten are told ten at a time, each once', async () => {
    const { w, minutes, said } = await waiting();
    const many = Array.from({ length: 23 }, (_, n) => `p${n}`);
    for (const name of many) w.people.known[name] = `U-${name}`;
    w.people.stages['manager'] = many;
    await minutes(16);
    expect(said().map((one) => one.split(' ').length)).toEqual([10, 10, 3]);
    expect(said().join(' ').split(' ').sort()).toEqual([...many].sort());
    expect(w.slack.reminded.map(({ inThread }) => inThread)).toEqual([true, false, false]);
    await minutes(30);
    expect(said()).toHaveLength(3);
  });

  test('of a stage of more than a hundred the thread alone is told', async () => {
    const { w, minutes } = await waiting();
    const many = Array.from({ length: 101 }, (_, n) => `p${n}`);
    for (const name of many) w.people.known[name] = `U-${name}`;
    w.people.stages['manager'] = many;
    await minutes(20);
    expect(w.slack.reminded).toMatchObject([{ to: '', inThread: true, round: 1 }]);
  });
});

describe('people at rest', () => {
  test('hear of it in their morning, by the clock on their wall, once', async () => {
    const { w, hours, said } = await waiting();
    // In New York it is five in the morning; the directory is in Berlin.
    w.people.zones['bob'] = 'America/New_York';
    await hours(2);
    expect(said()).toEqual(['', '']);
    await hours(1);
    expect(said()).toEqual(['', '', 'bob']);
    expect(w.now()).toBe(Date.parse('2026-11-20T13:00:00Z'));
    // The round of the morning is told; the next is that of four hours after the last.
    await hours(2);
    expect(said()).toEqual(['', '', 'bob']);
    await hours(1);
    expect(said()).toEqual(['', '', 'bob', 'bob']);
  });

  test('a time zone that Slack does not give, or that does not exist, is that of directory.yml', async () => {
    for (const zone of [undefined, 'Europe/Atlantis']) {
      const { w, hours, said } = await waiting();
      if (zone !== undefined) w.people.zones['bob'] = zone;
      w.people.rests['bob'] = { timezone: 'Mars/Olympus' };
      w.pass(BERLIN_EVENING + HOUR - w.now());
      await w.settle();
      expect(said()).toEqual(['']);
      await hours(11.75);
      expect(said().filter((one) => one === 'bob')).toHaveLength(0);
      // 8:00 in Berlin is 7:00 UTC.
      await hours(0.5);
      expect(said().filter((one) => one === 'bob')).toHaveLength(1);
    }
  });

  test('wait for the end of what they do not want to be disturbed by', async () => {
    const { w, minutes, said } = await waiting();
    w.people.rests['bob'] = { quietUntil: w.now() + 40 * MINUTE };
    await minutes(39);
    expect(said()).toEqual(['']);
    await minutes(1);
    expect(said()).toEqual(['', 'bob']);
  });

  test.each([Infinity, Number.MAX_SAFE_INTEGER, Date.parse('2100-01-01')])(
    'who never want to be disturbed keep nobody else from being told (%d)',
    async (quietUntil) => {
      const { w, minutes, rounds, said } = await waiting();
      w.people.stages['manager'] = ['bob', 'zoe'];
      w.people.rests['bob'] = { quietUntil };
      await minutes(76);
      expect(said()).toEqual(['zoe', 'zoe']);
      expect(await rounds()).toEqual([15, 75]);
      expect((await w.store.head((await w.store.undecided())[0]!))!.dueAt).toBeLessThan(w.now() + 5 * HOUR);
    },
  );

  test('an instant that is none keeps nobody from being told', async () => {
    const { w, minutes, said } = await waiting();
    w.people.rests['bob'] = { quietUntil: Number.NaN };
    await minutes(15);
    expect(said()).toEqual(['bob']);
  });

  test('sleep through several rounds, and hear of it once', async () => {
    const { w, hours, said } = await waiting();
    w.people.rests['bob'] = { quietUntil: w.now() + 6 * HOUR };
    await hours(7);
    expect(said()).toEqual(['', '', '', 'bob']);
  });

  test('who are asked in person, and all asleep, get the first round in the morning; it counts from then', async () => {
    const { w, id, hours, rounds, said } = await waiting();
    const head = (await w.store.head(id))!;
    const posts = { manager: { ...head.posts['manager']!, direct: true as const } };
    await w.store.write({ ...apply(head, [], { posts }), records: [] });
    w.people.rests['bob'] = { quietUntil: w.now() + 3 * HOUR };
    await hours(3);
    expect(said()).toEqual(['bob']);
    expect(await rounds()).toEqual([180]);
  });
});

describe('a question of an approver', () => {
  test('holds the reminders back for half an hour', async () => {
    const { w, id, minutes, said } = await waiting();
    await w.front.question(actor('bob'), { id, stage: 'manager', revision: 0 }, 'Which orders?', w.seen());
    await minutes(29);
    expect(said()).toEqual([]);
    await minutes(1);
    expect(said()).toEqual(['bob']);
  });

  test('holds them back no longer than until the answer', async () => {
    const { w, id, minutes, said } = await waiting();
    await w.front.question(actor('bob'), { id, stage: 'manager', revision: 0 }, 'Which orders?', w.seen());
    await minutes(20);
    expect(said()).toEqual([]);
    await w.front.answer(actor('ana'), { id, question: 1 }, 'All of them.', w.seen());
    await w.settle();
    expect(said()).toEqual(['bob']);
  });
});

describe('when something goes wrong', () => {
  test('after an outage one round is told, not twenty', async () => {
    const { w, minutes, rounds, said } = await waiting();
    w.pass(50 * HOUR);
    await w.settle();
    expect(said()).toEqual(['bob']);
    await minutes(59);
    expect(said()).toEqual(['bob']);
    await minutes(1);
    expect(await rounds()).toEqual([3000, 3060]);
  });

  test('invariant 15: a round is on record once it has been told, and not before', async () => {
    const { w, minutes, rounds } = await waiting();
    w.slack.remindFails = [new NotifyFault('ratelimited', false, 5 * MINUTE)];
    await minutes(15);
    expect([w.slack.reminded, await rounds()]).toEqual([[], []]);
    await minutes(5);
    expect(w.slack.reminded).toMatchObject([{ to: 'bob', round: 1, retry: true }]);
    expect(await rounds()).toEqual([20]);
  });

  test('invariant 16: a message that never goes out holds up nobody, and is tried again when the next round is due', async () => {
    const { w, minutes, rounds } = await waiting();
    w.slack.remindFails = [new NotifyFault('invalid_auth', true)];
    await minutes(15);
    expect(await rounds()).toEqual([]);
    await minutes(60);
    expect(w.slack.reminded).toMatchObject([{ to: 'bob', round: 1, retry: true }]);
  });

  test('invariant 5: a process that dies after it has told people: the next looks before it says it again', async () => {
    const { w, id, minutes, rounds } = await waiting();
    await minutes(14);
    w.pass(MINUTE);
    const dies = new Error('the process stops');
    const store = { ...w.store, write: () => Promise.reject(dies) };
    let writes = 0;
    const dying = w.makeEngine({
      store: { ...store, write: (change) => (writes++ === 0 ? w.store.write(change) : Promise.reject(dies)) },
    });
    await expect(dying.advance(id)).rejects.toThrow('the process stops');
    expect(w.slack.reminded).toMatchObject([{ to: 'bob', round: 1, retry: false }]);
    expect(await rounds()).toEqual([]);
    await minutes(1);
    expect(w.slack.reminded).toMatchObject([
      { round: 1, retry: false },
      { to: 'bob', round: 1, retry: true },
    ]);
    expect(await rounds()).toEqual([16]);
  });

  test('invariant 5: two processes at once tell it once', async () => {
    const { w, id, rounds } = await waiting();
    w.pass(15 * MINUTE);
    await Promise.all([w.engine.advance(id), w.makeEngine().advance(id), w.makeEngine().advance(id)]);
    await w.settle();
    expect(w.slack.reminded).toHaveLength(1);
    expect(await rounds()).toEqual([15]);
  });

  test('while people cannot be looked up, nobody is taken for told', async () => {
    const { w, minutes, rounds } = await waiting();
    w.people.unavailable = true;
    await minutes(20);
    expect([w.slack.reminded, await rounds()]).toEqual([[], []]);
    w.people.unavailable = false;
    await minutes(1);
    expect(w.slack.reminded).toMatchObject([{ to: 'bob' }]);
  });

  test('a stage that was taken out of directory.yml while it waited reminds nobody', async () => {
    const { w, minutes } = await waiting();
    await minutes(5);
    w.config.stages = w.config.stages.filter(({ name }) => name !== 'manager');
    await minutes(60);
    expect(w.slack.reminded).toEqual([]);
  });
});

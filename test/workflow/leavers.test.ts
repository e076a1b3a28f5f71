import type { Stranger } from '../../src/domain/refusal.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { HOUR, NO_PROCESS, world } from '../support/world.js';

const MINUTE = 60_000;

/** People with live access for a long time, and the job that is called each minute. */
async function company(...names: string[]) {
  const w = world();
  w.policy.chain = 'auto';
  w.form.duration = '4h';
  const ids: Record<string, string> = {};
  for (const name of names) ids[name] = await w.ask(name);
  const deps = { ...w.deps, provisioners: {}, notifier: w.notifier };
  const jobs = periodicJobs(deps, NO_PROCESS);
  return {
    w,
    status: async (name: string) => (await w.state(ids[name]!)).status,
    state: async (name: string) => w.state(ids[name]!),
    async minutes(n: number) {
      for (let i = 0; i < n; i++) {
        w.pass(MINUTE);
        await jobs();
        await w.settle();
      }
    },
    leave: (name: string, how: Stranger['code'] = 'deactivated') => void (w.people.refused[name] = how),
    errors: () => w.log.filter(({ level }) => level === 'error').map(({ message }) => message),
  };
}

describe('somebody who has left', () => {
  test.each(['deactivated', 'guest'] as const)(
    'loses live access when Slack says twice, five minutes apart, that they are %s',
    async (how) => {
      const c = await company('ana', 'eve', 'joe');
      await c.minutes(1);
      c.leave('ana', how);
      // Each has a minute of the hour; the second look comes five minutes after the first.
      let seen = 0;
      for (let minute = 1; (await c.status('ana')) !== 'closed'; minute++) {
        expect(minute).toBeLessThan(67);
        await c.minutes(1);
        const note = await c.w.store.note('leavers');
        if (Object.keys(note!['suspects']!).length > 0) seen++;
      }
      expect(seen).toBeGreaterThanOrEqual(5);
      expect(await c.state('ana')).toMatchObject({
        status: 'closed',
        outcome: 'revoked',
        reason: { code: 'requester', problem: how },
      });
      expect(await c.status('eve')).toBe('active');
    },
  );

  test('keeps it where the first look was a mistake of Slack’s', async () => {
    const c = await company('ana', 'eve', 'joe');
    c.leave('ana');
    await c.minutes(2);
    delete c.w.people.refused['ana'];
    await c.minutes(90);
    expect(await c.status('ana')).toBe('active');
    expect(await c.w.store.note('leavers')).toMatchObject({ suspects: {} });
  });

  test.each(['unknown-person', 'other-workspace', 'no-email', 'bot', 'directory-unavailable'] as const)(
    'invariant 16: "%s" proves nothing and ends nothing, and is told',
    async (how) => {
      const c = await company('ana', 'eve');
      c.leave('ana', how);
      await c.minutes(90);
      expect(await c.status('ana')).toBe('active');
      expect(c.w.log.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('not known whether'),
      );
    },
  );

  test('invariant 16: when more than a fifth seem to have left, nobody’s access ends, and an error alarms', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
    const c = await company(...names);
    for (const name of names.slice(0, 5)) c.leave(name);
    await c.minutes(30);
    for (const name of names) expect(await c.status(name)).toBe('active');
    expect(c.errors()).toContainEqual(expect.stringContaining('too many people'));
  });

  test('a fifth may leave', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
    const c = await company(...names);
    for (const name of names.slice(0, 4)) c.leave(name);
    await c.minutes(10);
    for (const name of names.slice(0, 4)) expect(await c.status(name)).toBe('closed');
    expect(await c.status('p9')).toBe('active');
  });

  test('of few people three may leave within an hour, and the fourth not, however they are spread', async () => {
    const c = await company('ana', 'bea', 'cem', 'dan', 'eve');
    for (const name of ['ana', 'bea', 'cem']) c.leave(name);
    await c.minutes(10);
    expect(await c.status('cem')).toBe('closed');
    c.leave('dan');
    await c.minutes(50);
    expect(await c.status('dan')).toBe('active');
  });

  test('`leavers: tell` ends nothing and raises an error', async () => {
    const c = await company('ana', 'eve');
    c.w.config.leavers = 'tell';
    c.leave('ana');
    await c.minutes(10);
    expect(await c.status('ana')).toBe('active');
    expect(c.errors()).toContainEqual(expect.stringContaining('has left has live access'));
  });

  test('invariant 16: no run asks Slack about more people than it can bear, and within the hour all have their turn', async () => {
    const names = Array.from({ length: 90 }, (_, n) => `p${n}`);
    const c = await company(...names);
    const asked: string[] = [];
    const person = c.w.deps.directory.person;
    c.w.deps.directory.person = async (actor) => (asked.push(actor.id), person(actor));
    let most = 0;
    for (let minute = 0; minute < 61; minute++) {
      const before = asked.length;
      await c.minutes(1);
      most = Math.max(most, asked.length - before);
    }
    expect(new Set(asked).size).toBe(90);
    expect(most).toBeLessThanOrEqual(35);
  });

  test('invariant 16: a request of theirs that cannot be read keeps neither them nor others who have left', async () => {
    const c = await company('ana', 'eve', 'joe');
    const [ana, eve, joe] = ['R1', 'R2', 'R3'];
    const head = (await c.w.store.head(ana))!;
    const state = { ...head.state, format: 3 } as unknown as typeof head.state;
    await c.w.store.write({ head: { ...head, version: head.version + 1, state }, records: [] });
    for (const name of ['ana', 'eve']) c.leave(name);
    await c.minutes(75);
    expect([...c.w.aws.live.keys()]).toEqual([joe]);
    expect(await c.w.store.grant(ana)).toMatchObject({
      ending: { by: 'jit', cause: 'revoked', reason: { code: 'requester', problem: 'deactivated' } },
      gone: { evidence: 'gone' },
    });
    expect(await c.w.store.grant(eve)).toMatchObject({ gone: { evidence: 'gone' } });
  });

  test('a note that cannot be read is none, and nobody’s access ends at the first sight', async () => {
    const c = await company('ana', 'eve');
    await c.w.store.saveNote('leavers', { minute: 'x', suspects: [1], ended: 'y' });
    c.leave('ana');
    await c.minutes(1);
    expect(await c.status('ana')).toBe('active');
    await c.minutes(8);
    expect(await c.status('ana')).toBe('closed');
  });

  test('invariant 16: a job that fails stops no other', async () => {
    const c = await company('ana');
    c.w.deps.directory.refresh = async () => {
      throw new Error('Slack is away');
    };
    c.leave('ana');
    await c.minutes(8);
    expect(await c.status('ana')).toBe('closed');
    expect(c.w.now()).toBeLessThan(Date.parse('2026-11-20T10:00:00Z') + HOUR);
  });
});

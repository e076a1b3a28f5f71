import { grantKinds } from '../../../src/grants/kinds.js';
import { packFolder } from '../../../src/policy/cases/folder.js';
import { setTimeout as pause } from 'node:timers/promises';
import { bookOfAilments } from '../../../src/run/server/ailments.js';
import { healthOf, lookAround, shared, type Vitals } from '../../../src/run/server/health.js';
import { bundleOf } from '../../support/slack.js';
import { cardWith, MINUTE, POLICIES, serveCompany } from '../../support/company.js';
import { startS3 } from '../../support/s3.js';

const OBJECT = 'corp-jit/bundle.json';

test('the self-hosted process reads S3 too, and its health says what is in force and what is refused', async () => {
  const s3 = await startS3();
  const before = { ...process.env };
  process.env['AWS_ENDPOINT_URL_S3'] = s3.url;
  const packed = await packFolder(POLICIES, { kinds: grantKinds }, 0);
  const good = 'text' in packed ? packed.text : '';
  s3.put(OBJECT, good);
  const it = await serveCompany({ policyObject: { bucket: 'corp-jit', key: 'bundle.json' } });
  const policies = async (): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    return ((await answer.json()) as { policies: unknown }).policies;
  };
  try {
    expect(await policies()).toEqual({
      source: 's3://corp-jit/bundle.json',
      loadedAt: expect.any(String),
      refused: 0,
    });
    s3.put(OBJECT, good.replace('risk: low', 'risk: none'));
    await it.pass(30_000);
    expect(await it.app.policies.refresh()).toBe('refused');
    expect(await policies()).toMatchObject({ source: 's3://corp-jit/bundle.json', refused: 1 });
    s3.how.fail = [500, 'InternalError'];
    await it.pass(30_000);
    expect(await it.app.policies.refresh()).toBe('unreachable');
    const unreachableSince = new Date(it.now()).toISOString();
    expect(await policies()).toMatchObject({ refused: 1, unreachableSince });
  } finally {
    await it.close();
    await s3.close();
    process.env = before;
  }
});

test('invariant 16: what is due does not wait for a look at the policies', async () => {
  const it = await serveCompany({ sweepSeconds: 0.02 });
  const sweptAt = async (): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    return ((await answer.json()) as { sweep: { lastAt: unknown } }).sweep.lastAt;
  };
  try {
    // S3 is silent, or somebody is writing the folder, for as long as this lasts.
    it.app.policies.refresh = () => new Promise(() => undefined);
    await it.pass(60_000);
    const late = new Date(it.now()).toISOString();
    // Health is looked up once in five seconds.
    while (String(await sweptAt()) < late) await it.pass(5_000);
    expect(String(await sweptAt()) >= late).toBe(true);
  } finally {
    await it.close();
  }
});

const T0 = Date.parse('2026-11-20T10:00:00Z');
const at = (ms: number) => new Date(T0 + ms).toISOString();

/** A process on a clock that is moved by hand, in which all is well but what is said otherwise. */
function processWith(
  change: Partial<Vitals> = {},
  config: Parameters<typeof healthOf>[1] = { store: 'memory' },
) {
  let now = T0;
  const ailments = bookOfAilments(() => now);
  const vitals: Vitals = {
    ailments,
    policies: {
      status: () => ({
        hash: 'b1',
        loadedAt: T0,
        source: 'policies',
        version: '1',
        warnings: [],
        problems: [],
      }),
      bundle: bundleOf(),
    },
    feed: { status: () => ({ running: true, lagMs: 0 }) },
    store: { ping: async () => undefined },
    sweep: () => ({ lastAt: T0, since: T0, fresh: true }),
    fault: () => undefined,
    lostGroups: () => [],
    ...change,
  };
  return {
    ailments,
    vitals,
    pass: (ms: number) => void (now += ms),
    health: () => healthOf(vitals, config),
  };
}

describe('the health of a process', () => {
  test('with nothing amiss is well, and names nothing', async () => {
    expect(await processWith().health()).toMatchObject({ ok: true, ailing: [] });
  });

  test.each<[string, Partial<Vitals>, object]>([
    [
      'whose table cannot be used',
      {
        store: {
          ping: () =>
            Promise.reject(Object.assign(new Error('arn:aws:…'), { name: 'AccessDeniedException' })),
        },
      },
      { what: 'table', code: 'AccessDeniedException', since: at(0) },
    ],
    [
      'whose sweep has not come to its end',
      { sweep: () => ({ lastAt: undefined, since: T0 - 1000, fresh: false }) },
      { what: 'sweep', code: 'late', since: at(-1000) },
    ],
    [
      'in which Cedar is trapped',
      { fault: () => 'unreachable' },
      { what: 'cedar', code: 'trapped', since: at(0) },
    ],
  ])('%s is ill: another one can do what it cannot', async (_, change, ailment) => {
    expect(await processWith(change).health()).toMatchObject({ ok: false, ailing: [ailment] });
  });

  test('around which everything fails is well, so that no probe restarts it for ever, and names each with since when', async () => {
    const it = processWith({
      policies: {
        bundle: bundleOf(),
        status: () => ({
          hash: 'b1',
          loadedAt: T0,
          source: 'policies',
          version: '1',
          warnings: [],
          problems: [{ file: 'a.cedar', message: 'what somebody wrote' }],
          unreachable: { since: T0 - 5, why: 'what somebody wrote' },
          waiting: { since: T0 - 6, gone: ['no-freeze'] },
          standIn: true,
        }),
      },
      feed: { status: () => ({ running: true, problem: 'what somebody wrote' }) },
      lostGroups: () => [{ name: 'auditors', why: 'it is gone', lasting: true, since: T0 - 7 }],
    });
    it.ailments.fails('slack-socket', 'disconnected');
    it.ailments.fails('slack-token', 'token_revoked');
    it.ailments.fails('channel C0DBA', 'is_archived');
    // No longer named by the policy folder.
    it.ailments.fails('channel C0OLD', 'is_archived');
    lookAround(it.vitals);
    it.pass(MINUTE);
    it.ailments.fails('slack-socket', 'disconnected');
    const found = await it.health();
    expect(found.ok).toBe(true);
    expect(found.ailing).toEqual([
      { what: 'slack-socket', code: 'disconnected', since: at(0) },
      { what: 'slack-token', code: 'token_revoked', since: at(0) },
      { what: 'channel C0DBA', code: 'is_archived', since: at(0) },
      { what: 'stream', code: 'not read', since: at(0) },
      { what: 'policies', code: 'refused', since: at(0) },
      { what: 'policies', code: 'unreachable', since: at(-5) },
      { what: 'policies', code: 'forbid-gone', since: at(-6) },
      { what: 'policies', code: 'stand-in', since: at(0) },
      { what: 'group auditors', code: 'not there', since: at(-7) },
    ]);
    expect(JSON.stringify(found)).not.toContain('somebody');
  });

  test('forgets what works again; what lasts for five minutes is told once, each time', () => {
    const it = processWith();
    it.ailments.fails('slack-socket', 'disconnected');
    expect(it.ailments.overdue()).toEqual([]);
    it.pass(5 * MINUTE);
    it.ailments.fails('slack-socket', 'disconnected');
    expect(it.ailments.overdue()).toEqual([{ what: 'slack-socket', code: 'disconnected', since: T0 }]);
    expect(it.ailments.overdue()).toEqual([]);
    it.ailments.works('slack-socket');
    expect(it.ailments.all()).toEqual([]);
    it.ailments.fails('slack-socket');
    it.pass(5 * MINUTE);
    expect(it.ailments.overdue()).toHaveLength(1);
  });

  test('whoever invents names does not fill the memory', () => {
    const it = processWith();
    for (let n = 0; n < 1000; n++) it.ailments.fails(`channel C${n}`, 'is_archived');
    expect(it.ailments.all()).toHaveLength(200);
  });
});

describe('many who ask at once', () => {
  test('cause one look, and so do those of the next five seconds; a look that fails is not kept', async () => {
    let now = T0;
    let looks = 0;
    let fails = false;
    const ask = shared(
      async () => {
        looks++;
        if (fails) throw new Error('no');
        return looks;
      },
      () => now,
    );
    expect(new Set(await Promise.all(Array.from({ length: 1000 }, ask)))).toEqual(new Set([1]));
    now += 4_999;
    expect(await ask()).toBe(1);
    now += 1;
    expect(await ask()).toBe(2);
    // A clock that was put back keeps no old answer.
    now -= 60_000;
    expect(await ask()).toBe(3);
    now += 10_000;
    fails = true;
    await expect(ask()).rejects.toThrow('no');
    await expect(ask()).rejects.toThrow('no');
    expect(looks).toBe(5);
  });

  test('invariant 16: a hundred calls of /healthz are one look at the table', async () => {
    const it = await serveCompany();
    try {
      let pings = 0;
      const { store } = it.app;
      const ping = store.ping.bind(store);
      store.ping = () => (pings++, ping());
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => fetch(`http://127.0.0.1:${it.port}/healthz`)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(pings).toBe(1);
    } finally {
      await it.close();
    }
  });
});

describe('the whole program says', () => {
  const ailing = async (it: { port: number; pass: (ms: number) => Promise<void> }): Promise<object[]> => {
    await it.pass(5_000);
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { ailing: object[] }).ailing;
  };

  test('that Slack does not take its token, or does not answer, until it does', async () => {
    const it = await serveCompany();
    const look = () => it.app.runJobs();
    try {
      // What the first sweep has begun is not begun again.
      await look();
      expect(await ailing(it)).toEqual([]);
      const since = new Date(it.now()).toISOString();
      it.slack.misbehave('*', { kind: 'error', error: 'token_revoked' }, Infinity);
      await look();
      expect(await ailing(it)).toEqual([{ what: 'slack-token', code: 'token_revoked', since }]);
      it.slack.behave();
      it.slack.misbehave('*', { kind: 'status', status: 502 }, Infinity);
      await look();
      expect(await ailing(it)).toMatchObject([{ what: 'slack-token' }, { what: 'slack', code: 'http_502' }]);
      it.slack.behave();
      await look();
      expect(await ailing(it)).toEqual([]);
    } finally {
      await it.close();
    }
  });

  test('that its socket is closed', async () => {
    const it = await serveCompany({}, 'socket');
    try {
      expect(await ailing(it)).toEqual([]);
      it.slack.dropSockets();
      for (let tries = 0; tries < 1_000 && it.app.ailments.all().length === 0; tries++) await pause(20);
      expect(await ailing(it)).toMatchObject([{ what: 'slack-socket', code: 'disconnected' }]);
      expect(it.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    } finally {
      await it.close();
    }
  });

  test('that a Slack group is gone', async () => {
    const it = await serveCompany();
    try {
      await it.app.runJobs();
      it.slack.changeUsergroup('S0DBA', { disabled: true });
      await it.pass(MINUTE);
      await it.app.runJobs();
      expect(await ailing(it)).toMatchObject([{ what: 'group dba', code: 'not there' }]);
    } finally {
      await it.close();
    }
  });

  test('that a channel takes no cards', async () => {
    const it = await serveCompany();
    try {
      it.slack.changeChannel('C0SECURITY', { archived: true });
      const since = new Date(it.now()).toISOString();
      await it.ask('U0ANA', {
        entitlement: 'orders-db-admin',
        duration: '1h',
        justification: 'adding an index to orders',
        ticket: 'OPS-12',
      });
      await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
      expect(await ailing(it)).toEqual([{ what: 'channel C0SECURITY', code: 'is_archived', since }]);
    } finally {
      await it.close();
    }
  });
});

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DirectoryConfig, StageDef } from '../../src/domain/directory.js';
import type { Bundle } from '../../src/ports/policy.js';
import { loadFolder } from '../../src/policy/load.js';
import { front } from '../../src/workflow/front/index.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { kindOf } from '../support/kinds.js';
import { world } from '../support/world.js';
import { HOUR, MINUTE, set, slackGroup, user } from '../support/directory.js';

const POLICIES = join(__dirname, '../../policies');
const kinds = [kindOf('sts-session'), kindOf('iam-policy')];

let defaults: Bundle;
beforeAll(async () => {
  const loaded = await loadFolder(POLICIES, { kinds });
  if ('problems' in loaded) throw new Error('the default bundle does not load');
  defaults = loaded.bundle;
});

const actor = (name: string) => ({ provider: 'slack', id: `U0${name.toUpperCase()}`, tenant: 'T0CORP' });

/** The default policies and the real directory: Slack's groups are S0ENG, S0CONTRACT, S0ONCALL, S0DBA, and S0AUD. */
function company(change: (config: DirectoryConfig) => Partial<DirectoryConfig> = () => ({})) {
  const directory: DirectoryConfig = {
    ...defaults.directory,
    groups: { ...defaults.directory.groups, auditors: { source: 'slack', id: 'S0AUD' } },
  };
  const slack = set({ ...directory, ...change(directory) });
  for (const id of ['U0ANA', 'U0BOB', 'U0DORA', 'U0SAM', 'U0KIM', 'U0LEE', 'U0CLEO', 'U0OTTO'])
    slack.users.set(id, user(id));
  Object.assign(slack.groups, { S0ENG: ['U0ANA', 'U0BOB', 'U0DORA'], S0DBA: ['U0DORA'] });
  Object.assign(slack.groups, { S0CONTRACT: ['U0CLEO'], S0ONCALL: ['U0OTTO'], S0AUD: ['U0SAM'] });
  const w = world();
  slack.time.now = w.now();
  const bundle = () => ({ ...defaults, directory: slack.more.settings });
  const deps = { ...w.deps, kinds, bundle, directory: slack.directory };
  const engine = w.makeEngine({ ...deps });
  const calls = front({ ...deps, newId: randomUUID, wake: () => undefined });
  async function pass(ms: number) {
    w.pass(ms);
    slack.time.now += ms;
    for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
  }
  return {
    ...slack,
    w,
    calls,
    pass,
    /** @returns the request's id, or why there is none */
    async ask(who: string, entitlement: string, duration = '1h') {
      const form = { entitlement, duration, justification: 'fixing the orders schema', ticket: 'OPS-12' };
      const answer = await calls.submit(actor(who), form, w.seen());
      await pass(0);
      return 'refusal' in answer ? answer.refusal : answer.ok.state.id;
    },
    /** The same, of a request that is made. */
    async asked(who: string, entitlement: string) {
      const id = await this.ask(who, entitlement);
      if (typeof id !== 'string') throw new Error(id.code);
      return id;
    },
    async active(who: string, entitlement = 'sandbox-power-user') {
      const id = await this.asked(who, entitlement);
      expect((await w.state(id)).status).toBe('active');
      return id;
    },
    async approve(who: string, stage: string, id: string) {
      const { revision } = await w.state(id);
      const answer = await calls.approve(actor(who), { id, stage, revision }, w.seen());
      await pass(0);
      return 'refusal' in answer ? answer.refusal : (await w.state(id)).status;
    },
    revoke: (who: string, id: string) => calls.revoke(actor(who), id, 'leaked keys', w.seen()),
    /** Slack answers, without these. */
    async lose(...usergroups: string[]) {
      for (const id of usergroups) delete slack.groups[id];
      await pass(6 * MINUTE);
    },
    /** Slack does not answer, and what it said is too old. */
    async silence() {
      slack.people.groups = () => Promise.reject(new Error('Slack is away'));
      await pass(5 * MINUTE + 1);
    },
  };
}

const unknown = slackGroup;

describe('a Slack group that Slack no longer has', () => {
  test('invariant 16: stops nobody where no policy reads it', async () => {
    const c = company();
    await c.lose('S0AUD');
    const id = await c.active('ana');
    expect(await c.calls.mine(actor('ana'))).toMatchObject({ ok: { open: [{ id }] } });
    expect(await c.revoke('sam', id)).toMatchObject({ ok: { status: 'ending' } });
    const staging = await c.asked('ana', 'staging-deployer');
    expect(await c.approve('bob', 'manager', staging)).toBe('active');
  });

  test('invariant 4: what a policy gives to its members is given to nobody, and nothing is on record', async () => {
    const c = company();
    await c.lose('S0ENG');
    const refusal = { code: 'group-unknown', groups: [unknown('engineers', 'S0ENG', true)] };
    expect(await c.ask('ana', 'sandbox-power-user')).toEqual(refusal);
    expect(await c.ask('ana', 'staging-deployer')).toEqual(refusal);
    expect(await c.w.store.ids()).toEqual([]);
  });

  test('invariant 4: what a policy forbids its members is forbidden to everybody', async () => {
    const c = company();
    await c.lose('S0CONTRACT');
    expect(await c.ask('ana', 'orders-db-admin')).toMatchObject({
      code: 'group-unknown',
      groups: [{ name: 'contractors' }],
    });
  });

  test('invariant 16: and those whom another policy serves go on', async () => {
    const c = company();
    await c.lose('S0CONTRACT');
    const id = await c.asked('ana', 'staging-secrets-reader');
    expect(await c.approve('bob', 'manager', id)).toBe('active');
  });

  test('invariant 15: is told as lasting, by its name, and one of which Slack says nothing now as passing', async () => {
    const c = company();
    await c.lose('S0ENG');
    const lasting = await c.ask('ana', 'sandbox-power-user');
    if (typeof lasting === 'string') throw new Error('was given');
    expect(sentenceFor(lasting)).toBe(
      'The Slack group S0ENG (engineers) cannot be looked up: Slack has no such group, or it is disabled. This depends on that group, so nothing was done. Trying again does not help: please tell the people who run jit.',
    );
    await c.silence();
    const passing = await c.ask('ana', 'sandbox-power-user');
    if (typeof passing === 'string') throw new Error('was given');
    expect(sentenceFor(passing)).toContain('S0ENG (engineers) cannot be looked up now');
    expect(sentenceFor(passing)).toMatch(/Please try again in a minute\.$/);
  });

  test('invariant 15: that somebody may ask for nothing is not said while it is not known', async () => {
    const c = company();
    expect(await c.calls.offers(actor('kim'))).toEqual({ ok: [] });
    await c.lose('S0ENG');
    const groups = [{ name: 'engineers' }];
    expect(await c.calls.offers(actor('kim'))).toMatchObject({ refusal: { code: 'group-unknown', groups } });
    expect(await c.calls.mayAsk(actor('kim'))).toMatchObject({ refusal: { code: 'group-unknown', groups } });
    expect(await c.calls.whyNot(actor('kim'), 'sandbox-power-user')).toMatchObject({ code: 'group-unknown' });
    const offers = await c.calls.offers(actor('cleo'));
    expect('ok' in offers && offers.ok!.map(({ entitlement }) => entitlement.id)).toEqual([
      'staging-deployer',
    ]);
  });

  test('invariant 15: who cannot be told from a stranger learns that this is not known, and not whether a request is there', async () => {
    const c = company();
    const id = await c.active('ana');
    expect(await c.calls.status(actor('cleo'), id)).toEqual({ refusal: { code: 'unknown-request' } });
    await c.lose('S0AUD');
    expect(await c.calls.status(actor('cleo'), id)).toEqual({ refusal: { code: 'unknown-request' } });
    await c.lose('S0ENG');
    const refused = await c.calls.status(actor('cleo'), id);
    expect(refused).toMatchObject({ refusal: { code: 'unknown-request', groups: [{ name: 'engineers' }] } });
    expect(await c.calls.status(actor('cleo'), 'R0NONE')).toEqual(refused);
    expect(await c.calls.status(actor('ana'), id)).toMatchObject({ ok: { state: { id } } });
    expect(await c.calls.explain(actor('ana'), id)).toMatchObject({ ok: { state: { id } } });
  });
});

describe('a stage that a lost group feeds', () => {
  // Nobody but the owners comes in while time passes.
  const owners = () => {
    const alone = (stage: StageDef): StageDef => {
      const { escalate: _, ...rest } = stage;
      return rest;
    };
    const c = company(({ stages }) => ({ stages: stages.map(alone) }));
    const ask = async () => {
      const id = await c.asked('cleo', 'staging-deployer');
      expect(await c.approve('bob', 'manager', id)).toBe('pending');
      return id;
    };
    return { c, ask };
  };

  test('invariant 4: takes no vote of somebody who is not known to be in it, and says that this is not known', async () => {
    const { c, ask } = owners();
    const id = await ask();
    await c.lose('S0ENG');
    expect(await c.approve('dora', 'owners', id)).toEqual({
      code: 'group-unknown',
      groups: [unknown('engineers', 'S0ENG', true)],
    });
    expect((await c.w.state(id)).votes).toHaveLength(1);
    c.groups['S0ENG'] = ['U0DORA', 'U0ANA'];
    await c.pass(6 * MINUTE);
    expect(await c.approve('dora', 'owners', id)).toBe('active');
  });

  test('invariant 16: takes the vote of a listed member of another group that feeds it', async () => {
    const { c, ask } = owners();
    const deployer = defaults.entitlements.get('staging-deployer')!;
    const before = deployer.owners;
    deployer.owners = ['engineers', 'security'];
    try {
      const id = await ask();
      await c.lose('S0ENG');
      expect(await c.approve('lee', 'owners', id)).toBe('active');
    } finally {
      deployer.owners = before;
    }
  });

  test('can be asked, though nobody knows yet whether it can be filled', async () => {
    const { c } = owners();
    await c.lose('S0ENG');
    const id = await c.asked('cleo', 'staging-deployer');
    expect((await c.w.state(id)).status).toBe('pending');
    expect(await c.approve('bob', 'manager', id)).toBe('pending');
  });

  test('invariant 3: a vote that was given while it was known waits, neither void nor effective', async () => {
    const { c, ask } = owners();
    const id = await ask();
    c.w.aws.skew = undefined;
    expect(await c.approve('dora', 'owners', id)).toBe('pending');
    c.w.aws.skew = 0;
    await c.lose('S0ENG');
    await c.pass(20 * MINUTE);
    expect(await c.w.state(id)).toMatchObject({ status: 'pending', votes: [{}, {}] });
    expect(await c.w.history(id)).not.toContain('VotesVoided');
    expect(c.w.aws.provisions).toBe(0);
    const late = c.w.log
      .filter(({ message }) => message === 'put off')
      .map(({ about }) => JSON.stringify(about));
    expect(late.some((about) => about.includes('S0ENG (engineers)'))).toBe(true);
    c.groups['S0ENG'] = ['U0DORA', 'U0ANA', 'U0BOB'];
    await c.pass(20 * MINUTE);
    expect((await c.w.state(id)).status).toBe('active');
  });

  test('invariant 4: a requester whose group is lost waits with all votes given', async () => {
    const c = company();
    const id = await c.asked('ana', 'staging-deployer');
    c.w.aws.skew = undefined;
    await c.approve('bob', 'manager', id);
    c.w.aws.skew = 0;
    await c.lose('S0ENG');
    await c.pass(20 * MINUTE);
    expect(await c.w.state(id)).toMatchObject({ status: 'pending', votes: [{}] });
    c.groups['S0ENG'] = ['U0ANA', 'U0BOB'];
    await c.pass(20 * MINUTE);
    expect((await c.w.state(id)).status).toBe('active');
  });

  test('invariant 16: one member whose address Slack does not give stops only those who are not known', async () => {
    const { c, ask } = owners();
    const id = await ask();
    const look = c.people.byId.bind(c.people);
    c.people.byId = (slackId) => (slackId === 'U0ANA' ? Promise.reject(new Error('away')) : look(slackId));
    await c.pass(HOUR + 1);
    expect(await c.approve('kim', 'owners', id)).toEqual({
      code: 'group-unknown',
      groups: [unknown('engineers', 'S0ENG', false)],
    });
  });
});

describe('Slack’s group list fails for longer than five minutes', () => {
  test('invariant 2: a listed member of security takes access back, and the record says what was not known', async () => {
    const c = company();
    const id = await c.active('ana');
    await c.silence();
    expect(await c.revoke('sam', id)).toMatchObject({ ok: { status: 'ending' } });
    await c.pass(0);
    expect(await c.w.state(id)).toMatchObject({ status: 'closed', outcome: 'revoked' });
    const records = await c.w.store.records(id);
    expect(records.find(({ event }) => event.type === 'RevocationStarted')?.event).toMatchObject({
      policies: ['security-oversees'],
      unknownGroups: ['contractors', 'dba', 'engineers', 'on-call'],
    });
  });

  test('invariant 2: nor does a table that cannot be read for the groups stop that', async () => {
    const c = company();
    const id = await c.active('ana');
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    c.store.note = () => Promise.reject(new Error('throttled'));
    await c.pass(6 * MINUTE);
    expect(await c.revoke('sam', id)).toMatchObject({ ok: { status: 'ending' } });
  });

  test('invariant 4: whoever could only be in a lost group does not, and learns why', async () => {
    const c = company();
    const id = await c.active('ana');
    await c.silence();
    expect(await c.revoke('bob', id)).toEqual({
      refusal: { code: 'group-unknown', groups: [unknown('engineers', 'S0ENG', false)] },
    });
    expect((await c.w.state(id)).status).toBe('active');
  });

  test('what is one’s own is handed back, and its record has no word of groups', async () => {
    const c = company();
    const id = await c.active('ana');
    await c.silence();
    expect(await c.revoke('ana', id)).toMatchObject({ ok: { status: 'ending' } });
    const records = await c.w.store.records(id);
    const started = records.find(({ event }) => event.type === 'RevocationStarted');
    expect(started?.event).not.toHaveProperty('unknownGroups');
  });

  test('a revocation while all is known has no word of groups in its record', async () => {
    const c = company();
    const id = await c.active('ana');
    await c.revoke('sam', id);
    const records = await c.w.store.records(id);
    const started = records.find(({ event }) => event.type === 'RevocationStarted');
    expect(started?.event).not.toHaveProperty('unknownGroups');
  });
});

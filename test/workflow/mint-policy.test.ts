import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantKinds } from '../../src/grants/kinds.js';
import { loadFolder } from '../../src/policy/load.js';
import type { Bundle } from '../../src/ports/policy.js';
import { folder, POLICIES } from '../support/company.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

/** A live grant of an hour and more, and a press on "Open a session". */
async function active(prepare: (w: ReturnType<typeof world>) => void = () => undefined) {
  const w = world();
  w.policy.chain = 'auto';
  w.form.duration = '4h';
  prepare(w);
  const id = await w.ask();
  expect((await w.state(id)).status).toBe('active');
  let windows = 0;
  const press = async () => {
    expect(await w.front.mint(actor('ana'), id, `V${++windows}`, w.seen())).toHaveProperty('ok');
    await w.settle();
    return w.slack.modals.at(-1);
  };
  return { w, id, press };
}

describe('a session that is opened later', () => {
  test('invariant 4: a freeze stops the next one, names the policy and ends nothing', async () => {
    const { w, id, press } = await active();
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.policy.denied = { policies: ['freeze'], advice: ['Production is frozen until Monday.'] };
    expect(await press()).toBe('V2: denied: Production is frozen until Monday. Refused by freeze.');
    expect((await w.state(id)).status).toBe('active');
    expect(await w.history(id)).toContain('MintRefused');
    w.policy.denied = undefined;
    expect(await press()).toBe(`V3: ASIA${id}`);
  });

  test.each(['deactivated', 'guest', 'other-workspace', 'bot'] as const)(
    'invariant 4: somebody who is %s by now opens no more',
    async (code) => {
      const { w, id, press } = await active();
      const viewer = w.front.mint(actor('ana'), id, 'V1', w.seen());
      expect(await viewer).toHaveProperty('ok');
      w.people.refused['ana'] = code;
      await w.settle();
      expect(w.slack.modals.at(-1)).toMatch(/^V1: denied/);
      expect(w.aws.mints).toBe(0);
      expect((await w.state(id)).status).toBe('active');
      void press;
    },
  );

  test('invariant 4: an account whose address has changed opens no more', async () => {
    const { w, id } = await active();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    w.people.emails['ana'] = 'ana.married@corp.example';
    await w.settle();
    expect(w.slack.modals.at(-1)).toMatch(/^V1: denied/);
    expect(w.aws.mints).toBe(0);
  });

  test('invariant 16: what cannot be known counts as it last did for 15 minutes, and then ends nothing either', async () => {
    const { w, id, press } = await active();
    w.pass(5 * MINUTE);
    expect(await press()).toBe(`V1: ASIA${id}`);
    const groups = w.deps.directory.groups;
    w.deps.directory.groups = async () => {
      throw new Error('Slack is away');
    };
    w.pass(10 * MINUTE);
    expect(await press()).toBe(`V2: ASIA${id}`);
    w.pass(10 * MINUTE);
    expect(await press()).toBe('V3: unknown');
    expect((await w.state(id)).status).toBe('active');
    w.deps.directory.groups = groups;
    expect(await press()).toBe(`V4: ASIA${id}`);
  });

  test('invariant 4: a clock that disagrees with AWS’s opens no session, and ends nothing', async () => {
    const { w, id, press } = await active();
    w.aws.skew = 60_000;
    await press();
    expect(w.aws.mints).toBe(0);
    w.pass(2 * MINUTE);
    await w.settle();
    expect(w.slack.modals.at(-1)).toBe('V1: unknown');
    expect((await w.state(id)).status).toBe('active');
    w.aws.skew = 0;
    expect(await press()).toBe(`V2: ASIA${id}`);
  });

  test('neither the catalog nor the chain is asked again', async () => {
    const { w, id, press } = await active();
    (w.deps.bundle().entitlements as Map<string, unknown>).clear();
    w.policy.chain = 'manager, 2 of security';
    expect(await press()).toBe(`V1: ASIA${id}`);
  });

  test('a grant of an older format is judged by its person alone', async () => {
    const { w, id } = await active();
    const { confirmed: _c, permittedAt: _p, ...old } = (await w.store.grant(id))!;
    const store = { ...w.store, grant: async () => old };
    w.policy.denied = { policies: ['freeze'], advice: [] };
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    await w.makeEngine({ store }).advance(id);
    expect(w.slack.modals.at(-1)).toBe(`V1: ASIA${id}`);
  });
});

describe('what policy hears at a later session', () => {
  async function withPolicies(text: string) {
    const dir = folder();
    cpSync(POLICIES, dir, { recursive: true });
    writeFileSync(join(dir, 'zz-test.cedar'), text);
    const loaded = await loadFolder(dir, { kinds: grantKinds });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    return loaded.bundle;
  }

  /** Ana's request, under real policies; sessions are opened later. */
  async function granted(bundle: Bundle, asked = 0) {
    return active((w) => {
      w.pass(asked);
      w.deps.directory.groups = async () => ({ groups: ['engineers'], unknown: [] });
      const now = w.deps.bundle();
      const pdp: Bundle['pdp'] = {
        ...now.pdp,
        // What policy gives at once to engineers.
        request: ({ about: _about, ...ask }) =>
          bundle.pdp.request({ ...ask, entitlement: 'sandbox-power-user', duration: HOUR }),
      };
      Object.assign(now, { pdp, inputs: bundle.inputs });
    });
  }

  const WORKING_HOURS = `@id("working-hours")
    forbid (principal, action == Jit::Action::"request", resource)
    when { context.hour < 8 || context.hour >= 18 };`;
  const FEW = `@id("few-at-once")
    forbid (principal, action == Jit::Action::"request", resource)
    when { context has liveGrants && context.liveGrants >= 1 };
    @id("not-twice")
    forbid (principal, action == Jit::Action::"request", resource)
    when { context has hasThis && context.hasThis };`;

  test('approved in working hours, it opens in the evening: hour and weekday are those of the approval', async () => {
    // From 11:00 in Berlin to half past five.
    const { w, id, press } = await granted(await withPolicies(WORKING_HOURS), 6.5 * HOUR);
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.pass(2.5 * HOUR);
    expect(await press()).toBe(`V2: ASIA${id}`);
  });

  test('invariant 4: `context.now` is the present', async () => {
    const until = `@id("until-noon")
      forbid (principal, action == Jit::Action::"request", resource)
      when { context.now >= datetime("2026-11-20T11:00:00Z") };`;
    const { w, id, press } = await granted(await withPolicies(until));
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.pass(HOUR);
    expect(await press()).toMatch(/^V2: denied: .*Refused by until-noon/);
  });

  test('a limit on grants does not refuse the grant that it counts', async () => {
    const { id, press } = await granted(await withPolicies(FEW));
    expect(await press()).toBe(`V1: ASIA${id}`);
  });

  test('invariant 4: the groups are those of now', async () => {
    const { w, id, press } = await granted(await withPolicies(''));
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.deps.directory.groups = async () => ({ groups: [], unknown: [] });
    expect(await press()).toMatch(/^V2: denied/);
  });

  const LOST = {
    name: 'engineers',
    why: 'the Slack group S0ENG (engineers) cannot be looked up',
    lasting: true,
  };

  test('invariant 16: a lost group that policy reads counts as it last did for 15 minutes, another not at all', async () => {
    const { w, id, press } = await granted(await withPolicies(''));
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.deps.directory.groups = async () => ({ groups: [], unknown: [LOST] });
    w.pass(10 * MINUTE);
    expect(await press()).toBe(`V2: ASIA${id}`);
    w.pass(10 * MINUTE);
    expect(await press()).toBe('V3: unknown');
    const dba = { ...LOST, name: 'dba' };
    w.deps.directory.groups = async () => ({ groups: ['engineers'], unknown: [dba] });
    expect(await press()).toBe(`V4: ASIA${id}`);
  });

  test('invariant 4: a freeze that holds in any case stops the next session though a group is lost', async () => {
    const freeze = `@id("freeze") forbid (principal, action == Jit::Action::"request", resource)
      when { context.now >= datetime("2026-11-20T10:30:00Z") };
      @id("no-dba") forbid (principal in Jit::Group::"dba", action == Jit::Action::"request", resource);`;
    const { w, id, press } = await granted(await withPolicies(freeze));
    expect(await press()).toBe(`V1: ASIA${id}`);
    w.pass(40 * MINUTE);
    const dba = { ...LOST, name: 'dba' };
    w.deps.directory.groups = async () => ({ groups: ['engineers'], unknown: [dba] });
    expect(await press()).toMatch(/^V2: denied: .*Refused by freeze/);
  });
});

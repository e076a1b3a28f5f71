import { front } from '../../src/workflow/front/index.js';
import { world } from '../support/world.js';
import { config, DBA, MINUTE, set, user } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

const actor = (name: string) => ({ provider: 'slack', id: `U0${name.toUpperCase()}`, tenant: 'T0CORP' });

/** The real workflow on the real directory: ana's manager is bob, dan and eve are dba, sam and kim security. */
function company(chain = 'manager, dba') {
  const slack = set(config({ people: { 'ana@corp.example': { manager: 'bob@corp.example' } } }));
  slack.users.set('U0KIM', user('U0KIM'));
  const w = world();
  slack.time.now = w.now();
  w.policy.chain = chain;
  w.config.stages = slack.more.settings.stages;
  const { directory } = slack;
  const engine = w.makeEngine({ directory });
  let ids = 0;
  const people = front({ ...w.deps, directory, newId: () => `R${++ids}`, wake: () => undefined });
  async function pass(ms: number) {
    w.pass(ms);
    slack.time.now += ms;
    for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
  }
  return {
    ...slack,
    w,
    calls: people,
    pass,
    /** @returns why not, or where the request then stands */
    async ask(who = 'ana') {
      const answer = await people.submit(actor(who), w.form, w.seen());
      await pass(0);
      return 'refusal' in answer ? answer.refusal : (await w.state(`R${ids}`)).status;
    },
    async approve(who: string, stage: string, id = 'R1') {
      const { revision } = await w.state(id);
      const answer = await people.approve(actor(who), { id, stage, revision }, w.seen());
      await pass(0);
      return 'refusal' in answer ? answer.refusal : (await w.state(id)).status;
    },
    /** Votes are taken and nothing takes effect until `release`: the clock cannot be compared. */
    hold: () => void (w.aws.skew = undefined),
    async release() {
      w.aws.skew = 0;
      await pass(10 * MINUTE);
    },
  };
}

const UNKNOWN = { code: 'group-unknown', groups: [DBA] };

describe('Slack’s groups unavailable or stale', () => {
  test('invariant 16: what no lost group decides is asked for, and waits at the stage that one of them feeds', async () => {
    const c = company();
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    expect(await c.ask()).toBe('pending');
    expect(await c.approve('bob', 'manager')).toBe('pending');
    expect(await c.approve('dan', 'dba')).toEqual(UNKNOWN);
    expect(c.w.aws.provisions).toBe(0);
  });

  test('invariant 4: a vote is refused when the groups are older than five minutes, and taken before', async () => {
    const c = company();
    expect(await c.ask()).toBe('pending');
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    await c.pass(5 * MINUTE);
    expect(await c.approve('bob', 'manager')).toBe('pending');
    await c.pass(1);
    expect(await c.approve('dan', 'dba')).toEqual(UNKNOWN);
    expect((await c.w.state('R1')).votes).toHaveLength(1);
    expect(c.w.aws.provisions).toBe(0);
  });

  test('invariant 4: what is complete waits for the groups, keeps its votes, and then takes effect', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    const ask = c.people.groups.bind(c.people);
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({ status: 'pending', votes: [{}, {}] });
    expect(c.w.aws.provisions).toBe(0);
    c.people.groups = ask;
    await c.pass(10 * MINUTE);
    expect((await c.w.state('R1')).status).toBe('active');
  });

  test('invariant 2: access is taken from another, and ends at its time, whatever Slack says', async () => {
    const c = company('auto');
    await c.ask();
    await c.ask('bob');
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    await c.pass(6 * MINUTE);
    await c.calls.revoke(actor('sam'), 'R1', '', c.w.seen());
    await c.pass(0);
    expect(await c.w.state('R1')).toMatchObject({ status: 'closed', outcome: 'revoked' });
    await c.pass(60 * MINUTE);
    expect(await c.w.state('R2')).toMatchObject({ status: 'closed', outcome: 'expired' });
  });

  test('one’s own access can be handed back whatever Slack’s groups say', async () => {
    const c = company('auto');
    await c.ask();
    c.people.groups = () => Promise.reject(new Error('Slack is away'));
    await c.pass(6 * MINUTE);
    expect(await c.calls.revoke(actor('ana'), 'R1', '', c.w.seen())).toMatchObject({
      ok: { status: 'ending' },
    });
  });
});

describe('an empty answer of Slack', () => {
  test('invariant 4: voids no vote and closes no request; when Slack is right again it takes effect', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    c.groups['S0DBA'] = [];
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({ status: 'pending', votes: [{}, {}] });
    expect(await c.w.history('R1')).not.toContain('VotesVoided');
    c.groups['S0DBA'] = ['U0DAN', 'U0EVE'];
    await c.pass(6 * MINUTE);
    expect((await c.w.state('R1')).status).toBe('active');
  });

  test('invariant 4: a vote meanwhile is refused, and the group is named', async () => {
    const c = company();
    await c.ask();
    await c.approve('bob', 'manager');
    c.groups['S0DBA'] = [];
    await c.pass(6 * MINUTE);
    expect(await c.approve('dan', 'dba')).toEqual(UNKNOWN);
    expect((await c.w.state('R1')).votes).toHaveLength(1);
  });

  test('believed in the end, it closes what cannot be decided any more, and says which stage', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    c.groups['S0DBA'] = [];
    await c.pass(6 * MINUTE);
    await c.directory.refresh();
    c.w.aws.skew = 0;
    await c.pass(15 * MINUTE);
    await c.directory.refresh();
    await c.pass(5 * MINUTE);
    expect(await c.w.state('R1')).toMatchObject({
      status: 'closed',
      outcome: 'denied',
      reason: { code: 'unfillable', stage: 'dba', needed: 1, available: 0 },
    });
    expect(c.w.aws.provisions).toBe(0);
  });
});

describe('changed between vote and effect', () => {
  test('invariant 3: a voter who was taken out of the group does not count; a colleague’s vote does', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    c.groups['S0DBA'] = ['U0EVE'];
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({ status: 'pending', votes: [{ stage: 'manager' }] });
    expect(await c.w.history('R1')).toContain('VotesVoided');
    expect(c.w.aws.provisions).toBe(0);
    expect(await c.approve('eve', 'dba')).toBe('active');
  });

  test('invariant 3: a voter who has left the company does not count, and nobody else is disturbed', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    c.users.set('U0DAN', user('U0DAN', { deactivated: true }));
    await c.release();
    expect((await c.w.state('R1')).status).toBe('pending');
    expect(await c.approve('eve', 'dba')).toBe('active');
  });

  test('a requester who has left the company gets nothing', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    c.users.set('U0ANA', user('U0ANA', { deactivated: true }));
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({
      outcome: 'denied',
      reason: { code: 'requester', problem: 'deactivated' },
    });
  });
});

describe('an approver who left', () => {
  test('cannot vote, and does not break the request', async () => {
    const c = company();
    await c.ask();
    await c.approve('bob', 'manager');
    c.users.set('U0DAN', user('U0DAN', { deactivated: true }));
    expect(await c.approve('dan', 'dba')).toEqual({ code: 'deactivated' });
    expect(await c.approve('eve', 'dba')).toBe('active');
  });

  test('and whom Slack does not know at all any more does not break it either', async () => {
    const c = company();
    c.users.delete('U0DAN');
    expect(await c.ask()).toBe('pending');
    await c.approve('bob', 'manager');
    expect(await c.approve('dan', 'dba')).toEqual({ code: 'unknown-person' });
    expect(await c.approve('eve', 'dba')).toBe('active');
  });

  test('a manager who left leaves the request to wait and to lapse; it takes no other way', async () => {
    const c = company();
    c.users.set('U0BOB', user('U0BOB', { deactivated: true }));
    await c.ask();
    expect(await c.approve('bob', 'manager')).toEqual({ code: 'deactivated' });
    expect(await c.approve('eve', 'dba')).toEqual({ code: 'stage-not-open', stage: 'dba', open: 'manager' });
    await c.pass(8 * 60 * MINUTE);
    expect(await c.w.state('R1')).toMatchObject({ status: 'closed', outcome: 'lapsed' });
  });
});

describe('a group that has become too small', () => {
  test('is refused at once, with the numbers', async () => {
    const c = company('manager, 2 of dba');
    c.users.set('U0EVE', user('U0EVE', { deactivated: true }));
    expect(await c.ask()).toEqual({
      code: 'unfillable',
      stage: 'dba',
      needed: 2,
      available: 1,
      request: 'R1',
    });
  });

  test('the requester does not count as one of it', async () => {
    const c = company('2 of dba');
    expect(await c.ask('dan')).toMatchObject({ code: 'unfillable', stage: 'dba', needed: 2, available: 1 });
  });

  test('invariant 3: a vote that would leave too few for the rest is refused, naming the stage', async () => {
    const c = company('dba, 2 of owners');
    c.w.entitlement.owners = ['security', 'dba'];
    c.groups['S0DBA'] = ['U0DAN', 'U0EVE'];
    await c.ask();
    c.more.settings.groups['security'] = { members: ['eve@corp.example'] };
    expect(await c.approve('dan', 'dba')).toEqual({ code: 'would-strand', stage: 'owners' });
  });

  test('while votes are on their way: closed when it takes effect, with the numbers', async () => {
    const c = company('2 of dba');
    await c.ask();
    c.hold();
    await c.approve('dan', 'dba');
    await c.approve('eve', 'dba');
    c.groups['S0DBA'] = ['U0DAN'];
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({
      outcome: 'denied',
      reason: { code: 'unfillable', stage: 'dba', needed: 2, available: 1 },
    });
    expect(c.w.aws.provisions).toBe(0);
  });
});

describe('an e-mail address that changed hands', () => {
  /** From now on the account U0NEW has that person's address, and the person another. */
  function passOn(c: ReturnType<typeof company>, name: string) {
    const id = `U0${name.toUpperCase()}`;
    c.users.set(id, user(id, { email: `${name}.old@corp.example` }));
    c.users.set('U0NEW', user('U0NEW', { email: `${name}@corp.example` }));
  }

  test('invariant 8: its new holder has no say in the old one’s request', async () => {
    const c = company();
    await c.ask();
    passOn(c, 'ana');
    expect(await c.calls.cancel(actor('new'), 'R1', c.w.seen())).toEqual({
      refusal: { code: 'identity-changed' },
    });
    expect((await c.w.state('R1')).status).toBe('pending');
  });

  test('invariant 16: the account that asked can take it back, whatever its address is by now', async () => {
    const c = company();
    await c.ask();
    passOn(c, 'ana');
    await c.pass(MINUTE);
    expect(await c.calls.cancel(actor('ana'), 'R1', c.w.seen())).toMatchObject({
      ok: {
        status: 'closed',
        outcome: 'cancelled',
        by: { email: 'ana@corp.example', account: slackAccount('U0ANA') },
      },
    });
  });

  test('invariant 3: the requester cannot approve under another address, nor whoever has theirs now', async () => {
    const c = company('dba');
    await c.ask('dan');
    passOn(c, 'dan');
    c.groups['S0DBA'] = ['U0DAN', 'U0NEW', 'U0EVE'];
    await c.pass(6 * MINUTE);
    expect(await c.approve('dan', 'dba')).toEqual({ code: 'own-request' });
    expect(await c.approve('new', 'dba')).toEqual({ code: 'own-request' });
    expect(c.w.aws.provisions).toBe(0);
  });

  test('invariant 3: its new holder does not inherit a place in a user group', async () => {
    const c = company();
    await c.ask();
    await c.approve('bob', 'manager');
    passOn(c, 'dan');
    expect(await c.approve('new', 'dba')).toEqual({ code: 'unknown-request' });
    expect((await c.w.state('R1')).votes).toHaveLength(1);
  });

  test('invariant 3: a vote given under it does not count when it takes effect', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    passOn(c, 'dan');
    await c.release();
    expect((await c.w.state('R1')).votes).toMatchObject([{ stage: 'manager' }]);
    expect(c.w.aws.provisions).toBe(0);
  });

  test('invariant 3: who has voted under it cannot vote again under the new one, nor its new holder', async () => {
    const c = company('2 of dba');
    await c.ask();
    await c.approve('dan', 'dba');
    passOn(c, 'dan');
    c.groups['S0DBA'] = ['U0DAN', 'U0NEW', 'U0EVE'];
    await c.pass(6 * MINUTE);
    expect(await c.approve('dan', 'dba')).toEqual({ code: 'identity-changed' });
    expect(await c.approve('new', 'dba')).toEqual({ code: 'identity-changed' });
    expect((await c.w.state('R1')).votes).toHaveLength(1);
  });

  test('a requester whose address changed hands before it takes effect gets nothing', async () => {
    const c = company();
    await c.ask();
    c.hold();
    await c.approve('bob', 'manager');
    await c.approve('dan', 'dba');
    passOn(c, 'ana');
    await c.release();
    expect(await c.w.state('R1')).toMatchObject({
      outcome: 'denied',
      reason: { code: 'requester', problem: 'identity-changed' },
    });
    expect(c.w.aws.provisions).toBe(0);
  });
});

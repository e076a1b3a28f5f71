import { personLedger } from '../../src/domain/record/ledger.js';
import { NEWS_CLAIM } from '../../src/domain/record/ledger-head.js';
import type { Delegation } from '../../src/domain/delegation.js';
import { exported, type Row } from '../../src/cli/audit/export.js';
import { verify } from '../../src/cli/audit/verify.js';
import { NotifyFault, type Notifier } from '../../src/ports/messages.js';
import { engine } from '../../src/workflow/engine/loop.js';
import { redrawWaiting } from '../../src/workflow/jobs/redraw.js';
import { homeKeeper } from '../../src/workflow/home/keeper.js';
import { viewOf } from '../../src/workflow/engine/message.js';
import { actor, awayWorld, DAY, nameOf, person } from '../support/delegation.js';
import { HOUR } from '../support/world.js';

const ledgerOf = (name: string) => personLedger(person(name).account);

describe('going away is refused', () => {
  test('where no stage of theirs lets anybody stand in: bob is a manager, and eve is nobody’s', async () => {
    const w = awayWorld();
    w.config.people['ana@corp.example'] = { manager: 'bob@corp.example' };
    expect(await w.away('bob', 'val')).toBe('no-delegates');
    expect(await w.away('eve', 'val')).toBe('no-delegates');
    expect(await w.front.mayBeAway(actor('eve'))).toEqual({ refusal: { code: 'no-delegates' } });
    delete w.config.stages[1]!.delegates;
    expect(await w.away('sam', 'val')).toBe('no-delegates');
  });

  test.each([
    ['an end in the past', -1, 'delegation-past'],
    ['an end now', 0, 'delegation-past'],
    ['no end', NaN, 'delegation-past'],
    ['an end beyond thirty days', 30 * DAY + 1, 'delegation-too-long'],
  ])('with %s', async (_, ahead, code) => {
    const w = awayWorld();
    expect(await w.away('sam', 'val', w.now() + ahead)).toBe(code);
    expect(await w.store.ledger(ledgerOf('sam'))).toBeUndefined();
    expect(await w.away('sam', 'val', w.now() + 30 * DAY)).toBe('ok');
  });

  test.each(['deactivated', 'guest', 'other-workspace', 'bot', 'unknown-person'] as const)(
    'to somebody who is %s',
    async (code) => {
      const w = awayWorld();
      w.people.refused['val'] = code;
      const answer = await w.front.away(actor('sam'), { to: 'U-val', until: w.now() + DAY }, w.seen());
      expect(answer).toEqual({ refusal: { code: 'delegate-unfit', why: code } });
    },
  );

  test('to oneself, to whom the stage does not name, and while the group is unknown', async () => {
    const w = awayWorld();
    w.people.groups['seniors']!.push('sam');
    expect(await w.away('sam', 'sam')).toBe('delegate-oneself');
    expect(await w.away('sam', 'eve')).toBe('not-a-delegate');
    w.people.lost = [{ name: 'seniors', why: 'Slack does not say', lasting: false }];
    expect(await w.away('sam', 'val')).toBe('group-unknown');
    w.people.lost = [{ name: 'security', why: 'Slack does not say', lasting: false }];
    expect(await w.away('sam', 'val')).toBe('group-unknown');
    expect(await w.front.mayBeAway(actor('sam'))).toMatchObject({ refusal: { code: 'group-unknown' } });
  });

  test('to somebody who is away themselves, and in a circle', async () => {
    const w = awayWorld();
    expect(await w.away('kim', 'val')).toBe('ok');
    expect(await w.away('sam', 'kim')).toBe('delegate-away');
    w.people.groups['seniors']!.push('lee');
    w.people.groups['security']!.push('val');
    w.people.stages['security']!.push('val');
    expect(await w.away('val', 'kim')).toBe('delegate-circle');
    w.pass(DAY);
    expect(await w.away('sam', 'kim')).toBe('ok');
  });

  test('when it has been changed more often than could be told', async () => {
    const w = awayWorld();
    let answer = 'ok';
    let n = 0;
    for (; answer === 'ok' && n < 40; n++) answer = await w.away('sam', n % 2 === 0 ? 'val' : 'wes');
    expect([answer, n]).toEqual(['delegation-untold', 12]);
    expect(await w.back('sam')).toBe('ok');
    w.pass(1);
    await w.runJobs();
    expect(await w.away('sam', 'val')).toBe('ok');
  });
});

describe('a delegation', () => {
  test('is recorded once, sealed, and known to whoever asks', async () => {
    const w = awayWorld();
    const seen = w.seen();
    const wish = { to: 'U-val', until: w.now() + DAY };
    const made = await w.front.away(actor('sam'), wish, seen);
    const delegation = { from: person('sam'), to: person('val'), since: w.now(), until: w.now() + DAY };
    expect(made).toEqual({ ok: delegation });
    expect(await w.front.away(actor('sam'), wish, seen)).toEqual({ refusal: { code: 'replayed' } });
    expect(await w.front.mayBeAway(actor('sam'))).toEqual({ ok: { stages: ['security'], now: delegation } });
    const records = await w.store.ledgerRecords(ledgerOf('sam'));
    expect(records.map(({ event }) => event)).toEqual([
      { type: 'DelegationStarted', at: w.now(), by: person('sam'), delegation },
    ]);
    expect((await verify(w.store)).findings).toEqual([]);
    expect((await w.home('sam')).delegations).toEqual({ mine: delegation, forMe: [] });
    expect((await w.home('val')).delegations).toEqual({ forMe: [delegation] });
  });

  test('is one at a time: another takes its place in the same write', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await w.away('sam', 'wes');
    const records = await w.store.ledgerRecords(ledgerOf('sam'));
    expect(records.map(({ event }) => event.type)).toEqual([
      'DelegationStarted',
      'DelegationEnded',
      'DelegationStarted',
    ]);
    expect((await w.store.ledger(ledgerOf('sam')))!.version).toBe(2);
    expect((await w.home('val')).delegations.forMe).toEqual([]);
    expect((await w.home('wes')).delegations.forMe).toHaveLength(1);
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('is shown, to be ended, to whoever may audit, and to nobody else', async () => {
    const w = awayWorld();
    const shown = async (who: string) => {
      const answer = await w.front.othersAway(actor(who));
      return 'ok' in answer ? answer.ok.map(({ from, to }) => `${nameOf(to)} for ${nameOf(from)}`) : answer;
    };
    await w.away('sam', 'val', w.now() + 2 * DAY);
    await w.away('lee', 'wes');
    for (const who of ['ana', 'val', 'wes', 'lee']) expect(await shown(who)).toEqual([]);
    w.policy.mayRevoke.add('eve@corp.example').add('lee@corp.example');
    expect(await shown('eve')).toEqual(['wes for lee', 'val for sam']);
    expect(await shown('lee')).toEqual(['val for sam']);
    w.pass(DAY);
    expect(await shown('eve')).toEqual(['val for sam']);
    w.people.refused['eve'] = 'deactivated';
    expect(await shown('eve')).toEqual({ refusal: { code: 'deactivated' } });
  });

  test('is ended by who is away, by whoever may audit, and by nobody else', async () => {
    const w = awayWorld();
    expect(await w.back('sam')).toBe('not-away');
    await w.away('sam', 'val');
    expect(await w.back('val', 'sam')).toBe('denied-by-policy');
    expect(await w.back('val', 'kim')).toBe('denied-by-policy');
    w.policy.mayRevoke.add('eve@corp.example');
    expect(await w.back('eve', 'sam')).toBe('ok');
    expect(await w.back('eve', 'sam')).toBe('not-away');
    const [, ended] = await w.store.ledgerRecords(ledgerOf('sam'));
    expect(ended!.event).toEqual({
      type: 'DelegationEnded',
      at: w.now(),
      by: person('eve'),
      policies: ['r'],
    });
    await w.away('sam', 'val');
    expect(await w.back('sam')).toBe('ok');
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('invariant 10: is told, with the stages, also when the process dies between record and telling', async () => {
    const w = awayWorld();
    w.config.stages[1]!.channel = 'C0SECURITY';
    await w.away('sam', 'val');
    expect(w.slack.delegations).toEqual([]);
    // One that dies while it tells: it has claimed, and said nothing that anybody knows of.
    void w.process({ ...w.notifier, tellDelegation: () => new Promise(() => undefined) })();
    await new Promise((resolve) => setImmediate(resolve));
    await w.runJobs();
    expect(w.slack.delegations).toEqual([]);
    w.slack.fails.push(new NotifyFault('timeout', false));
    w.pass(NEWS_CLAIM);
    await w.runJobs();
    expect(w.slack.delegations).toEqual([]);
    w.pass(HOUR);
    await w.runJobs();
    expect(w.slack.delegations).toMatchObject([
      {
        what: 'started',
        retry: true,
        id: `${ledgerOf('sam')}.1`,
        delegation: { to: person('val') },
        stages: [{ name: 'security', channel: 'C0SECURITY' }],
      },
    ]);
    w.pass(HOUR);
    await w.runJobs();
    expect(w.slack.delegations).toHaveLength(1);
  });

  test('that a place refuses for good is told no further', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    w.slack.fails.push(new NotifyFault('channel_not_found', true));
    await w.runJobs();
    expect((await w.store.ledger(ledgerOf('sam')))!.outbox).toBeUndefined();
  });

  test('ends by itself, not a moment early, and that is told', async () => {
    const w = awayWorld();
    await w.away('sam', 'val', w.now() + DAY);
    await w.runJobs();
    w.pass(DAY - 1);
    await w.runJobs();
    expect((await w.store.ledgerRecords(ledgerOf('sam'))).length).toBe(1);
    expect((await w.home('val')).delegations.forMe).toHaveLength(1);
    w.pass(1);
    expect((await w.home('val')).delegations.forMe).toEqual([]);
    expect(await w.back('sam')).toBe('not-away');
    await w.runJobs();
    await w.runJobs();
    const [, ended] = await w.store.ledgerRecords(ledgerOf('sam'));
    expect(ended!.event).toEqual({ type: 'DelegationEnded', at: w.now(), by: 'jit' });
    expect(w.slack.delegations.map(({ what, by }) => [what, by])).toEqual([
      ['started', undefined],
      ['ended', undefined],
    ]);
    const head = await w.store.ledger(ledgerOf('sam'));
    expect([head!.delegation, head!.dueAt, head!.outbox]).toEqual([undefined, undefined, undefined]);
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('that goes on with another end is told as that alone; with another delegate, both', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await w.runJobs();
    await w.away('sam', 'val', w.now() + 2 * DAY);
    await w.away('sam', 'wes');
    await w.runJobs();
    const told = w.slack.delegations.map(({ what, delegation }) => `${what} ${nameOf(delegation.to)}`);
    expect(told).toEqual(['started val', 'started val', 'ended val', 'started wes']);
  });

  test('is seen on both App Homes that were opened, as soon as it is told', async () => {
    const w = awayWorld();
    const drawn: string[] = [];
    const keeper = homeKeeper(w.deps, {
      screen: { draw: async ({ id }) => void drawn.push(id) },
      pause: async (ms) => w.pass(ms),
    });
    await w.front.openHome(actor('val'));
    await w.away('sam', 'val');
    w.pass(HOUR);
    await w.process(w.notifier, { concerns: keeper.concerns })();
    await keeper.settled();
    expect(drawn).toEqual(['U-val']);
    await w.front.openHome(actor('sam'));
    w.pass(HOUR);
    await w.back('sam');
    await w.process(w.notifier, { concerns: keeper.concerns })();
    await keeper.settled();
    expect(drawn.slice(1).toSorted()).toEqual(['U-sam', 'U-val']);
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('two processes at once tell it once', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await Promise.all([w.process()(), w.process()(), w.process()()]);
    expect(w.slack.delegations).toHaveLength(1);
  });

  test('invariant 16: one ledger that cannot be read keeps nobody else from being told, or stood in for', async () => {
    const w = awayWorld();
    await w.away('kim', 'val');
    await w.away('sam', 'wes');
    const broken = ledgerOf('kim');
    const { ledger } = w.store;
    w.store.ledger = (async (name: string) => {
      if (name === broken) throw new Error('unreadable');
      return ledger(name as typeof broken);
    }) as typeof ledger;
    await w.runJobs();
    expect(w.slack.delegations.map(({ delegation }) => nameOf(delegation.to))).toEqual(['wes']);
    const id = await w.ask();
    expect(await w.press('wes', id)).toBe('ok');
    expect((await w.home('kim')).delegations.forMe).toEqual([]);
  });
});

describe('invariant 17: who stands in', () => {
  test('fills the seat of who is away, and it is on record for whom', async () => {
    const w = awayWorld();
    const id = await w.ask();
    expect(await w.press('val', id)).toBe('unknown-request');
    await w.away('sam', 'val');
    expect(await w.home('val')).toMatchObject({ waiting: [{ id }], delegated: { [id]: person('sam') } });
    expect(await w.press('val', id)).toBe('ok');
    expect(await w.votes(id)).toEqual(['val for sam']);
    expect((await w.home('val')).waiting).toEqual([]);
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('counts once with who is away, whoever of the two comes first', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    expect(await w.press('val', id)).toBe('ok');
    expect(await w.press('sam', id)).toBe('seat-taken');
    expect(await w.press('val', id)).toBe('already-voted');
    const other = await w.ask();
    expect(await w.press('sam', other)).toBe('ok');
    expect(await w.press('val', other)).toBe('seat-taken');
    expect((await w.home('val')).waiting).toEqual([]);
  });

  test('does not come into another seat by a second delegation', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await w.away('lee', 'val');
    const id = await w.ask();
    expect(await w.press('val', id)).toBe('ok');
    expect(await w.press('val', id)).toBe('already-voted');
    await w.back('sam');
    await w.away('sam', 'wes');
    expect(await w.press('wes', id)).toBe('seat-taken');
  });

  test('fills the seat that is free where they stand in for several', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await w.away('lee', 'val');
    const id = await w.ask();
    expect(await w.press('sam', id)).toBe('ok');
    expect(await w.press('val', id)).toBe('ok');
    expect(await w.votes(id)).toEqual(['sam', 'val for lee']);
  });

  test('never passes it on', async () => {
    const w = awayWorld('security');
    w.people.groups['seniors']!.push('lee');
    await w.away('sam', 'kim');
    w.leave('security', 'kim');
    // kim is away as well by now, and wes stands in for kim: not for sam.
    w.people.groups['security']!.push('kim');
    await w.away('kim', 'wes');
    const id = await w.ask();
    expect(await w.press('wes', id)).toBe('unknown-request');
    expect(await w.press('kim', id)).toBe('ok');
    expect(await w.votes(id)).toEqual(['kim for sam']);
  });

  test('decides on no request of their own, nor on one of who is away', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const own = await w.ask('val');
    expect(await w.press('val', own)).toBe('own-request');
    const theirs = await w.ask('sam');
    expect(await w.press('val', theirs)).toBe('delegators-request');
    expect((await w.home('val')).waiting).toEqual([]);
  });

  test('who has a seat of their own fills that', async () => {
    const w = awayWorld();
    await w.away('sam', 'kim');
    const id = await w.ask();
    expect(await w.press('kim', id)).toBe('ok');
    expect(await w.votes(id)).toEqual(['kim']);
    expect(await w.press('sam', id)).toBe('ok');
  });

  test('may deny, ask and give less, as whoever may approve', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    const button = { id, stage: 'security', revision: 0 };
    expect(await w.front.question(actor('val'), button, 'why?', w.seen())).toHaveProperty('ok');
    expect(await w.front.mayDeny(actor('val'), button, w.seen())).toHaveProperty('ok');
    expect(await w.front.shorten(actor('val'), button, '15m', w.seen())).toHaveProperty('ok');
    expect(await w.votes(id)).toEqual(['val for sam']);
    expect(await w.front.status(actor('val'), id)).toHaveProperty('ok');
    expect(await w.front.deny(actor('val'), button, 'no', w.seen())).toHaveProperty('ok');
    expect(await w.state(id)).toMatchObject({ by: person('val'), delegatedBy: person('sam') });
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('gets no more than who is away: Cedar must permit both', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    w.policy.forbidsVote.add('val@corp.example');
    expect(await w.press('val', id)).toBe('denied-by-policy');
    expect((await w.home('val')).waiting).toEqual([]);
  });

  test('must be one of the stage’s delegates, and not only to begin with', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    w.people.lost = [{ name: 'seniors', why: 'Slack does not say', lasting: false }];
    expect(await w.press('val', id)).toBe('group-unknown');
    w.people.lost = [];
    w.people.groups['seniors'] = ['wes'];
    expect(await w.press('val', id)).toBe('unknown-request');
    w.people.groups['seniors'] = ['val'];
    delete w.config.stages[1]!.delegates;
    expect(await w.press('val', id)).toBe('unknown-request');
  });

  test('is told with the card: for whom, unless that seat is used', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    await w.away('lee', 'wes');
    const id = await w.ask();
    const deps = { ...w.deps, provisioners: {}, notifier: w.notifier };
    const standIns = async () => (await viewOf(deps, (await w.store.head(id))!)).standIns;
    const { email, account } = person('val');
    const forSam = { candidate: { email, account }, for: person('sam') };
    expect(await standIns()).toMatchObject({ security: [forSam, { for: person('lee') }] });
    await w.press('lee', id);
    expect(await standIns()).toEqual({ security: [forSam] });
    w.people.refused['val'] = 'deactivated';
    expect(await standIns()).toEqual({});
  });
});

describe('invariant 12: a denial for somebody who is away', () => {
  const denied = async (by: string) => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    await w.front.deny(actor(by), { id, stage: 'security', revision: 0 }, 'no', w.seen());
    return { w, id };
  };

  test('is compared with their ledger: without the delegation it is named', async () => {
    const { w, id } = await denied('val');
    const { findings } = await verify({ ...w.store, ledgerRecords: async () => [] }, id);
    expect(findings.map(({ code, what }) => `${code}: ${what}`)).toEqual([
      'unlawful: val@corp.example voted for sam@corp.example, for whom they did not stand in then',
    ]);
  });

  test('says for whom, and that of a member for nobody', async () => {
    const why = async ({ w }: Awaited<ReturnType<typeof denied>>) => {
      for await (const line of exported(w.store, 'jsonl')) {
        const row = JSON.parse(line) as Row;
        if (row.event === 'RequestDenied') return row.why;
      }
      return undefined;
    };
    expect(await why(await denied('val'))).toBe('security: no (standing in for sam@corp.example)');
    expect(await why(await denied('kim'))).toBe('security: no');
  });
});

describe('invariant 12: a vote for somebody who is away', () => {
  test('is compared with their ledger: without the delegation it is named', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    w.pass(HOUR);
    await w.press('val', id);
    w.pass(HOUR);
    await w.back('sam');
    expect((await verify(w.store, id)).findings).toEqual([]);
    const facts = await w.store.ledgerRecords(ledgerOf('sam'));
    const named = async (records: typeof facts) => {
      const { findings } = await verify({ ...w.store, ledgerRecords: async () => records }, id);
      return findings.map(({ code, what }) => `${code}: ${what}`);
    };
    const doubt = [
      'unlawful: val@corp.example voted for sam@corp.example, for whom they did not stand in then',
    ];
    expect(await named([])).toEqual(doubt);
    const [begun, ended] = facts;
    expect(await named([begun!])).toEqual([]);
    const at = (record: (typeof facts)[0], time: number) => ({
      ...record,
      event: { ...record.event, at: time },
    });
    expect(await named([begun!, at(ended!, w.now() - 2 * HOUR)])).toEqual(doubt);
    const { delegation } = begun!.event as unknown as { delegation: Delegation };
    const other = (change: Partial<Delegation>) =>
      ({ ...begun!, event: { ...begun!.event, delegation: { ...delegation, ...change } } }) as typeof begun &
        object;
    expect(await named([other({ to: person('wes') })])).toEqual(doubt);
    expect(await named([other({ from: person('lee') })])).toEqual(doubt);
    expect(await named([other({ since: w.now() })])).toEqual(doubt);
  });

  test('is exported with whose seat it filled, and the delegation with who stood in', async () => {
    const w = awayWorld();
    await w.away('sam', 'val');
    const id = await w.ask();
    await w.press('val', id);
    await w.back('sam');
    const lines: Row[] = [];
    for await (const line of exported(w.store, 'jsonl')) lines.push(JSON.parse(line) as Row);
    const why = (event: string) => lines.filter((row) => row.event === event).map((row) => row.why);
    expect(why('Voted')).toEqual(['for security, standing in for sam@corp.example']);
    expect(why('DelegationStarted')).toEqual(['val@corp.example stands in until 2026-11-21T10:00:00.000Z']);
    expect(why('DelegationEnded')).toEqual(['Nobody stands in any more']);
  });
});

describe('invariant 17: a vote for somebody who is away, when it takes effect', () => {
  const voted = async () => {
    const w = awayWorld('security');
    await w.away('sam', 'val');
    const id = await w.ask();
    expect(await w.press('val', id)).toBe('ok');
    return { w, id };
  };

  test('stands, though the delegation has ended since', async () => {
    const { w, id } = await voted();
    await w.back('sam');
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test.each<[string, (w: ReturnType<typeof awayWorld>) => void]>([
    ['who is away has left the stage', (w) => w.leave('security', 'sam')],
    ['who is away has left', (w) => void (w.people.refused['sam'] = 'deactivated')],
    ['the delegate has left', (w) => void (w.people.refused['val'] = 'deactivated')],
    ['the delegate is a delegate no more', (w) => void (w.people.groups['seniors'] = ['wes'])],
    ['the stage knows no delegates any more', (w) => void delete w.config.stages[1]!.delegates],
    ['Cedar denies the delegate', (w) => void w.policy.forbidsVote.add('val@corp.example')],
  ])('is void where %s', async (_, change) => {
    const { w, id } = await voted();
    change(w);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'pending', votes: [] });
    expect((await w.history(id)).slice(-1)).toEqual(['VotesVoided']);
    expect((await verify(w.store)).findings).toEqual([]);
  });

  test('waits while it is not known whether the delegate is still one', async () => {
    const { w, id } = await voted();
    w.people.lost = [{ name: 'seniors', why: 'Slack does not say', lasting: false }];
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'pending', votes: [{ stage: 'security' }] });
    w.people.lost = [];
    w.pass(HOUR);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
  });
});

test('who stands in is reminded beside those for whom they do, until one of the two has voted', async () => {
  const w = awayWorld();
  for (const name of ['sam', 'kim', 'lee', 'val']) w.people.known[name] = `U-${name}`;
  w.config.stages.find(({ name }) => name === 'security')!.remind = 15 * 60_000;
  await w.away('sam', 'val');
  const id = await w.ask();
  const reminded = async () => {
    w.slack.reminded.length = 0;
    w.pass(61 * 60_000);
    await w.settle();
    return w.slack.reminded.map(({ to }) => to.split(' ').sort().join(' '));
  };
  expect(await reminded()).toEqual(['kim lee sam val']);
  expect(await w.press('val', id)).toBe('ok');
  expect(await reminded()).toEqual(['kim lee']);
});

test('invariant 15: what waits is drawn again for who begins to stand in, and once they no longer do', async () => {
  const w = awayWorld();
  const id = await w.ask();
  const drawn = async () => {
    w.slack.cards.length = 0;
    await w.runJobs();
    await w.settle();
    return w.slack.cards.length;
  };
  await drawn();
  expect(await drawn()).toBe(0);
  await w.away('sam', 'val');
  expect(await drawn()).toBe(1);
  await w.back('sam');
  expect(await drawn()).toBe(1);
  expect(await drawn()).toBe(0);
  expect((await w.state(id)).status).toBe('pending');
});

test('invariant 15: a card whose stage has left directory.yml is drawn again without anybody’s press, once', async () => {
  const w = awayWorld();
  await w.ask();
  await w.settle();
  const drawn = async () => {
    w.slack.cards.length = 0;
    w.pass(61_000);
    await w.runJobs();
    await w.settle();
    return w.slack.cards.length;
  };
  expect(await drawn()).toBe(0);
  w.config.stages = w.config.stages.filter(({ name }) => name !== 'security');
  expect(await drawn()).toBe(1);
  expect(await drawn()).toBe(0);
});

test('invariant 5: what comes to be owed while cards are being drawn is drawn after them', async () => {
  const w = awayWorld();
  let during = false;
  const { settle } = w;
  await w.ask();
  await settle();
  const cards: Notifier['cards'] = async (...about) => {
    if (!during) {
      during = true;
      await redrawWaiting(w.deps, () => true);
    }
    return w.notifier.cards(...about);
  };
  const other = engine({ ...w.deps, provisioners: {}, notifier: { ...w.notifier, cards } });
  await redrawWaiting(w.deps, () => true);
  w.slack.cards.length = 0;
  await other.sweep();
  expect(during).toBe(true);
  expect(w.slack.cards).toHaveLength(2);
});

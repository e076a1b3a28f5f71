import { apply } from '../../src/domain/request/head.js';
import { NotifyFault } from '../../src/ports/messages.js';
import { recordForEngine } from '../../src/workflow/record-command.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

describe('what the engine promises', () => {
  test('invariant 2: approved in HEAD without a grant on record, nothing is provisioned', async () => {
    const w = world();
    const id = await w.ask();
    const head = (await w.store.head(id))!;
    // What a forger who owns the front could write: the event and HEAD, but neither grant nor lease.
    const lease = { startsAt: w.now(), endsAt: w.now() + 100 * HOUR };
    const forged = apply(head, [
      { type: 'RequestApproved', at: w.now(), by: 'jit', lease, ruling: head.state.ruling },
    ]);
    expect(await w.store.write(forged)).toBe('written');
    await w.settle();
    expect(w.aws.provisions).toBe(0);
    expect(w.log).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('nothing is provisioned') }),
    );
  });

  test('invariant 2: the grant and its lease are on record before AWS is called', async () => {
    const w = world();
    w.policy.chain = 'auto';
    let recorded: unknown;
    w.aws.during = async () => {
      recorded = await w.store.grant('R1');
    };
    await w.ask();
    expect(recorded).toMatchObject({ requestId: 'R1', lease: { endsAt: w.now() + HOUR } });
  });

  test('invariant 3: a voter who has lost the authority does not count when it takes effect', async () => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    w.people.stages['security'] = ['kim', 'lee'];
    await w.vote('kim', id, 'security');
    expect(await w.state(id)).toMatchObject({
      status: 'pending',
      votes: [{ stage: 'manager' }, { by: { email: 'kim@corp.example' } }],
    });
    expect(w.aws.provisions).toBe(0);
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
  });

  test.each(['deactivated', 'guest', 'other-workspace'] as const)(
    'invariant 3: the vote of somebody who is %s by then does not count',
    async (code) => {
      const w = world();
      const id = await w.ask();
      await w.vote('bob', id, 'manager');
      await w.vote('sam', id, 'security');
      w.people.refused['sam'] = code;
      await w.vote('kim', id, 'security');
      expect((await w.state(id)).status).toBe('pending');
      expect(await w.history(id)).toContain('VotesVoided');
    },
  );

  test('invariant 3: an e-mail that changed hands voids the vote given under it', async () => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    w.people.emails['sam'] = 'samuel@corp.example';
    await w.vote('kim', id, 'security');
    expect((await w.state(id)).status).toBe('pending');
  });

  test('invariant 3: Cedar is asked again for every vote', async () => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    w.policy.forbidsVote.add('bob@corp.example');
    await w.vote('kim', id, 'security');
    expect((await w.state(id)).status).toBe('pending');
    expect(w.aws.provisions).toBe(0);
  });

  test('a requester who was deactivated meanwhile gets nothing', async () => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    w.people.refused['ana'] = 'deactivated';
    await w.vote('kim', id, 'security');
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'denied',
      reason: { code: 'requester', problem: 'deactivated' },
    });
  });

  test('a grant that the catalog has changed since closes with "changed"', async () => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    w.entitlement.grant.config = { roleArn: 'arn:aws:iam::111122223333:role/jit/Admin' };
    await w.vote('kim', id, 'security');
    expect(await w.state(id)).toMatchObject({ outcome: 'denied', reason: { code: 'changed' } });
    expect(w.aws.provisions).toBe(0);
  });

  test.each([
    [
      'another role beside the right hash',
      { config: { roleArn: 'arn:aws:iam::111122223333:role/jit/Admin' } },
      {},
    ],
    ['a time that was never offered', {}, { duration: 100 * HOUR }],
  ])('invariant 3: whoever rewrites HEAD while it waits, with %s, gets nothing', async (_, grant, more) => {
    const w = world();
    const id = await w.ask();
    await w.vote('bob', id, 'manager');
    await w.vote('sam', id, 'security');
    const head = (await w.store.head(id))!;
    const state = { ...head.state, ...more, grant: { ...head.state.grant, ...grant } };
    await w.store.write({ head: { ...head, version: head.version + 1, state }, records: [] });
    await w.vote('kim', id, 'security');
    expect(await w.state(id)).toMatchObject({ outcome: 'denied', reason: { code: 'changed' } });
    expect(w.aws.provisions).toBe(0);
  });

  test('invariant 5: a process that was held up while it recorded its attempt begins no call', async () => {
    const w = world();
    w.policy.chain = 'auto';
    const slow = w.makeEngine({
      store: {
        ...w.store,
        async write(change) {
          const written = await w.store.write(change);
          if (change.records.some(({ event }) => event.type === 'ProvisionAttempted')) w.pass(6_000);
          return written;
        },
      },
    });
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    await slow.advance(answer.ok.state.id);
    expect(w.aws.provisions).toBe(0);
    w.pass(MINUTE);
    await w.settle();
    expect((await w.state(answer.ok.state.id)).status).toBe('active');
  });

  test('a process that was held up before it opens a session opens it with a fresh record', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    let held = false;
    const slow = w.makeEngine({
      store: {
        ...w.store,
        async write(change) {
          const written = await w.store.write(change);
          if (!held && change.records.some(({ event }) => event.type === 'MintAttempted')) w.pass(6_000);
          held ||= change.records.some(({ event }) => event.type === 'MintAttempted');
          return written;
        },
      },
    });
    await slow.advance(id);
    await w.settle();
    expect((await w.history(id)).filter((type) => type === 'MintAttempted')).toHaveLength(2);
    expect(w.aws.mints).toBe(1);
    expect(await w.store.grant(id)).toMatchObject({ lastMintAt: w.now() });
  });

  test.each([undefined, 5_001])(
    'invariant 4: with a clock %s ms from AWS an end is not proven, though the access is taken away',
    async (skew) => {
      const w = world();
      const id = await w.approved();
      w.pass(HOUR);
      w.aws.skew = skew;
      await w.settle();
      expect((await w.state(id)).status).toBe('ending');
      expect(w.aws.live.has(id)).toBe(false);
      w.aws.skew = 0;
      w.pass(MINUTE);
      await w.settle();
      expect((await w.state(id)).status).toBe('closed');
    },
  );

  test('invariant 4: a clock that is ahead of AWS clears no Deny away', async () => {
    const w = world();
    const id = await w.approved();
    await w.front.mint(actor('ana'), id, 'V1', w.seen());
    await w.settle();
    await w.front.revoke(actor('ana'), id, 'done', w.seen());
    w.pass(MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
    w.aws.skew = 2 * HOUR;
    w.pass(2 * HOUR);
    await w.settle();
    expect(w.aws.denies.has(id)).toBe(true);
    w.aws.skew = 0;
    w.pass(MINUTE);
    await w.settle();
    expect(w.aws.denies.has(id)).toBe(false);
  });

  test('a policy that has become stricter adds its stages; votes already given count', async () => {
    const w = world();
    w.policy.chain = 'manager';
    const id = await w.ask();
    w.policy.chain = 'manager, 2 of security';
    await w.vote('bob', id, 'manager');
    expect(await w.state(id)).toMatchObject({
      status: 'pending',
      votes: [{ stage: 'manager' }],
      revision: 1,
    });
    await w.vote('sam', id, 'security');
    await w.vote('kim', id, 'security');
    expect((await w.state(id)).status).toBe('active');
  });

  test('a policy that has become laxer takes no stage away', async () => {
    const w = world();
    const id = await w.ask();
    w.policy.chain = 'auto';
    await w.vote('bob', id, 'manager');
    expect((await w.state(id)).status).toBe('pending');
  });

  test('invariant 4: while the directory does not answer nothing takes effect; then it does', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.aws.skew = undefined;
    const id = await w.ask();
    w.aws.skew = 0;
    w.people.unavailable = true;
    w.pass(10 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('pending');
    w.people.unavailable = false;
    w.pass(10 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
  });

  test.each([undefined, 5_001, -60_000])(
    'invariant 4: with a clock %s ms from AWS nothing is granted',
    async (skew) => {
      const w = world();
      w.policy.chain = 'auto';
      w.aws.skew = skew;
      const id = await w.ask();
      expect((await w.state(id)).status).toBe('pending');
      expect(w.aws.provisions).toBe(0);
    },
  );

  test('invariant 5: two engines at once provision, post and tell once', async () => {
    const w = world();
    const id = await w.ask();
    for (const [voter, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
    ] as const)
      await w.vote(voter, id, stage);
    const { revision } = await w.state(id);
    await w.front.approve(actor('kim'), { id, stage: 'security', revision }, w.seen());
    const engines = [w.makeEngine(), w.makeEngine(), w.makeEngine()];
    await Promise.all(engines.map((one) => one.advance(id)));
    expect(w.aws.provisions).toBe(1);
    expect(w.slack.told.filter((news) => news.startsWith('active'))).toHaveLength(1);
  });

  test('invariant 5: a provisioning call that lands after the end is unmade before the request closes', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.aws.fails = [new Error('the answer was lost')];
    const id = await w.ask();
    // The lost call is still on its way; meanwhile the person hands it back.
    await w.front.revoke(actor('ana'), id, '', w.seen());
    await w.settle();
    expect((await w.state(id)).status).toBe('ending');
    w.aws.live.set(id, w.now() + HOUR);
    w.pass(40_000);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'released' });
    expect(w.aws.live.has(id)).toBe(false);
  });

  test('a process that dies after claiming: another takes over when the claim has run out', async () => {
    const w = world();
    w.policy.chain = 'auto';
    const dead = w.makeEngine({
      provisioners: {
        'sts-session': {
          preflight: async () => undefined,
          provision: () => new Promise(() => undefined),
          revoke: () => new Promise(() => undefined),
          cleanUp: () => new Promise(() => undefined),
        },
      },
    });
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    const { id } = (answer as { ok: { state: { id: string } } }).ok.state;
    void dead.advance(id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await w.settle();
    expect((await w.state(id)).status).toBe('approved');
    w.pass(31_000);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
  });

  test('a permanent failure closes as failed, with the reason, after a look at AWS', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.aws.fails = [w.denied];
    const id = await w.ask();
    w.pass(40_000);
    await w.settle();
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'failed',
      reason: { code: 'aws', error: 'AccessDenied' },
    });
  });

  test('a passing failure is tried again, and never past the end', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.aws.fails = Array.from({ length: 1000 }, () => w.throttled);
    const id = await w.ask();
    for (let minute = 0; minute < 70; minute++) {
      w.pass(MINUTE);
      await w.settle();
    }
    expect(await w.state(id)).toMatchObject({ status: 'ending', cause: 'failed' });
    expect(w.aws.provisions).toBe(0);
    w.aws.fails = [];
    w.pass(5 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
  });

  test('a revocation never gives up, and says so at the level of an alarm', async () => {
    const w = world();
    const id = await w.approved();
    w.aws.fails = Array.from({ length: 20 }, () => w.denied);
    w.pass(HOUR);
    for (let round = 0; round < 12 * 24; round++) {
      await w.settle();
      w.pass(5 * MINUTE);
    }
    expect((await w.state(id)).status).toBe('closed');
    expect(w.log.filter(({ level }) => level === 'error').length).toBeGreaterThanOrEqual(8);
    expect(w.aws.live.has(id)).toBe(false);
  });

  test('invariant 1: whoever rewrites HEAD cannot prolong access: the grant ends by its own record', async () => {
    const w = world();
    const id = await w.approved();
    const head = (await w.store.head(id))!;
    if (head.state.status !== 'active') throw new Error('not active');
    const lease = { ...head.state.lease, endsAt: head.state.lease.endsAt + 100 * HOUR };
    await w.store.write({
      head: { ...head, version: head.version + 1, state: { ...head.state, lease }, dueAt: lease.endsAt },
      records: [],
    });
    w.pass(HOUR + MINUTE);
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    expect(await w.store.grant(id)).toMatchObject({ gone: { evidence: 'gone' } });
  });

  test('invariant 5: a card that was drawn while somebody wrote is drawn again', async () => {
    const w = world();
    const id = await w.ask();
    const slow = w.makeEngine({
      notifier: {
        ...w.notifier,
        async cards(view, earlier) {
          const posts = await w.notifier.cards(view, earlier);
          if (view.state.votes.length === 0) await w.front.cancel(actor('ana'), id, w.seen());
          return posts;
        },
      },
    });
    await recordForEngine(w.store, id, undefined, () => ({
      outbox: () => [{ id: 'x', effect: { type: 'cards' }, attempts: 0, notBefore: w.now() }],
    }));
    await slow.advance(id);
    expect(w.slack.cards.at(-1)?.status).toBe('closed');
  });

  test('invariant 5: a card that may have landed over a newer one, which has been settled, is drawn again', async () => {
    const w = world();
    const id = await w.ask();
    await recordForEngine(w.store, id, undefined, () => ({
      outbox: () => [{ id: 'x', effect: { type: 'cards' }, attempts: 0, notBefore: w.now() }],
    }));
    const slow = w.makeEngine({
      notifier: {
        ...w.notifier,
        async cards(view, earlier) {
          if (view.state.status !== 'pending') return w.notifier.cards(view, earlier);
          await w.front.cancel(actor('ana'), id, w.seen());
          // Another takes over, shows how it ended, and settles what was owed; only then does the old one land.
          await recordForEngine(w.store, id, undefined, () => ({
            outbox: (outbox) => outbox.filter(({ effect }) => effect.type !== 'cards'),
            posts: { manager: { place: 'C', ref: '1', shown: 'closed' } },
          }));
          w.slack.cards.push({ status: 'pending', votes: 0, retry: false });
          throw new NotifyFault('timeout', false);
        },
      },
    });
    await slow.advance(id);
    expect((await w.store.head(id))?.posts['manager']?.shown).toBe('');
    w.pass(MINUTE);
    await w.settle();
    expect(w.slack.cards.at(-1)?.status).toBe('closed');
  });
});

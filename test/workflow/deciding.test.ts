import { hurry } from '../../src/domain/request/outbox.js';
import { apply } from '../../src/domain/request/head.js';
import { examine } from '../../src/domain/record/history.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { kept } from '../support/record.js';
import { actor, HOUR, world } from '../support/world.js';

type World = ReturnType<typeof world>;
const MINUTE = 60_000;
const code = (answer: object) => ('refusal' in answer ? (answer.refusal as { code: string }).code : 'ok');
const button = (id: string, stage = 'manager', revision = 0) => ({ id, stage, revision });
const said = (answer: object) =>
  'refusal' in answer ? sentenceFor(answer.refusal as Parameters<typeof sentenceFor>[0]) : '';

/** A request that waits for bob. */
async function asked(chain = 'manager'): Promise<{ w: World; id: string }> {
  const w = world();
  w.policy.chain = chain;
  return { w, id: await w.ask() };
}

describe('approving for less', () => {
  test('offers what is shorter than what is asked for, to whoever may approve', async () => {
    const { w, id } = await asked();
    w.form.duration = '4h';
    const long = await w.ask();
    expect(await w.front.mayShorten(actor('bob'), button(long), w.seen())).toMatchObject({
      ok: { durations: [15 * MINUTE, HOUR] },
    });
    expect(await w.front.mayShorten(actor('bob'), button(id), w.seen())).toMatchObject({
      ok: { durations: [15 * MINUTE] },
    });
    expect(code(await w.front.mayShorten(actor('eve'), button(id), w.seen()))).toBe('unknown-request');
    expect(code(await w.front.mayShorten(actor('ana'), button(id), w.seen()))).toBe('own-request');
  });

  test('invariant 3: is a vote; access is given for the shorter time, and the requester hears it', async () => {
    const { w, id } = await asked();
    expect(code(await w.front.shorten(actor('bob'), button(id), '15m', w.seen()))).toBe('ok');
    await w.settle();
    const state = await w.state(id);
    expect(state).toMatchObject({ status: 'active', duration: 15 * MINUTE });
    const { lease } = state as Extract<typeof state, { status: 'active' }>;
    expect(lease.endsAt - lease.startsAt).toBe(15 * MINUTE);
    expect((await w.store.grant(id))!.lease).toEqual(lease);
    expect(await w.history(id)).toEqual(
      expect.arrayContaining(['DurationShortened', 'Voted', 'RequestApproved']),
    );
    expect(examine(id, await kept(w, id))).toEqual([]);
    w.pass(15 * MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
  });

  test('in the first of two stages the next approves the shorter time, and the requester may decline', async () => {
    const { w, id } = await asked('manager, security');
    await w.front.shorten(actor('bob'), button(id), '15m', w.seen());
    await w.settle();
    expect(w.slack.told.some((news) => news.startsWith('shortened'))).toBe(true);
    expect(await w.state(id)).toMatchObject({
      status: 'pending',
      duration: 15 * MINUTE,
      shortened: [{ from: HOUR, to: 15 * MINUTE, by: { email: 'bob@corp.example' } }],
    });
    expect(code(await w.front.cancel(actor('ana'), id, w.seen()))).toBe('ok');
    expect(await w.state(id)).toMatchObject({ outcome: 'cancelled', duration: 15 * MINUTE });
  });

  test('policy is asked about the time that would be given', async () => {
    const { w, id } = await asked();
    const asks: number[] = [];
    const { pdp } = w.deps.bundle();
    const real = pdp.approve;
    pdp.approve = (question) => (asks.push(question.request.duration), real(question));
    await w.front.shorten(actor('bob'), button(id), '15m', w.seen());
    expect(asks).toEqual([15 * MINUTE]);
  });

  test.each(['1h', '4h', '20m', '', 'a while', '-15m', '0m'])(
    '%j is refused, with what could be chosen',
    async (text) => {
      const { w, id } = await asked();
      const answer = await w.front.shorten(actor('bob'), button(id), text, w.seen());
      expect(answer).toEqual({ refusal: { code: 'not-shorter', duration: HOUR, shorter: [15 * MINUTE] } });
      expect(said(answer)).toContain('please choose 15 minutes;');
      expect(await w.state(id)).toMatchObject({ duration: HOUR, votes: [] });
    },
  );

  test('of the shortest time nothing can be taken off, and that is said before the window opens', async () => {
    const w = world();
    w.form.duration = '15m';
    const id = await w.ask();
    expect(said(await w.front.mayShorten(actor('bob'), button(id), w.seen()))).toContain(
      'nothing shorter is offered',
    );
  });

  test('invariant 6: one approves and one shortens at the same moment: one wins, the other sees the truth', async () => {
    for (let round = 0; round < 5; round++) {
      const { w, id } = await asked('security');
      const on = button(id, 'security');
      const both = await Promise.all([
        w.front.approve(actor('sam'), on, w.seen()),
        w.front.shorten(actor('kim'), on, '15m', w.seen()),
      ]);
      expect(both.map(code).toSorted()).toEqual(['ok', 'stage-not-open']);
      expect(said(both.find((one) => 'refusal' in one)!)).toBe(
        'The stage security has already been decided.',
      );
      await w.settle();
      const { votes, duration } = await w.state(id);
      expect(votes).toHaveLength(1);
      expect(duration).toBe(votes[0]!.by.email.startsWith('kim') ? 15 * MINUTE : HOUR);
    }
  });

  test('invariant 6: two who shorten at once both count where two are needed, and the least is given', async () => {
    const w = world();
    w.policy.chain = '2 of security';
    w.form.duration = '4h';
    const id = await w.ask();
    const on = button(id, 'security');
    const both = await Promise.all([
      w.front.shorten(actor('sam'), on, '1h', w.seen()),
      w.front.shorten(actor('kim'), on, '15m', w.seen()),
    ]);
    const { duration, votes } = await w.state(id);
    // Whoever came second with no less than the first is told so, and may approve it as it is.
    const refused = both.map(code).filter((one) => one !== 'ok');
    expect(['', 'not-shorter']).toContain(refused.join());
    expect(votes).toHaveLength(2 - refused.length);
    expect(duration).toBe(15 * MINUTE);
  });

  test('a time that has left the catalog meanwhile is not given', async () => {
    const { w, id } = await asked('manager, security');
    await w.front.shorten(actor('bob'), button(id), '15m', w.seen());
    w.entitlement.durations.splice(0, 1);
    await w.vote('sam', id, 'security');
    expect(await w.state(id)).toMatchObject({ outcome: 'denied', reason: { code: 'changed' } });
  });
});

describe('a question', () => {
  test('reaches the requester, whose answer stands beside it; it is no vote', async () => {
    const { w, id } = await asked();
    expect(code(await w.front.mayQuestion(actor('bob'), button(id), w.seen()))).toBe('ok');
    expect(code(await w.front.question(actor('bob'), button(id), 'Which table?', w.seen()))).toBe('ok');
    await w.settle();
    expect(w.slack.told.filter((news) => news.startsWith('question'))).toHaveLength(1);
    expect((await w.state(id)).votes).toEqual([]);
    const on = { id, question: 1 };
    expect(code(await w.front.mayAnswer(actor('bob'), on, w.seen()))).toBe('not-yours');
    expect(code(await w.front.mayAnswer(actor('ana'), on, w.seen()))).toBe('ok');
    expect(code(await w.front.answer(actor('ana'), on, 'orders', w.seen()))).toBe('ok');
    await w.settle();
    expect((await w.state(id)).questions).toMatchObject([
      { text: 'Which table?', answer: { text: 'orders' } },
    ]);
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect((await w.state(id)).status).toBe('active');
    expect(examine(id, await kept(w, id))).toEqual([]);
  });

  test('invariant 11: what is said is kept as text: well-formed, without controls, cut, and never given to policy', async () => {
    const { w, id } = await asked();
    const seen: unknown[] = [];
    const { pdp } = w.deps.bundle();
    const real = pdp.approve;
    pdp.approve = (question) => (seen.push(question), real(question));
    const text = `\u0007\ud800<!channel> ${'x'.repeat(2000)}`;
    await w.front.question(actor('bob'), button(id), text, w.seen());
    await w.front.answer(actor('ana'), { id, question: 1 }, text, w.seen());
    const [question] = (await w.state(id)).questions!;
    for (const kept of [question!.text, question!.answer!.text]) {
      expect(kept).toHaveLength(1000);
      expect(kept).toMatch(/^\ufffd<!channel> x+$/);
    }
    await w.vote('bob', id, 'manager');
    expect(seen.length).toBeGreaterThan(1);
    expect(JSON.stringify(seen)).not.toContain('channel');
  });

  test('to a request that has lapsed, and the answer to one, get a sentence, though nobody has swept yet', async () => {
    const { w, id } = await asked();
    await w.front.question(actor('bob'), button(id), 'Which table?', w.seen());
    w.pass(8 * HOUR);
    const late = [
      await w.front.mayQuestion(actor('bob'), button(id), w.seen()),
      await w.front.question(actor('bob'), button(id), 'Really?', w.seen()),
      await w.front.mayAnswer(actor('ana'), { id, question: 1 }, w.seen()),
      await w.front.answer(actor('ana'), { id, question: 1 }, 'orders', w.seen()),
    ];
    expect(late.map(said)).toEqual(
      late.map(() => 'This request is closed. It lapsed: nobody decided in time.'),
    );
  });

  test('that is out of date by a moment is not told any more', async () => {
    const { w, id } = await asked();
    await w.front.question(actor('bob'), button(id), 'Which table?', w.seen());
    await w.front.cancel(actor('ana'), id, w.seen());
    await w.settle();
    expect(w.slack.told.some((news) => news.startsWith('question'))).toBe(false);
  });

  test('invariant 14: the same signed question twice is asked once', async () => {
    const { w, id } = await asked();
    expect(code(await w.front.question(actor('bob'), button(id), 'Why?', 'once'))).toBe('ok');
    expect(code(await w.front.answer(actor('ana'), { id, question: 1 }, 'so', w.seen()))).toBe('ok');
    expect(code(await w.front.question(actor('bob'), button(id), 'Why?', 'once'))).toBe('replayed');
    expect((await w.state(id)).questions).toHaveLength(1);
  });
});

describe('a stage that directory.yml no longer has', () => {
  const acts = (w: World, id: string) => [
    w.front.approve(actor('bob'), button(id), w.seen()),
    w.front.mayDeny(actor('bob'), button(id), w.seen()),
    w.front.mayShorten(actor('bob'), button(id), w.seen()),
    w.front.mayQuestion(actor('bob'), button(id), w.seen()),
  ];

  test('is named, to anybody, whether or not there is such a request', async () => {
    const { w, id } = await asked();
    w.config.stages.splice(0, 1);
    for (const which of [id, 'R9'])
      for (const answer of await Promise.all(acts(w, which)))
        expect(answer).toEqual({ refusal: { code: 'stage-gone', stage: 'manager' } });
    expect(await w.state(id)).toMatchObject({ status: 'pending', votes: [] });
  });

  test('of a request that is decided, that is said first', async () => {
    const { w, id } = await asked();
    await w.vote('bob', id, 'manager');
    w.config.stages.splice(0, 1);
    expect(code(await w.front.approve(actor('bob'), button(id), w.seen()))).toBe('not-pending');
  });
});

describe('a late click', () => {
  /** As after an update that Slack took and never showed. */
  async function decided(chain = 'manager, security') {
    const { w, id } = await asked(chain);
    await w.vote('bob', id, 'manager');
    w.slack.cards.length = 0;
    expect((await w.store.head(id))!.posts['manager']!.shown).not.toBe('');
    return { w, id };
  }

  test.each<[string, (w: World, id: string) => Promise<object>]>([
    ['approve', (w, id) => w.front.approve(actor('bob'), button(id, 'manager', 9), w.seen())],
    [
      'ask, in a window that was open',
      (w, id) => w.front.question(actor('bob'), button(id), 'Why?', w.seen()),
    ],
    ['open the window for a denial', (w, id) => w.front.mayDeny(actor('bob'), button(id), w.seen())],
    ['open the window for less', (w, id) => w.front.mayShorten(actor('bob'), button(id), w.seen())],
    ['open the window for a question', (w, id) => w.front.mayQuestion(actor('bob'), button(id), w.seen())],
    ['open a session', (w, id) => w.front.mayMint(actor('ana'), id, w.seen())],
    ['end, where there is nothing to end', (w, id) => w.front.revoke(actor('ana'), id, '', w.seen())],
  ])(
    'on %s says how it stands, and has the cards drawn anew, whatever HEAD believes they show',
    async (_, act) => {
      const { w, id } = await decided();
      const before = (await w.store.head(id))!;
      const answer = await act(w, id);
      expect(said(answer)).not.toBe('');
      const head = (await w.store.head(id))!;
      expect(head.posts['manager']).toEqual({ ...before.posts['manager'], shown: '' });
      expect(head.outbox.map(({ effect }) => effect.type)).toEqual(['cards', 'living']);
      expect([head.state, head.tail]).toEqual([before.state, before.tail]);
      await w.settle();
      expect(w.slack.cards).toHaveLength(1);
      expect((await w.store.head(id))!.outbox).toEqual([]);
      expect(await w.history(id)).toEqual(['RequestSubmitted', 'PreflightPassed', 'Voted']);
    },
  );

  test('invariant 14: that comes again has no second effect, nor has one that was in time', async () => {
    const { w, id } = await asked('manager, security');
    expect(code(await w.front.mayDeny(actor('bob'), button(id), 'opened in time'))).toBe('ok');
    expect(code(await w.front.approve(actor('bob'), button(id), 'in time'))).toBe('ok');
    await w.vote('sam', id, 'security');
    await w.settle();
    expect(code(await w.front.approve(actor('bob'), button(id), 'late'))).toBe('not-pending');
    await w.settle();
    const before = await w.store.head(id);
    for (const seen of ['in time', 'late']) await w.front.approve(actor('bob'), button(id), seen);
    await w.front.mayDeny(actor('bob'), button(id), 'opened in time');
    expect(code(await w.front.mayDeny(actor('bob'), button(id), 'late, for a window'))).toBe('not-pending');
    expect(await w.store.head(id)).not.toEqual(before);
    await w.settle();
    const settled = await w.store.head(id);
    await w.front.mayDeny(actor('bob'), button(id), 'late, for a window');
    expect(await w.store.head(id)).toEqual(settled);
  });

  test('on Answer… for what is answered already has the requester’s message drawn anew', async () => {
    const { w, id } = await asked('2 of security');
    await w.front.question(actor('sam'), button(id, 'security'), 'Why?', w.seen());
    await w.front.answer(actor('ana'), { id, question: 1 }, 'so', w.seen());
    await w.settle();
    expect(code(await w.front.mayAnswer(actor('ana'), { id, question: 1 }, w.seen()))).toBe(
      'already-answered',
    );
    expect((await w.store.head(id))!.outbox.map(({ effect }) => effect.type)).toEqual(['cards', 'living']);
  });

  test('by somebody who has voted, on a copy that Slack still shows with buttons, has it drawn anew', async () => {
    const { w, id } = await asked('2 of security');
    await w.vote('sam', id, 'security');
    const { posts } = (await w.store.head(id))!;
    expect(Object.values(posts).map(({ shown }) => shown)).not.toContain('');
    expect(code(await w.front.approve(actor('sam'), button(id, 'security'), w.seen()))).toBe('already-voted');
    const after = Object.values((await w.store.head(id))!.posts);
    expect(after.map(({ shown }) => shown)).toEqual(Object.values(posts).map(() => ''));
  });

  test('says that the stage is decided, and not that it is not open yet', async () => {
    const { w, id } = await decided();
    expect(said(await w.front.mayDeny(actor('bob'), button(id), w.seen()))).toBe(
      'The stage manager has already been decided: the request is waiting for security now.',
    );
  });

  test('brings forward an update that was put off, and twenty of them owe no more than one', async () => {
    const { w, id } = await decided('manager');
    for (let n = 0; n < 20; n++)
      expect(code(await w.front.approve(actor('bob'), button(id), w.seen()))).toBe('not-pending');
    const head = (await w.store.head(id))!;
    const owed = head.outbox.filter(({ effect }) => effect.type === 'cards');
    expect(owed).toHaveLength(1);
    const put = apply(head, [], {
      outbox: (outbox) => outbox.map((one) => ({ ...one, notBefore: w.now() + HOUR })),
      posts: { manager: { ...head.posts['manager']!, shown: 'old' } },
    });
    await w.store.write({ ...put, records: [] });
    await w.front.approve(actor('bob'), button(id), w.seen());
    const after = (await w.store.head(id))!;
    expect(
      after.outbox.some(({ effect, notBefore }) => effect.type === 'cards' && notBefore <= w.now()),
    ).toBe(true);
    expect(hurry(after.outbox, 'cards', w.now())).toEqual(after.outbox);
  });

  test('of somebody who has nothing to do with it writes nothing and says nothing of it', async () => {
    const { w, id } = await decided();
    const before = await w.store.head(id);
    expect(code(await w.front.mayDeny(actor('eve'), button(id), w.seen()))).toBe('unknown-request');
    expect(await w.store.head(id)).toEqual(before);
  });

  test('that is none leaves the cards as they are', async () => {
    const { w, id } = await asked();
    const before = await w.store.head(id);
    for (const who of ['ana', 'sam'])
      expect(code(await w.front.mayDeny(actor(who), button(id), w.seen()))).not.toBe('ok');
    expect(await w.store.head(id)).toEqual(before);
  });

  test('is answered although the table takes no write for it', async () => {
    const { w, id } = await decided();
    const write = w.store.write;
    w.store.write = async () => {
      throw new Error('the table is away');
    };
    expect(code(await w.front.approve(actor('bob'), button(id, 'manager', 9), w.seen()))).toBe('stale-card');
    w.store.write = write;
    expect(w.log.at(-1)).toMatchObject({ level: 'warn', about: { request: id } });
  });
});

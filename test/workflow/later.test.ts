import { examine } from '../../src/domain/record/history.js';
import type { Instant } from '../../src/domain/entitlement.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { HOUR, MINUTE } from '../support/units.js';
import { actor, world } from '../support/world.js';

const DAY = 24 * HOUR;
/** From the asking. */
const START = 30 * HOUR;
const asSeconds = (at: Instant) => String(at / 1000);

/** A company in which ana asks for something that begins in thirty hours; policy is listened to. */
function later(startsAt?: string) {
  const w = world();
  const start = w.start + START;
  Object.assign(w.form, { startsAt: startsAt ?? asSeconds(start) });
  const asked: { at: Instant; clockAt: Instant | undefined }[] = [];
  const { pdp } = w.deps.bundle();
  const { request } = pdp;
  pdp.request = (question) => {
    asked.push({ at: question.at, clockAt: question.clockAt });
    return request(question);
  };
  const until = async (at: Instant) => {
    w.pass(at - w.now());
    await w.settle();
  };
  const news = () => w.slack.told.map((one) => one.split(' ')[0]);
  const ends = (id: string) => w.aws.live.get(id);
  const refused = async () => {
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    return 'refusal' in answer ? answer.refusal : undefined;
  };
  return { w, start, asked, until, news, ends, refused };
}

describe('a start that may not be asked for', () => {
  test.each([
    ['one that is over', asSeconds(Date.parse('2026-11-20T09:59:00Z')), { code: 'start-past' }],
    ['now', asSeconds(Date.parse('2026-11-20T10:00:00Z')), { code: 'start-past' }],
    [
      'one that is too far away',
      asSeconds(Date.parse('2026-11-23T10:00:01Z')),
      { code: 'start-too-far', within: 3 * DAY },
    ],
    ['no time', 'tomorrow', { code: 'start-unreadable' }],
    ['a time with a fraction', '1795168800.5', { code: 'start-unreadable' }],
    ['a number that is no time', '9'.repeat(40), { code: 'start-unreadable' }],
    ['a negative one', '-1795168800', { code: 'start-unreadable' }],
  ])('is refused with a sentence, and nothing is written: %s', async (_, startsAt, refusal) => {
    const { w, refused } = later(startsAt);
    expect(await refused()).toEqual(refusal);
    expect(await w.store.byRequester((await w.state(await asksNow(w))).requester, 5)).toHaveLength(1);
  });

  test('an emergency begins at once, so none is asked for with a start', async () => {
    const { w, refused } = later();
    Object.assign(w.form, { emergency: true });
    expect(await refused()).toEqual({ code: 'start-in-emergency' });
    const seen = await w.front.preview(actor('ana'), w.form);
    // What is ticked can be unticked.
    expect(seen).toMatchObject({
      ok: { foreseen: { refusal: { code: 'start-in-emergency' } }, emergency: true },
    });
  });

  test('the very last that directory.yml lets be asked for is not', async () => {
    const { w } = later();
    Object.assign(w.form, { startsAt: asSeconds(w.start + 3 * DAY) });
    expect(await w.state(await w.ask())).toMatchObject({ startsAt: w.start + 3 * DAY });
  });

  test('one at which policy forbids it is refused, and the sentence says that it is about the start', async () => {
    const { w, refused } = later();
    w.policy.denied = { policies: ['night'], advice: ['Ask for the day.'] };
    expect(await refused()).toMatchObject({ code: 'denied-by-policy', policies: ['night'], later: true });
  });
});

async function asksNow(w: ReturnType<typeof world>): Promise<string> {
  Object.assign(w.form, { startsAt: '' });
  return w.ask();
}

describe('policy is asked as of the start', () => {
  test('by the preview, by what is on offer, by the request, and an hour before', async () => {
    const { w, start, asked, until } = later();
    const startsAt = asSeconds(start);
    await w.front.preview(actor('ana'), w.form);
    await w.front.offers(actor('ana'), startsAt);
    await w.front.offer(actor('ana'), w.entitlement.id, startsAt);
    await w.front.whyNot(actor('ana'), w.entitlement.id, startsAt);
    await w.approved();
    await until(start - HOUR);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(({ at, clockAt = at }) => at !== start || clockAt !== start)).toEqual([]);
  });

  test('and at the start as of then, or of when jit comes to it', async () => {
    const { w, start, asked, until } = later();
    const id = await w.approved();
    asked.length = 0;
    await until(start + 7 * MINUTE);
    expect(asked.at(-1)?.at).toBe(start + 7 * MINUTE);
    expect(await w.state(id)).toMatchObject({ status: 'active', lease: { startsAt: start + 7 * MINUTE } });
  });

  test('a start that may not be asked for counts as now in what is on offer', async () => {
    const { w, asked } = later();
    await w.front.offers(actor('ana'), asSeconds(w.start - HOUR));
    expect(new Set(asked.map(({ at }) => at))).toEqual(new Set([w.start]));
  });

  test('so does the explanation of one that waits', async () => {
    const { w, start } = later();
    const questions: Instant[] = [];
    w.deps.bundle().explain = async ({ at }) => (questions.push(at), []);
    const id = await w.ask();
    await w.front.explain(actor('ana'), id);
    expect(questions).toEqual([start]);
  });
});

describe('what is asked for later', () => {
  test('invariant 2: has neither grant nor lease before its start, whoever has agreed', async () => {
    const { w, start, until, news, ends } = later();
    const id = await w.approved();
    await until(start - 1);
    expect([await w.state(id), await w.store.grant(id), ends(id)]).toEqual([
      expect.objectContaining({ status: 'pending', chain: expect.anything() as unknown }),
      undefined,
      undefined,
    ]);
    expect(news()).toEqual(['scheduled']);
    await until(start);
    expect(ends(id)).toBe(start + HOUR);
    expect(await w.store.grant(id)).toMatchObject({ lease: { startsAt: start, endsAt: start + HOUR } });
    expect(news()).toEqual(['scheduled', 'active']);
  });

  test('invariant 1: ends when the length that was asked for has passed since it began', async () => {
    const { w, start, until, ends } = later();
    const id = await w.approved();
    await until(start + 30 * MINUTE);
    expect(ends(id)).toBe(start + 90 * MINUTE);
    await until(start + 90 * MINUTE);
    await until(start + 91 * MINUTE);
    expect([ends(id), await w.state(id)]).toEqual([
      undefined,
      expect.objectContaining({ status: 'closed', outcome: 'expired' }),
    ]);
    const records = await w.store.records(id);
    expect(
      examine(id, { records, head: (await w.store.head(id))!, grant: (await w.store.grant(id))! }),
    ).toEqual([]);
  });

  test('invariant 3: a vote that counts no more by then does not let it begin; another one does', async () => {
    const { w, start, until, ends } = later();
    const id = await w.approved();
    await until(start - 30 * MINUTE);
    w.people.refused['kim'] = 'deactivated';
    await until(start);
    expect([ends(id), await w.history(id)]).toEqual([undefined, expect.arrayContaining(['VotesVoided'])]);
    w.pass(10 * MINUTE);
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    expect(ends(id)).toBe(start + 70 * MINUTE);
  });

  test('invariant 4: is denied at its start where policy forbids it then, and the requester is told', async () => {
    const { w, start, until, news, ends } = later();
    const id = await w.approved();
    await until(start - 30 * MINUTE);
    w.policy.denied = { policies: ['freeze'], advice: [] };
    await until(start);
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'denied' });
    expect([ends(id), news()]).toEqual([undefined, ['scheduled', 'decided']]);
  });

  test('is looked at an hour before, and the requester hears once of what would keep it from beginning', async () => {
    const { w, start, until, news } = later();
    const id = await w.ask();
    w.policy.denied = { policies: ['freeze'], advice: [] };
    await until(start - HOUR - 1);
    expect(news()).toEqual([]);
    await until(start - HOUR);
    await until(start - HOUR + MINUTE);
    expect(news()).toEqual(['doubted']);
    expect(await w.state(id)).toMatchObject({ status: 'pending', doubt: { reason: { code: 'policy' } } });
    w.policy.denied = undefined;
    for (const [who, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
      ['kim', 'security'],
    ] as const)
      expect(await w.vote(who, id, stage)).toBe('ok');
    await until(start);
    expect(await w.state(id)).toMatchObject({ status: 'active' });
  });

  test('invariant 4: the look ahead waits while it cannot be known, and says nothing that is not', async () => {
    const { w, start, until, news } = later();
    const id = await w.approved();
    w.people.unavailable = true;
    await until(start - HOUR);
    expect(await w.state(id)).not.toHaveProperty('doubt');
    w.people.unavailable = false;
    w.policy.denied = { policies: ['freeze'], advice: [] };
    await until(start - HOUR + 5 * MINUTE);
    expect(news()).toEqual(['scheduled', 'doubted']);
  });

  test('who voted and counts no more is missed an hour before, while others can still agree', async () => {
    const { w, start, until, ends } = later();
    const id = await w.approved();
    w.people.refused['kim'] = 'deactivated';
    await until(start - HOUR);
    expect((await w.state(id)).votes.map(({ by }) => by.email)).toEqual([
      'bob@corp.example',
      'sam@corp.example',
    ]);
    expect(await w.vote('lee', id, 'security')).toBe('ok');
    await until(start);
    expect(ends(id)).toBe(start + HOUR);
  });

  test('a stage that directory.yml has lost by then is told an hour before, and denied at the start', async () => {
    const { w, start, until, news, ends } = later();
    const id = await w.approved();
    w.config.stages.pop();
    w.policy.chain = 'manager';
    await until(start - HOUR);
    expect(news()).toEqual(['scheduled', 'doubted']);
    expect(await w.state(id)).toMatchObject({
      status: 'pending',
      doubt: { reason: { code: 'unfillable', stage: 'security' } },
    });
    await until(start + HOUR);
    expect([ends(id), (await w.state(id)).status]).toEqual([undefined, 'closed']);
  });

  test('does not lapse while it waits for its start, nor waits longer than an hour after it', async () => {
    const { w, start, until, ends } = later();
    const id = await w.ask();
    await until(start - 1);
    expect((await w.state(id)).status).toBe('pending');
    await until(start + HOUR - 1);
    expect((await w.state(id)).status).toBe('pending');
    await until(start + HOUR);
    expect([ends(id), await w.state(id)]).toEqual([
      undefined,
      expect.objectContaining({ outcome: 'lapsed' }),
    ]);
  });

  test('takes votes until then, and begins with the last of them', async () => {
    const { w, start, until, ends } = later();
    const id = await w.ask();
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    await until(start + 20 * MINUTE);
    for (const who of ['sam', 'kim']) expect(await w.vote(who, id, 'security')).toBe('ok');
    expect(ends(id)).toBe(start + 80 * MINUTE);
  });

  test('that nobody need approve begins at its start as well', async () => {
    const { w, start, until, ends } = later();
    w.policy.chain = 'auto';
    const id = await w.ask();
    await until(start - 1);
    expect([(await w.state(id)).status, ends(id)]).toEqual(['pending', undefined]);
    await until(start);
    expect(ends(id)).toBe(start + HOUR);
  });

  test.each([
    ['while people decide', false],
    ['when all have agreed', true],
  ])('can be cancelled until it begins, and then owes nothing: %s', async (_, isAgreed) => {
    const { w, start, until, ends } = later();
    const id = await (isAgreed ? w.approved() : w.ask());
    await until(start - 1);
    expect(await w.front.cancel(actor('ana'), id, w.seen())).toHaveProperty('ok');
    await w.settle();
    expect((await w.store.head(id))!.outbox).toEqual([]);
    await until(start + 2 * HOUR);
    expect([ends(id), await w.state(id)]).toEqual([
      undefined,
      expect.objectContaining({ outcome: 'cancelled' }),
    ]);
  });

  test('that all have agreed to is said to have not begun, to whoever wants to use or end it', async () => {
    const { w } = later();
    const id = await w.approved();
    const ended = await w.front.revoke(actor('ana'), id, '', w.seen());
    expect(ended).toEqual({ refusal: { code: 'not-active', status: 'pending', agreed: true } });
    expect(await w.front.mint(actor('ana'), id, 'V1', w.seen())).toEqual(ended);
    expect('refusal' in ended && sentenceFor(ended.refusal)).toBe(
      'There is no access to use or to end. It is approved, and has not begun yet. /jit cancel cancels it.',
    );
  });

  test('whose confirmation is hurried waits for its start all the same', async () => {
    const { w, start, until, ends } = later();
    const id = await w.approved();
    const head = (await w.store.head(id))!;
    const outbox = head.outbox.map((owed) => ({ ...owed, notBefore: w.now() }));
    await w.store.write({ head: { ...head, version: head.version + 1, outbox }, records: [] });
    await w.settle();
    expect([ends(id), (await w.state(id)).status]).toEqual([undefined, 'pending']);
    await until(start);
    expect(ends(id)).toBe(start + HOUR);
  });

  test('gives no access in the eyes of policies: it is neither live nor held', async () => {
    const { w } = later();
    await w.approved();
    const { grants } = await import('../../src/policy/inputs/grants.js');
    const { byRequester } = w.store;
    const [head] = await byRequester((await w.state('R1')).requester, 5);
    const sources = { directory: w.config, requests: async () => [head!.state], isOnCall: async () => false };
    const gathered = await grants.gather(
      { email: 'ana@corp.example', entitlements: [w.entitlement], at: w.now() },
      sources,
    );
    expect(gathered(w.entitlement)).toEqual({ liveGrants: 0, hasThis: false });
  });

  test('its people are reminded as of any other', async () => {
    const { w, until } = later();
    w.people.known['bob'] = 'U-bob';
    Object.assign(w.config.stages[0]!, { remind: 15 * MINUTE });
    await w.ask();
    await until(w.start + 15 * MINUTE);
    expect(w.slack.reminded).toEqual([expect.objectContaining({ stage: 'manager', to: 'bob', round: 1 })]);
  });
});

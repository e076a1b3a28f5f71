import type { Entitlement } from '../../src/domain/entitlement.js';
import type { Bundle, Pdp } from '../../src/ports/policy.js';
import type { Directory } from '../../src/ports/people.js';
import { front } from '../../src/workflow/front/index.js';
import { BUDGET } from '../../src/workflow/front/ask/probe.js';
import { FRESH } from '../../src/workflow/front/suggest/index.js';
import { actor, HOUR, world } from '../support/world.js';

type Question = Parameters<Pdp['request']>[0];
const MINUTE = HOUR / 60;

/** The front over a catalog of this size, with a policy in the test's hands, and everything counted that it asks. */
function over(size: number, w = world()) {
  const asked: Question[] = [];
  const lookUps = { person: 0, groups: 0, used: 0 };
  const rules = {
    permits: (() => true) as (question: Question) => boolean,
    groups: {} as Record<string, string[]>,
    /** How long a question takes. */
    takes: 0,
    hash: 'b1',
  };
  const catalog = Array.from({ length: size }, (_, n): [string, Entitlement] => {
    const id = `thing-${n}`;
    return [id, { ...w.entitlement, id, name: `Thing ${n}`, owners: [`team-${Math.floor(n / 10)}`] }];
  });
  const entitlements = new Map(catalog);
  const pdp: Pdp = {
    ...w.deps.bundle().pdp,
    request(question) {
      asked.push(question);
      w.pass(rules.takes);
      const ruling = { policies: [], advice: [], bundle: rules.hash };
      if (!rules.permits(question)) return { ...ruling, outcome: 'denied', errors: [] };
      return { ...ruling, outcome: 'auto', chain: [] };
    },
  };
  const directory: Directory = {
    ...w.deps.directory,
    person(who) {
      lookUps.person++;
      return w.deps.directory.person(who);
    },
    async groups(person) {
      lookUps.groups++;
      const { groups, unknown } = await w.deps.directory.groups(person);
      return { groups: [...groups, ...(rules.groups[person.email] ?? [])], unknown };
    },
  };
  const store: typeof w.store = {
    ...w.store,
    byRequester(email, limit) {
      lookUps.used++;
      return w.store.byRequester(email, limit);
    },
  };
  const bundle = (): Bundle => ({ ...w.deps.bundle(), hash: rules.hash, entitlements, pdp });
  const people = front({
    ...w.deps,
    bundle,
    directory,
    store,
    newId: () => `R${size}`,
    wake: () => undefined,
  });
  return {
    w,
    front: people,
    asked,
    lookUps,
    rules,
    store,
    /** Ids, or why there are none. */
    async suggest(query: string, who = 'ana', limit = 100) {
      const answer = await people.suggest(actor(who), query, limit);
      return 'refusal' in answer ? answer.refusal.code : answer.ok.map(({ id }) => id);
    },
  };
}

describe('what is suggested', () => {
  test.each(['other-workspace', 'guest', 'bot', 'deactivated', 'unknown-person', 'no-email'] as const)(
    'invariant 8: nothing to somebody who is %s, and policy is not asked',
    async (why) => {
      const { w, front, suggest, asked } = over(3);
      w.people.refused['eve'] = why;
      expect(await suggest('thing', 'eve')).toBe(why);
      const eve = actor('eve');
      expect(await front.mayAsk(eve)).toEqual({ refusal: { code: why } });
      expect(await front.offer(eve, 'thing-1')).toEqual({ refusal: { code: why } });
      expect(asked).toEqual([]);
    },
  );

  test('invariant 4: nothing, while the directory does not answer; and the next time it is asked again', async () => {
    const { w, suggest } = over(3);
    w.people.unavailable = true;
    expect(await suggest('thing')).toBe('directory-unavailable');
    w.people.unavailable = false;
    expect(await suggest('thing')).toHaveLength(3);
  });

  test('nothing that policy denies, whatever the time and with or without a ticket', async () => {
    const { suggest, rules, asked } = over(3);
    rules.permits = () => false;
    expect(await suggest('')).toEqual([]);
    expect(asked).toHaveLength(3 * 3 * 2);
    expect(asked.every(({ probe }) => probe)).toBe(true);
  });

  test.each<[string, (question: Question) => boolean]>([
    ['only with a ticket', ({ ticket }) => ticket !== undefined],
    ['only without a ticket', ({ ticket }) => ticket === undefined],
    ['only for the longest time', ({ duration }) => duration === 4 * HOUR],
  ])('what is permitted %s is there', async (_, permits) => {
    const { suggest, rules } = over(3);
    rules.permits = (question) => question.entitlement === 'thing-1' && permits(question);
    expect(await suggest('')).toEqual(['thing-1']);
  });

  test('of ten thousand the best hundred, and no more questions than that', async () => {
    const { suggest, asked } = over(10_000);
    const found = await suggest('thing 7');
    expect(found).toHaveLength(100);
    expect(found[0]).toBe('thing-7');
    expect(asked).toHaveLength(100);
    expect((await suggest('thing-777', 'ana', 3)).slice(0, 3)).toEqual([
      'thing-777',
      'thing-7770',
      'thing-7771',
    ]);
  });

  test('what was used before is first while nothing is typed, then what one’s own groups own', async () => {
    const { suggest, rules, front, w } = over(10_000);
    const form = { ...w.form, entitlement: 'thing-4711' };
    expect(await front.submit(actor('ana'), form, w.seen())).toHaveProperty('ok');
    rules.groups['ana@corp.example'] = ['team-900'];
    rules.permits = ({ entitlement }) => entitlement !== 'thing-9001';
    expect((await suggest('')).slice(0, 4)).toEqual(['thing-4711', 'thing-9000', 'thing-9002', 'thing-9003']);
  });

  test('a record that does not answer takes nothing else away', async () => {
    const { suggest, store, w } = over(3);
    store.byRequester = async () => {
      throw new Error('the table is away');
    };
    expect(await suggest('')).toHaveLength(3);
    expect(w.log.map(({ message }) => message)).toContain('suggested without what was used before');
  });

  test('invariant 14: nothing is written', async () => {
    const { suggest, store } = over(3);
    store.write = () => Promise.reject(new Error('something was written'));
    expect(await suggest('')).toHaveLength(3);
  });
});

describe('what the form lists', () => {
  /** What somebody else gets done meanwhile. */
  async function meanwhile<T>(work: Promise<T>): Promise<{ done: T; turns: number }> {
    let turns = 0;
    let over = false;
    const others = () => {
      if (over) return;
      turns++;
      setImmediate(others);
    };
    others();
    const done = await work.finally(() => (over = true));
    return { done, turns };
  }

  test('invariant 16: others have their turn while policy is asked about all of it', async () => {
    const { front, rules, asked } = over(60);
    rules.takes = 1;
    rules.permits = ({ entitlement }) => entitlement === 'thing-7';
    const { done, turns } = await meanwhile(front.offers(actor('ana')));
    expect(asked).toHaveLength(60 * 6 - 3);
    expect(done).toMatchObject({ ok: [{ entitlement: { id: 'thing-7' } }] });
    expect(turns).toBeGreaterThan(30);
  });

  test('invariant 15: where the time is over it is not known, and nothing is said to be missing', async () => {
    const { front, rules, asked } = over(100);
    rules.takes = 10;
    rules.permits = ({ entitlement }) => entitlement === 'thing-99';
    expect(await front.offers(actor('ana'))).toEqual({ ok: undefined });
    expect(asked).toHaveLength(100);
    expect(await front.mayAsk(actor('ana'))).toEqual({ ok: true });
    // What was typed is answered in any case.
    expect(await front.offer(actor('ana'), 'thing-99')).toMatchObject({
      ok: { entitlement: { id: 'thing-99' }, durations: [900_000, HOUR, 4 * HOUR] },
    });
  });
});

describe('how long it takes', () => {
  test('what there is when the time is over; the next call goes on from there', async () => {
    const { suggest, rules, asked } = over(10_000);
    rules.takes = 1;
    rules.permits = ({ entitlement }) => /^thing-(?:20|50|80)$/.test(entitlement);
    expect(await suggest('')).toEqual(['thing-20']);
    expect(asked.length).toBeLessThanOrEqual(BUDGET);
    expect(await suggest('thing')).toEqual(['thing-20', 'thing-50']);
    expect(await suggest('')).toEqual(['thing-20', 'thing-50', 'thing-80']);
    expect(asked.length).toBeLessThanOrEqual(3 * BUDGET);
  });

  test('the likeliest question about everything comes before the second about anything', async () => {
    const { suggest, rules } = over(25);
    rules.takes = 1;
    rules.permits = ({ entitlement }) => entitlement === 'thing-24';
    expect(await suggest('')).toEqual(['thing-24']);
  });

  test('whoever is asked about again within moments is not decided again', async () => {
    const { suggest, asked, lookUps } = over(50);
    for (const typed of ['t', 'th', 'thi', 'thing']) expect(await suggest(typed)).toHaveLength(50);
    expect(asked).toHaveLength(50);
    expect(lookUps).toEqual({ person: 1, groups: 1, used: 0 });
    await suggest('');
    await suggest('');
    expect(lookUps).toEqual({ person: 1, groups: 1, used: 1 });
  });

  test.each<[string, (it: ReturnType<typeof over>) => void]>([
    ['a few seconds', ({ w }) => w.pass(FRESH)],
    ['a clock that went back', ({ w }) => w.pass(-FRESH)],
    ['another bundle', ({ rules }) => (rules.hash = 'b2')],
  ])('invariant 4: after %s it is decided again', async (_, change) => {
    const it = over(3);
    expect(await it.suggest('')).toHaveLength(3);
    it.rules.permits = () => false;
    change(it);
    expect(await it.suggest('')).toEqual([]);
  });

  test('invariant 4: what holds in one minute is not taken for the next', async () => {
    const it = over(3);
    it.w.pass(MINUTE - 1000);
    it.rules.permits = ({ at }) => at % HOUR < MINUTE;
    expect(await it.suggest('')).toHaveLength(3);
    it.w.pass(1000);
    expect(await it.suggest('')).toEqual([]);
  });

  test('invariant 8: one person’s answers are not another’s, and groups count', async () => {
    const { suggest, rules } = over(3);
    rules.groups['ana@corp.example'] = ['dba'];
    rules.permits = ({ who }) => who.groups.includes('dba');
    expect(await suggest('')).toHaveLength(3);
    expect(await suggest('', 'bob')).toEqual([]);
  });

  test('invariant 8: a form that is opened or sent looks the person up, however fresh the suggestions are', async () => {
    const { w, suggest, front, lookUps } = over(3);
    await suggest('');
    w.people.refused['ana'] = 'deactivated';
    const refused = { refusal: { code: 'deactivated' } };
    expect(await front.mayAsk(actor('ana'))).toEqual(refused);
    expect(await front.offer(actor('ana'), 'thing-1')).toEqual(refused);
    const form = { ...w.form, entitlement: 'thing-1' };
    expect(await front.submit(actor('ana'), form, w.seen())).toEqual(refused);
    expect(lookUps.person).toBe(4);
  });
});

describe('one entitlement, and whether there is any', () => {
  test('one that is denied, or that there is none of, is no offer', async () => {
    const { front, rules, asked } = over(10_000);
    rules.permits = () => false;
    for (const id of ['thing-1', 'nothing', '__proto__'])
      expect(await front.offer(actor('ana'), id)).toEqual({ ok: undefined });
    expect(new Set(asked.map(({ entitlement }) => entitlement))).toEqual(new Set(['thing-1']));
  });

  test('one is offered with the durations that policy permits', async () => {
    const { front, rules } = over(10_000);
    rules.permits = ({ duration }) => duration <= HOUR;
    expect(await front.offer(actor('ana'), 'thing-4711')).toMatchObject({
      ok: { entitlement: { id: 'thing-4711' }, durations: [HOUR / 4, HOUR] },
    });
  });

  test('whether there is any takes one question where there is, and says no only when all are answered', async () => {
    const { front, rules, asked } = over(100);
    expect(await front.mayAsk(actor('ana'))).toEqual({ ok: true });
    expect(asked).toHaveLength(1);
    rules.permits = () => false;
    expect(await front.mayAsk(actor('bob'))).toEqual({ ok: false });
    rules.takes = 1;
    expect(await front.mayAsk(actor('kim'))).toEqual({ ok: true });
  });
});

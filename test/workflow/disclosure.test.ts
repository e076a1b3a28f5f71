import type { Front } from '../../src/ports/front.js';
import { front } from '../../src/workflow/front/index.js';
import { actor, world } from '../support/world.js';
import { slackAccount } from '../support/accounts.js';

const NOWHERE = '01KAG7QZ8RFV5V5J9K3X2M4N6P';
const EVE = actor('eve');
const code = (answer: object) => ('refusal' in answer ? (answer.refusal as { code: string }).code : 'ok');

/** Everything that can be done to a request by its id. */
const ACTS: Record<string, (f: Front, who: typeof EVE, id: string, seen: string) => Promise<object>> = {
  cancel: (f, who, id, seen) => f.cancel(who, id, seen),
  revoke: (f, who, id, seen) => f.revoke(who, id, 'because', seen),
  mayMint: (f, who, id, seen) => f.mayMint(who, id, seen),
  mint: (f, who, id, seen) => f.mint(who, id, 'V1', seen),
  approve: (f, who, id, seen) => f.approve(who, { id, stage: 'manager', revision: 0 }, seen),
  mayDeny: (f, who, id, seen) => f.mayDeny(who, { id, stage: 'security', revision: 0 }, seen),
  deny: (f, who, id, seen) => f.deny(who, { id, stage: 'manager', revision: 7 }, 'no', seen),
  status: (f, who, id) => f.status(who, id),
  explain: (f, who, id) => f.explain(who, id),
};

/** A world whose front notes what it asks of the others. */
function noting() {
  const w = world();
  const asked: string[] = [];
  const noted = <T extends object>(name: string, of: T): T =>
    new Proxy(of, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          asked.push(`${name}.${String(key)}`);
          return Reflect.apply(member, target, args);
        };
      },
    });
  const bundle = { ...w.deps.bundle(), pdp: noted('pdp', w.deps.bundle().pdp) };
  const people = front({
    ...w.deps,
    bundle: () => bundle,
    directory: noted('directory', w.deps.directory),
    store: noted('store', w.store),
    newId: () => 'R9',
    wake: () => asked.push('wake'),
  });
  return { w, people, asked: () => asked.splice(0).sort() };
}

describe.each(Object.entries(ACTS))(
  'invariant 15: %s, of somebody who has nothing to do with a request',
  (_, act) => {
    test.each(['waits', 'is active', 'is closed'])(
      'is the same whether it %s or does not exist, to the last question',
      async (how) => {
        const { w, people, asked } = noting();
        const id = how === 'is active' ? await w.approved() : await w.ask();
        if (how === 'is closed') await w.front.cancel(actor('ana'), id, w.seen());
        const before = await w.store.head(id);

        const real = await act(people, EVE, id, w.seen());
        const work = asked();
        const none = await act(people, EVE, NOWHERE, w.seen());

        expect(real).toEqual({ refusal: { code: 'unknown-request' } });
        expect(none).toEqual(real);
        expect(asked()).toEqual(work);
        expect(await w.store.head(id)).toEqual(before);
        expect(await w.store.head(NOWHERE)).toBeUndefined();
      },
    );
  },
);

describe('those who have to do with a request hear why', () => {
  test.each([
    ['a later stage', 'sam', 'approve', 'not-in-stage'],
    ['the manager, of somebody else’s access', 'bob', 'mint', 'not-yours'],
    ['the manager, who may not end it', 'bob', 'revoke', 'denied-by-policy'],
    ['the requester', 'ana', 'approve', 'own-request'],
    ['one who may end access, when there is none', 'sam', 'revoke', 'not-active'],
  ])('%s', async (_, who, act, expected) => {
    const w = world();
    const id = await w.ask();
    expect(code(await ACTS[act]!(w.front, actor(who), id, w.seen()))).toBe(expected);
  });

  test('who may end access, and nothing else, hears that there is none', async () => {
    const w = world();
    w.policy.mayRevoke.add('eve@corp.example');
    const pdp = w.deps.bundle().pdp;
    const { may } = pdp;
    pdp.may = (action, ask) =>
      action === 'audit' ? { ...may(action, ask), outcome: 'denied' } : may(action, ask);
    expect(code(await w.front.revoke(EVE, await w.ask(), '', w.seen()))).toBe('not-active');
  });
});

describe('a signed request that was refused', () => {
  test.each(['approve', 'deny'] as const)(
    'invariant 14: %s, by somebody who was a guest then, has no effect when it comes again',
    async (vote) => {
      const w = world();
      const id = await w.ask();
      const bob = actor('bob');
      const button = { id, stage: 'manager', revision: 0 };
      const press = () =>
        vote === 'approve'
          ? w.front.approve(bob, button, 'captured')
          : w.front.deny(bob, button, 'no', 'captured');
      w.people.refused['bob'] = 'guest';
      expect(code(await press())).toBe('guest');
      delete w.people.refused['bob'];
      const before = await w.store.head(id);
      expect(code(await press())).toBe('replayed');
      expect(await w.store.head(id)).toEqual(before);
    },
  );

  test.each(['revoke', 'mint'] as const)(
    'invariant 14: %s, when there was no access yet, has no effect when it comes again',
    async (act) => {
      const w = world();
      const id = await w.ask();
      const press = () => ACTS[act]!(w.front, actor('ana'), id, 'captured');
      expect(code(await press())).toBe('not-active');
      await w.vote('bob', id, 'manager');
      await w.vote('sam', id, 'security');
      await w.vote('kim', id, 'security');
      expect((await w.state(id)).status).toBe('active');
      expect(code(await press())).toBe('replayed');
      expect(await w.state(id)).toMatchObject({ status: 'active', mints: 0 });
      expect(w.aws.mints).toBe(0);
    },
  );

  test('invariant 14: a form makes no request when it comes again, though it would be right by now', async () => {
    const w = world();
    w.config.justification.minLength = 500;
    expect(code(await w.front.submit(actor('ana'), w.form, 'captured'))).toBe('justification-too-short');
    w.config.justification.minLength = 10;
    expect(code(await w.front.submit(actor('ana'), w.form, 'captured'))).toBe('replayed');
    expect(
      await w.store.byRequester({ email: 'ana@corp.example', account: slackAccount('U-ana', 'T1') }, 9),
    ).toEqual([]);
  });

  test('invariant 14: what was turned away unread has none either', async () => {
    const w = world();
    const id = await w.ask();
    await w.front.refuse('captured');
    expect(code(await w.front.cancel(actor('ana'), id, 'captured'))).toBe('replayed');
    expect((await w.state(id)).status).toBe('pending');
  });

  test('invariant 2: a table that cannot mark it is an error, not a refusal', async () => {
    const w = world();
    const broken = { ...w.store, remember: () => Promise.reject(new Error('no table')) };
    const people = front({ ...w.deps, store: broken, newId: () => 'R9', wake: () => undefined });
    await expect(people.cancel(EVE, NOWHERE, 'captured')).rejects.toThrow('no table');
  });
});

import type { Directory } from '../../src/ports/people.js';
import type { Bundle } from '../../src/ports/policy.js';
import { front } from '../../src/workflow/front/index.js';
import { actor, HOUR, world } from '../support/world.js';

/** Everything that costs an answer of Slack's, of a source of inputs or of Cedar, counted by name. */
function counted() {
  const w = world();
  const counts: Record<string, number> = {};
  const count = (name: string) => void (counts[name] = (counts[name] ?? 0) + 1);
  const watched = <T extends object>(of: T) =>
    new Proxy(of, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') return found;
        return (...args: unknown[]): unknown => {
          count(String(name));
          return found.apply(target, args);
        };
      },
    });
  const policy = w.deps.bundle();
  const bundle: Bundle = {
    ...policy,
    pdp: watched(policy.pdp),
    explain: async () => ['why'],
    inputs: [
      {
        name: 'grants',
        attributes: { liveGrants: 'Long' },
        async gather() {
          count('gather');
          return () => ({ liveGrants: 0 });
        },
      },
    ],
  };
  const directory: Directory = watched(w.deps.directory);
  const over = { bundle: () => bundle, directory };
  const engine = w.makeEngine(over);
  let ids = 0;
  const people = front({ ...w.deps, ...over, newId: () => `R${++ids}`, wake: () => undefined });
  return {
    w,
    people,
    engine,
    /** What `act` asked, and nothing else. */
    async asks(act: () => Promise<unknown>): Promise<Record<string, number>> {
      for (const name of Object.keys(counts)) delete counts[name];
      await act();
      return { ...counts };
    },
    async settle() {
      for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
    },
    async button(id: string, stage: string) {
      return { id, stage, revision: (await w.deps.store.head(id))!.state.revision };
    },
  };
}

describe('how often people, inputs and policy are asked', () => {
  test('before anything is on record: once each, and the catalog with one look', async () => {
    const { people, asks, w } = counted();
    const ana = actor('ana');
    const once = { person: 1, groups: 1, gather: 1 };
    expect(await asks(() => people.offers(ana))).toEqual({ ...once, request: 3 });
    expect(await asks(() => people.offer(ana, 'orders-db-admin'))).toEqual({ ...once, request: 3 });
    expect(await asks(() => people.mayAsk(ana))).toEqual({ ...once, request: 1 });
    // Who types is known for some seconds, and so is what was looked up and decided.
    expect(await asks(() => people.suggest(ana, 'ord', 5))).toEqual({ person: 1, groups: 1 });
    expect(await asks(() => people.suggest(ana, 'orde', 5))).toEqual({});
    expect(await asks(() => people.whyNot(ana, 'orders-db-admin'))).toEqual({ ...once, request: 1 });
    expect(await asks(() => people.submit(ana, w.form, w.seen()))).toEqual({
      ...once,
      request: 1,
      candidates: 2,
    });
  });

  test('a vote, and what is read of a request', async () => {
    const { people, engine, asks, button, w } = counted();
    await people.submit(actor('ana'), w.form, w.seen());
    await engine.advance('R1');
    const manager = await button('R1', 'manager');
    const voting = { person: 1, candidates: 2, groups: 2, approve: 1 };
    expect(await asks(() => people.mayDeny(actor('bob'), manager, 'seen'))).toEqual(voting);
    expect(await asks(() => people.approve(actor('bob'), manager, w.seen()))).toEqual(voting);
    expect(await asks(() => people.status(actor('ana'), 'R1'))).toEqual({ person: 1, candidates: 2 });
    const auditing = { person: 1, candidates: 2, groups: 3, may: 1 };
    expect(await asks(() => people.status(actor('eve'), 'R1'))).toEqual(auditing);
    expect(await asks(() => people.explain(actor('ana'), 'R1'))).toEqual({
      person: 1,
      candidates: 2,
      groups: 1,
      gather: 1,
    });
  });

  test('its confirmation, a session, and its end', async () => {
    const { people, engine, asks, settle, button, w } = counted();
    await people.submit(actor('ana'), w.form, w.seen());
    await settle();
    for (const [who, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
    ] as const) {
      await people.approve(actor(who), await button('R1', stage), w.seen());
      await settle();
    }
    await people.approve(actor('kim'), await button('R1', 'security'), w.seen());
    // The requester and three voters, then who may fill the stages, for the decision and for the card.
    const confirmed = await asks(() => engine.advance('R1'));
    expect(confirmed).toEqual({ person: 4, groups: 5, gather: 1, request: 1, candidates: 2, approve: 3 });
    expect((await w.state('R1')).status).toBe('active');

    expect(await asks(() => people.mayMint(actor('ana'), 'R1', 'seen'))).toEqual({ person: 1 });
    expect(await asks(() => people.mint(actor('ana'), 'R1', 'V1', w.seen()))).toEqual({ person: 1 });
    expect(await asks(() => engine.advance('R1'))).toEqual({ person: 1, groups: 1, request: 1 });
    const another = { personEnding: 1, groups: 2, may: 1 };
    expect(await asks(() => people.revoke(actor('sam'), 'R1', '', w.seen()))).toEqual(another);
    w.pass(HOUR);
    expect(await asks(settle)).toEqual({});
    expect((await w.state('R1')).status).toBe('closed');
  });
});

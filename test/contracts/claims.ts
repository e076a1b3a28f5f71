import type { Head } from '../../src/domain/request/head.js';
import type { EngineChange, EngineStore } from '../../src/ports/record.js';
import type { Notifier } from '../../src/ports/messages.js';
import type { Store } from '../../src/store/change.js';
import { recordAndClaim } from '../../src/workflow/engine/claims.js';
import { actor, HOUR, world } from '../support/world.js';

type World = ReturnType<typeof world>;
type Over = NonNullable<Parameters<World['makeEngine']>[0]>;

/** What the engine claims, writes and reads of one request. @param make a store of its own for each test */
export function claimsContract(make: () => Promise<(of: { now: () => number }) => Store>): void {
  const fresh = async () => world(await make());

  /** An engine that does as it is told, and a list of what it wrote and read. */
  function watched(w: World, over: Over = {}) {
    const calls: string[] = [];
    const last = new Map<string, Head>();
    const read = <T>(name: string, answer: Promise<T>) => (calls.push(`read ${name}`), answer);
    const store: EngineStore = {
      ...w.store,
      head: (id) => read('HEAD', w.store.head(id)),
      grant: (id) => read('GRANT', w.store.grant(id)),
      end: (id) => read('END', w.store.end(id)),
      async write(change) {
        calls.push(
          `write ${whatIs(change, last.get(change.head.id) ?? (await w.store.head(change.head.id)))}`,
        );
        last.set(change.head.id, change.head);
        return w.store.write(change);
      },
    };
    const engine = w.makeEngine({ store, ...over });
    return {
      async advance(id: string) {
        calls.length = 0;
        await engine.advance(id);
        return [...calls];
      },
    };
  }

  async function asked(w: World) {
    w.policy.chain = 'manager';
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    return answer.ok.state.id;
  }

  const agree = (w: World, id: string) =>
    w.front.approve(actor('bob'), { id, stage: 'manager', revision: 0 }, w.seen());

  /** Asked for and agreed to; the engine has not seen that yet. */
  async function agreed(w: World) {
    const id = await asked(w);
    await w.engine.advance(id);
    await agree(w, id);
    return id;
  }

  test('one lifecycle is read and written so often, and no more', async () => {
    const w = await fresh();
    const { advance } = watched(w);
    const id = await asked(w);
    const look = ['read HEAD', 'read GRANT', 'read END'];
    expect(await advance(id)).toEqual([
      ...look,
      'write PreflightPassed, claims living, cards, remind',
      'write settles living, cards, remind, escalate',
    ]);
    await agree(w, id);
    expect(await advance(id)).toEqual([
      ...look,
      'write RequestApproved, claims provision',
      'read GRANT',
      'read END',
      'write ProvisionAttempted',
      'write GrantProvisioned, claims cards, living, tell decided, tell active',
      'write settles cards, living, tell decided, tell active',
    ]);
    w.pass(HOUR - w.config.warnBefore);
    expect(await advance(id)).toEqual([
      ...look,
      'write EndAnnounced, claims living, tell ending-soon',
      'write settles living, tell ending-soon',
    ]);
    w.pass(w.config.warnBefore);
    expect(await advance(id)).toEqual([
      ...look,
      'write RevocationStarted, claims revoke',
      'read GRANT',
      'write RequestClosed, claims cards, living, note-use',
      'write settles cards, living, note-use',
    ]);
    expect(await advance(id)).toEqual(look);
    expect((await w.store.head(id))!.dueAt).toBeUndefined();
  });

  test('a request that nobody answers is closed, and told, in two writes', async () => {
    const w = await fresh();
    const { advance } = watched(w);
    const id = await asked(w);
    await advance(id);
    w.pass(w.config.approvalTimeout);
    const [, , , ...writes] = await advance(id);
    expect(writes).toEqual(['write RequestLapsed, claims cards, living', 'write settles cards, living']);
  });

  test('invariant 16: a look at what ends alone claims no message, and leaves them to whoever sends them', async () => {
    const w = await fresh();
    const id = await agreed(w);
    await w.engine.advance(id);
    w.pass(HOUR);
    await w.engine.end(id);
    const { state, outbox } = (await w.store.head(id))!;
    expect(state.status).toBe('closed');
    expect(outbox.map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  });

  test('invariants 2 and 5: no message is sent, and AWS is asked for nothing, without a claim on record', async () => {
    const w = await fresh();
    const seen: string[] = [];
    async function look(id: string, type: string, news?: string) {
      const { outbox } = (await w.store.head(id))!;
      const held = outbox.filter(
        ({ effect, attempts, notBefore }) =>
          effect.type === type &&
          (news === undefined || ('news' in effect && effect.news === news)) &&
          attempts > 0 &&
          notBefore > w.now(),
      );
      seen.push(`${news ?? type}: ${held.length}`);
    }
    const notifier: Notifier = {
      ...w.notifier,
      async cards(view, retry) {
        await look(view.state.id, 'cards');
        return w.notifier.cards(view, retry);
      },
      async living(view, earlier) {
        await look(view.state.id, 'living');
        return w.notifier.living(view, earlier);
      },
      async tell(view, news, ...more) {
        await look(view.state.id, 'tell', news);
        return w.notifier.tell(view, news, ...more);
      },
    };
    const { advance } = watched(w, { notifier });
    const id = await asked(w);
    await advance(id);
    w.aws.during = () => look(id, 'provision');
    await agree(w, id);
    await advance(id);
    w.aws.during = () => look(id, 'revoke');
    w.pass(HOUR);
    await advance(id);
    expect(seen).toEqual([
      'cards: 1',
      'living: 1',
      'provision: 1',
      'cards: 1',
      'living: 1',
      'active: 1',
      'revoke: 1',
      'cards: 1',
      'living: 1',
    ]);
  });

  test('invariant 5: whoever takes over what was claimed with the event looks before it posts', async () => {
    const w = await fresh();
    const dead = watched(w, { notifier: { ...w.notifier, cards: () => new Promise(() => undefined) } });
    const id = await asked(w);
    void dead.advance(id);
    for (let n = 0; n < 200 && !(await isClaimed(w, id, 'cards')); n++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await w.engine.advance(id);
    expect(w.slack.cards).toEqual([]);
    w.pass(12_000);
    await w.engine.advance(id);
    expect(w.slack.cards).toMatchObject([{ retry: true }]);
  });

  test('invariant 5: what has waited behind a slow message is not begun under the old claim', async () => {
    const w = await fresh();
    const id = await asked(w);
    const slow = watched(w, {
      notifier: {
        ...w.notifier,
        async cards(view, retry) {
          w.pass(6_000);
          return w.notifier.cards(view, retry);
        },
      },
    });
    await slow.advance(id);
    expect(w.slack).toMatchObject({ cards: [{}], living: [] });
    w.pass(12_000);
    await w.engine.advance(id);
    expect(w.slack.living).toHaveLength(1);
  });

  test('invariant 5: what another process has taken over meanwhile is left to it', async () => {
    const w = await fresh();
    const id = await agreed(w);
    await w.engine.advance(id);
    w.pass(HOUR);
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let other: Promise<unknown> = Promise.resolve();
    const { advance } = watched(w, {
      store: {
        ...w.store,
        async write(change) {
          const written = await w.store.write(change);
          if (!change.records.some(({ event }) => event.type === 'RevocationStarted')) return written;
          w.pass(31_000);
          await new Promise<void>((called) => {
            w.aws.during = async () => {
              called();
              await held;
            };
            other = w.engine.advance(id);
          });
          w.aws.during = async () => Promise.reject(new Error('AWS is called a second time'));
          return written;
        },
      },
    });
    await advance(id);
    expect(w.aws.during).toBeDefined();
    release();
    await other;
    expect((await w.state(id)).status).toBe('closed');
  });

  test('invariant 16: before what is to end, no message is claimed', async () => {
    const w = await fresh();
    const id = await agreed(w);
    await w.engine.advance(id);
    const owed = (effect: Head['outbox'][number]['effect'], n: number) => {
      return { id: `x.${n}`, effect, attempts: 0, notBefore: w.now() };
    };
    const outbox = [owed({ type: 'cards' }, 1), owed({ type: 'revoke' }, 2)];
    const head = (await w.store.head(id))!;
    await w.store.write({ head: { ...head, version: head.version + 1, outbox }, records: [] });
    const deps = { store: w.store, clock: { now: w.now } };
    const books = { keep: () => ({}) };
    expect(await recordAndClaim(deps, id, books, ['messages'])).not.toHaveProperty('held');
    const { held } = await recordAndClaim(deps, id, books, ['ending', 'messages']);
    expect(held?.owed.map(({ effect }) => effect.type)).toEqual(['revoke']);
  });

  test('a claim that has grown old before its turn is made anew, and what ends waits for nothing', async () => {
    const w = await fresh();
    const id = await agreed(w);
    await w.engine.advance(id);
    w.pass(HOUR);
    const { advance } = watched(w, {
      store: {
        ...w.store,
        async write(change) {
          const written = await w.store.write(change);
          if (change.records.some(({ event }) => event.type === 'RevocationStarted')) w.pass(6_000);
          return written;
        },
      },
    });
    w.aws.during = async () => {
      const owed = (await w.store.head(id))!.outbox.find(({ effect }) => effect.type === 'revoke');
      expect(owed).toMatchObject({ attempts: 2, notBefore: w.now() + 30_000 });
    };
    await advance(id);
    expect(w.aws.during).toBeUndefined();
    expect((await w.state(id)).status).toBe('closed');
  });

  test('invariant 2: what the grant’s own record has come to say while AWS was asked stays there', async () => {
    const w = await fresh();
    const id = await agreed(w);
    const ending = { at: w.now(), by: 'jit', cause: 'revoked', reason: { code: 'end-stands' } } as const;
    w.aws.during = async () => w.store.saveGrant({ ...(await w.store.grant(id))!, ending });
    await w.engine.advance(id);
    expect(await w.history(id)).toContain('GrantProvisioned');
    expect(await w.store.grant(id)).toMatchObject({ ending, receipt: { made: true } });
  });

  test('what needs no claim is counted when it is put off, and tried less and less often', async () => {
    const w = await fresh();
    w.aws.skew = undefined;
    const id = await agreed(w);
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) {
      await w.engine.advance(id);
      const owed = (await w.store.head(id))!.outbox.find(({ effect }) => effect.type === 'confirm')!;
      expect(owed.attempts).toBe(n + 1);
      waits.push(owed.notBefore - w.now());
      w.pass(owed.notBefore - w.now());
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
  });

  test('what needs no claim and fails for no known reason is not due again at once', async () => {
    const w = await fresh();
    const id = await agreed(w);
    const broken = () => {
      throw new TypeError('nobody had thought of that');
    };
    const { advance } = watched(w, { kinds: new Proxy([], { get: broken }) });
    await expect(advance(id)).rejects.toThrow('nobody had thought of that');
    const owed = (await w.store.head(id))!.outbox.find(({ effect }) => effect.type === 'confirm');
    expect(owed).toMatchObject({ attempts: 1, notBefore: w.now() + 2_000 });
  });

  describe('of several messages', () => {
    test('invariant 15: the second says what the first has brought about, before either is on record', async () => {
      const w = await fresh();
      const views: unknown[] = [];
      const { advance } = watched(w, {
        notifier: {
          ...w.notifier,
          async living(view, earlier) {
            views.push(view.posts);
            return w.notifier.living(view, earlier);
          },
        },
      });
      const id = await asked(w);
      await advance(id);
      expect(views).toEqual([{ manager: expect.objectContaining({ ref: '1.0' }) }]);
    });

    test('invariant 16: one that was slow is on record before the next, and what has begun to end comes first', async () => {
      const w = await fresh();
      const id = await agreed(w);
      const order: string[] = [];
      const { advance } = watched(w, {
        notifier: {
          ...w.notifier,
          async cards(view, retry) {
            w.pass(1_000);
            if (view.state.status === 'active') await w.front.revoke(actor('ana'), id, 'done', w.seen());
            return w.notifier.cards(view, retry);
          },
          async tell(_, news) {
            order.push(`${news} while ${(await w.state(id)).status}`);
          },
        },
      });
      w.aws.during = async () => void order.push('made');
      await advance(id);
      expect(order).toEqual(['made', 'decided while ending']);
      expect(w.aws.live.has(id)).toBe(false);
    });

    test('one that cannot be sent takes nothing from those that were', async () => {
      const w = await fresh();
      const id = await asked(w);
      await w.engine.advance(id);
      const head = (await w.store.head(id))!;
      const owed = (effect: object, n: number) =>
        ({ id: `x.${n}`, effect, attempts: 0, notBefore: w.now() }) as Head['outbox'][number];
      const outbox = [owed({ type: 'cards' }, 1), owed({ type: 'tell', news: 'nothing we know' }, 2)];
      await w.store.write({ head: { ...head, version: head.version + 1, outbox }, records: [] });
      await expect(w.engine.advance(id)).rejects.toThrow();
      expect((await w.store.head(id))!.outbox.map(({ effect }) => effect.type)).toEqual(['tell']);
    });
  });
}

async function isClaimed(w: World, id: string, type: string): Promise<boolean> {
  const { outbox } = (await w.store.head(id))!;
  return outbox.some(({ effect, attempts }) => effect.type === type && attempts > 0);
}

/** What a write says: its events, what it settles, what it claims. */
function whatIs({ head, records }: EngineChange, before: Head | undefined): string {
  const name = ({ effect }: Head['outbox'][number]) =>
    effect.type === 'tell' ? `tell ${effect.news}` : effect.type;
  const was = new Map((before?.outbox ?? []).map((owed) => [owed.id, owed]));
  const claimed = head.outbox.filter(({ id, attempts }) => attempts > (was.get(id)?.attempts ?? 0));
  // What an event settles goes without saying.
  const settled =
    records.length > 0 ? [] : [...was.values()].filter(({ id }) => !head.outbox.some((o) => o.id === id));
  const list = (verb: string, owed: Head['outbox']) =>
    owed.length > 0 ? [`${verb} ${owed.map(name).join(', ')}`] : [];
  return [
    ...records.map(({ event }) => event.type),
    ...list('settles', settled),
    ...list('claims', claimed),
  ].join(', ');
}

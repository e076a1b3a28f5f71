import type { End } from '../../src/domain/request/end.js';
import type { Active } from '../../src/domain/request/state.js';
import { examine } from '../../src/domain/record/history.js';
import { RecordFault, type EngineStore } from '../../src/ports/record.js';
import { front } from '../../src/workflow/front/index.js';
import { kept } from '../support/record.js';
import { rewriteHead } from '../support/hostile.js';
import { actor, HOUR, world } from '../support/world.js';
import { slackAccount } from '../support/accounts.js';

const MINUTE = 60_000;
const OPERATOR = { operator: 'arn:aws:sts::777788889999:assumed-role/Operators/kim' };

type World = ReturnType<typeof world>;

async function active() {
  const w = world();
  const id = await w.approved();
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  // No call that made it can still be on its way.
  w.pass(MINUTE);
  w.log.length = 0;
  return { w, id };
}

/** The front on this store, as whoever runs it would call it. */
const frontOn = (w: World, store: EngineStore) =>
  front({ ...w.deps, store, newId: () => 'R99', wake: () => undefined });

/** Audit events of this request stand in the table before their time: nothing more can be recorded for it. */
const writtenInAdvance = (w: World, id: string): EngineStore => ({
  ...w.store,
  async write(change) {
    if (change.head.id === id && change.records.length > 0)
      throw new RecordFault('disagreement', 'The items disagree.');
    return w.store.write(change);
  },
});

const alarms = (w: World) => w.log.filter(({ level }) => level === 'error');

describe('a person’s revocation is never refused because others write', () => {
  test('invariant 2: three lost races, and its end is ordered: told so, and gone with the next look', async () => {
    const { w, id } = await active();
    let asked = 0;
    const flooded: EngineStore = {
      ...w.store,
      async write(change) {
        await rewriteHead(w.store, id, () => ({}));
        return w.store.write(change);
      },
    };
    const may = w.deps.bundle().pdp.may;
    w.deps.bundle().pdp.may = (...ask) => (asked++, may(...ask));
    const answer = await frontOn(w, flooded).revoke(actor('sam'), id, 'the laptop was stolen', w.seen());
    expect(answer).toMatchObject({ ok: { status: 'ending', cause: 'revoked' } });
    expect(asked).toBe(1);
    expect(await w.store.end(id)).toEqual({
      at: w.now(),
      by: { email: 'sam@corp.example', account: slackAccount('U-sam', 'T1') },
      text: 'the laptop was stolen',
      policies: ['r'],
    });
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'revoked',
      by: { email: 'sam@corp.example' },
      reason: { code: 'taken-back', text: 'the laptop was stolen' },
    });
    expect(alarms(w)).toEqual([]);
    expect(examine(id, await kept(w, id))).toEqual([]);
  });

  test.each([
    ['an audit event was put there in advance', new RecordFault('disagreement', 'The items disagree.')],
    ['HEAD is too large', new Error('Item size has exceeded the maximum allowed size')],
  ])('invariant 2: where %s, handing back works too', async (_, error) => {
    const { w, id } = await active();
    const store: EngineStore = {
      ...w.store,
      async write() {
        throw error;
      },
    };
    const answer = await frontOn(w, store).revoke(actor('ana'), id, '', w.seen());
    expect(answer).toMatchObject({ ok: { status: 'ending', cause: 'released' } });
    await w.makeEngine({ store }).sweep();
    expect(w.aws.live.has(id)).toBe(false);
    expect(w.aws.denies.has(id)).toBe(true);
    expect(await w.store.grant(id)).toMatchObject({ gone: { evidence: 'gone' } });
  });

  test('where HEAD cannot be read, the person hears who can end it, and what to type', async () => {
    const { w, id } = await active();
    const store: EngineStore = {
      ...w.store,
      async head() {
        throw new RecordFault('unreadable', 'The item cannot be read.');
      },
    };
    expect(await frontOn(w, store).revoke(actor('ana'), id, '', w.seen())).toEqual({
      refusal: { code: 'unreadable-request', request: id },
    });
    expect(await w.store.end(id)).toBeUndefined();
  });

  test('whoever may not end it orders nothing, and what is over needs no order', async () => {
    const { w, id } = await active();
    const store = writtenInAdvance(w, id);
    expect(await frontOn(w, store).revoke(actor('bob'), id, '', w.seen())).toMatchObject({
      refusal: { code: 'denied-by-policy' },
    });
    const waiting = await w.ask('dan');
    expect(await frontOn(w, store).revoke(actor('dan'), waiting, '', w.seen())).toMatchObject({
      refusal: { code: 'not-active' },
    });
    expect(await w.store.end(id)).toBeUndefined();
    expect(await w.store.end(waiting)).toBeUndefined();
  });

  test('a table that cannot be used at all is said, and not taken for an order', async () => {
    const { w, id } = await active();
    const down = async () => {
      throw new Error('ECONNREFUSED');
    };
    const store: EngineStore = { ...w.store, write: down, putEnd: down };
    await expect(frontOn(w, store).revoke(actor('ana'), id, '', w.seen())).rejects.toThrow('ECONNREFUSED');
  });
});

describe('an order to end access (END)', () => {
  const order = (w: World): End => ({ at: w.now(), by: OPERATOR, text: 'a stolen laptop' });

  test('invariant 2: ends it in the ordinary way, in the name of the operator who gave it', async () => {
    const { w, id } = await active();
    expect(await w.store.putEnd(id, order(w))).toBe('written');
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    expect(w.aws.denies.has(id)).toBe(true);
    expect(await w.state(id)).toMatchObject({ by: OPERATOR });
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'revoked', by: OPERATOR });
    expect(alarms(w)).toEqual([]);
    expect(examine(id, await kept(w, id))).toEqual([]);
    w.pass(2 * HOUR);
    await w.settle();
    expect(await w.store.due(w.now(), 10)).toEqual([]);
    expect(examine(id, await kept(w, id))).toEqual([]);
  });

  const SPOILT: [string, (w: World, id: string) => Promise<Partial<EngineStore>>][] = [
    [
      'HEAD cannot be read',
      async (w, id) => ({
        async head(of) {
          if (of === id) throw new RecordFault('unreadable', 'The item cannot be read.');
          return w.store.head(of);
        },
      }),
    ],
    ['there is no HEAD', async () => ({ head: async () => undefined })],
    ['nothing can be recorded', async (w, id) => writtenInAdvance(w, id)],
    [
      'HEAD says that it is over',
      async (w, id) => {
        await rewriteHead(w.store, id, ({ state }) => {
          const {
            approvedAt: _1,
            settledBy: _2,
            activeAt: _3,
            receipt: _4,
            warned: _5,
            mints: _6,
            ...rest
          } = state as Active;
          return { outbox: [], state: { ...rest, status: 'closed', outcome: 'released', closedAt: w.now() } };
        });
        return {};
      },
    ],
    [
      'the order itself cannot be read',
      async (w, id) => ({ end: async (of) => (of === id ? 'unreadable' : w.store.end(of)) }),
    ],
    [
      'somebody has taken the order away after the first look',
      async (w, id) => {
        let looked = false;
        return {
          async end(of) {
            const end = looked && of === id ? undefined : await w.store.end(of);
            looked ||= end !== undefined;
            return end;
          },
          // And the first look gets no further than noting it.
          async head(of) {
            if (!looked || (await w.store.grant(of))?.ending === undefined) throw new Error('not now');
            return w.store.head(of);
          },
        };
      },
    ],
  ];
  test.each(SPOILT)('invariant 2: ends it by the grant’s own record where %s', async (_, spoil) => {
    const { w, id } = await active();
    const store = { ...w.store, ...(await spoil(w, id)) };
    await w.store.putEnd(id, order(w));
    const engine = w.makeEngine({ store });
    await engine.sweep();
    await engine.sweep();
    expect(w.aws.live.has(id)).toBe(false);
    expect(w.aws.denies.has(id)).toBe(true);
    expect(await w.store.grant(id)).toMatchObject({
      gone: { evidence: 'gone' },
      ending: { cause: 'revoked' },
    });
    const { head: _head, ...found } = await kept(w, id);
    // HEAD is what somebody spoilt, and is found elsewhere; that the grant is gone early is accepted.
    expect(examine(id, found).filter(({ code }) => code !== 'no-head')).toEqual([]);
  });

  test('invariant 1: nothing is opened while it stands, not even before anybody has carried it out', async () => {
    const { w, id } = await active();
    await w.front.mint(actor('ana'), id, 'V2', w.seen());
    const mints = w.aws.mints;
    // Whoever looks has read the grant just before the order came.
    const store: EngineStore = { ...w.store };
    let ordered = false;
    store.write = async (change) => {
      const written = await w.store.write(change);
      if (!ordered) {
        ordered = true;
        await w.store.putEnd(id, order(w));
      }
      return written;
    };
    await w.makeEngine({ store }).advance(id);
    await w.settle();
    expect(w.aws.mints).toBe(mints);
    expect(w.slack.modals.at(-1)).toBe('V2: ended');
  });

  test('invariant 5: a provisioning call that lands after the first look is looked for again', async () => {
    const w = world();
    w.policy.chain = 'auto';
    w.aws.fails = [new Error('the answer was lost')];
    const id = await w.ask();
    await w.store.putEnd(id, order(w));
    const store = { ...w.store, head: async () => undefined };
    const engine = w.makeEngine({ store });
    await engine.advance(id);
    expect(await w.store.grant(id)).not.toHaveProperty('gone');
    w.aws.live.set(id, w.now() + HOUR);
    for (let minute = 0; minute < 2; minute++) {
      w.pass(MINUTE);
      await engine.sweep();
    }
    expect(w.aws.live.has(id)).toBe(false);
    expect(await w.store.grant(id)).toHaveProperty('gone');
  });

  test('put before the approval, it ends what is made by it at once: nothing is given', async () => {
    const w = world();
    const id = await w.ask();
    await w.store.putEnd(id, order(w));
    await w.settle();
    expect((await w.state(id)).status).toBe('pending');
    for (const [voter, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
      ['kim', 'security'],
    ] as const)
      await w.vote(voter, id, stage);
    await w.engine.advance(id);
    w.pass(MINUTE);
    await w.settle();
    expect(w.aws.provisions).toBe(0);
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'revoked', by: OPERATOR });
  });

  test('of a request that there never was, it is looked at once and is no finding', async () => {
    const w = world();
    await w.store.putEnd('R404', order(w));
    expect(await w.store.due(w.now(), 10)).toEqual(['R404']);
    await w.settle();
    expect(await w.store.due(w.now() + HOUR, 10)).toEqual([]);
    expect(await w.store.end('R404')).toEqual(order(w));
    expect(examine('R404', { records: [], end: order(w) })).toEqual([]);
    expect(alarms(w)).toEqual([]);
  });

  test.each([
    [
      'a person who names no policy',
      { by: { email: 'eve@corp.example', account: slackAccount('U-eve', 'T1') } },
    ],
    [
      'half of the requester',
      { by: { email: 'ana@corp.example', account: slackAccount('U-eve', 'T1') }, policies: ['r'] },
    ],
  ])('in the name of %s, it ends access in nobody’s name', async (_, content) => {
    const { w, id } = await active();
    await w.store.putEnd(id, { at: w.now(), ...content });
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    expect((await w.store.records(id)).map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'RevocationStarted', by: 'jit', reason: { code: 'end-stands' } }),
    );
    expect(examine(id, await kept(w, id))).toEqual([]);
  });
});

import * as fc from 'fast-check';
import { EFFECTS, laneOf } from '../../src/domain/request/effects.js';
import { MOST_PRESSES } from '../../src/domain/request/stories/using.js';
import type { EngineStore } from '../../src/ports/record.js';
import { tries } from '../support/tries.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

/** A promise in a test's hands. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function until(condition: () => boolean) {
  for (let n = 0; n < 500 && !condition(); n++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

type World = ReturnType<typeof world>;

async function active(w: World = world()) {
  w.policy.chain = 'auto';
  return { w, id: await w.ask() };
}

const press = (w: World, id: string, waiting: string) => w.front.mint(actor('ana'), id, waiting, w.seen());

describe('what takes access away', () => {
  test.each(['revoke', 'clean-up'] as const)(
    'invariant 16: %s queues in a lane of its own, behind nothing that gives or tells',
    (type) => {
      const others = Object.entries(EFFECTS).filter(([name]) => !['revoke', 'clean-up'].includes(name));
      expect(laneOf({ type })).toBe('ending');
      expect(others.map(([, { lane }]) => lane)).not.toContain('ending');
    },
  );

  test('invariant 16: the Deny is asked for while a session is being opened, not after it', async () => {
    const { w, id } = await active();
    await press(w, id, 'V1');
    // Later than any provisioning call could land.
    w.pass(MINUTE);
    await w.settle();
    const slow = gate();
    let inHand = false;
    w.aws.during = async () => {
      inHand = true;
      await slow.opened;
    };
    await press(w, id, 'V2');
    const minting = w.engine.advance(id);
    await until(() => inHand);
    expect(await w.front.revoke(actor('ana'), id, 'done', w.seen())).toHaveProperty('ok');
    const ending = w.engine.advance(id);
    await until(() => w.aws.denies.has(id));
    slow.open();
    await Promise.all([minting, ending]);
    expect(w.slack.modals.at(-1)).toBe('V2: ended');
    expect((await w.state(id)).status).toBe('closed');
  });

  test('invariant 16: sixty presses that wait cost one session, and none once the access begins to end', async () => {
    const { w, id } = await active();
    for (let n = 1; n <= 60; n++) {
      if (n % MOST_PRESSES === 1) w.pass(MINUTE);
      expect(await press(w, id, `V${n}`)).toHaveProperty('ok');
    }
    const owed = (await w.store.head(id))!.outbox.map(({ effect }) => effect.type);
    expect(owed.filter((type) => type === 'mint')).toHaveLength(1);
    await w.front.revoke(actor('ana'), id, 'done', w.seen());
    expect((await w.store.head(id))!.outbox.map(({ effect }) => effect.type)).not.toContain('mint');
    await w.settle();
    expect(w.aws.mints).toBe(0);
    expect(w.slack.modals.at(-1)).toBe('V60: ended');
    expect((await w.state(id)).status).toBe('closed');
  });

  test('a newer press takes the place of the one that waits, and the older window is told so', async () => {
    const { w, id } = await active();
    await press(w, id, 'V1');
    await press(w, id, 'V2');
    await w.settle();
    expect(w.aws.mints).toBe(1);
    expect([...w.slack.modals].sort()).toStrictEqual(['V1: replaced', `V2: ASIA${id}`]);
  });

  test('more than ten sessions a minute are refused, with the time at which it works again', async () => {
    const { w, id } = await active();
    for (let n = 1; n <= MOST_PRESSES; n++) await press(w, id, `V${n}`);
    w.pass(20_000);
    expect(await press(w, id, 'V11')).toStrictEqual({
      refusal: { code: 'too-many-sessions', limit: 10, retryIn: 40_000 },
    });
    w.pass(40_000);
    expect(await press(w, id, 'V12')).toHaveProperty('ok');
  });

  test('invariant 2: what ends does not depend on a tick that cannot be written', async () => {
    const { w, id } = await active();
    const full: EngineStore = {
      ...w.store,
      write: async () => {
        throw new Error('Item size has exceeded the maximum allowed size');
      },
    };
    w.pass(HOUR + 6 * MINUTE);
    await expect(w.makeEngine({ store: full }).advance(id)).rejects.toThrow('maximum allowed size');
    expect(w.aws.live.has(id)).toBe(false);
    expect((await w.store.grant(id))!.gone).toBeDefined();
  });

  test('invariant 6: a revocation gets through a crowd of presses, and asks for its facts once', async () => {
    const { w, id } = await active();
    let asked = 0;
    let crowd = 12;
    const store = {
      ...w.store,
      async write(change: Parameters<EngineStore['write']>[0]) {
        // Somebody else is always first, for a while.
        if (change.records[0]?.event.type === 'RevocationStarted' && crowd-- > 0) return 'conflict' as const;
        return w.store.write(change);
      },
    };
    const may = w.deps.bundle().pdp.may;
    w.deps.bundle().pdp.may = (...args) => (asked++, may(...args));
    const { front } = await import('../../src/workflow/front/index.js');
    const people = front({ ...w.deps, store, newId: () => 'X', wake: () => undefined });
    expect(await people.revoke(actor('sam'), id, 'a bad sign', w.seen())).toHaveProperty('ok');
    expect(asked).toBe(1);
  });
});

describe('HEAD stays small', () => {
  const act = fc.record({
    who: fc.constantFrom('ana', 'bob', 'sam', 'kim', 'lee', 'eve'),
    what: fc.constantFrom('mint', 'mint', 'mint', 'approve', 'deny', 'cancel', 'revoke', 'wait'),
    text: fc.string({ maxLength: 20 }),
  });

  test('invariant 2: no sequence of what people can do makes HEAD larger than 100 KB', async () => {
    const property = fc.asyncProperty(
      fc.array(act, { minLength: 20, maxLength: 300 }),
      fc.boolean(),
      async (acts, auto) => {
        const w = world();
        if (auto) w.policy.chain = 'auto';
        w.form.justification = '𝄞'.repeat(1_000);
        const id = await w.ask();
        // The engine stands still from here on; Slack's ids are as long as they can be.
        for (const { who, what, text } of acts) {
          if (what === 'wait') w.pass(7_000);
          const { revision } = (await w.store.head(id))!.state;
          const button = { id, stage: who === 'bob' ? 'manager' : 'security', revision };
          if (what === 'mint') await w.front.mint(actor(who), id, `V${text.padEnd(200, 'x')}`, w.seen());
          if (what === 'approve') await w.front.approve(actor(who), button, w.seen());
          if (what === 'deny') await w.front.deny(actor(who), button, text.repeat(200), w.seen());
          if (what === 'cancel') await w.front.cancel(actor(who), id, w.seen());
          if (what === 'revoke') await w.front.revoke(actor(who), id, text.repeat(200), w.seen());
        }
        const size = Buffer.byteLength(JSON.stringify(await w.store.head(id)));
        expect(size).toBeLessThan(100_000);
      },
    );
    await fc.assert(property, { numRuns: tries(20, 100) });
  });
});

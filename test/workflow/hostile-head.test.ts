import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import type { Head } from '../../src/domain/request/head.js';
import type { Active, State } from '../../src/domain/request/state.js';
import type { Effect } from '../../src/domain/request/effects.js';
import { RecordFault, type EngineStore } from '../../src/ports/record.js';
import { front } from '../../src/workflow/front/index.js';
import { tries } from '../support/tries.js';
import { actor, HOUR, world } from '../support/world.js';

// Whoever owns the front may write anything under REQUEST#<id>, at any moment: HEAD, audit events in advance, and END once
// it stands. Around a live grant, with sweeps each minute, what they do is made up; what must hold is not.

const MINUTE = 60_000;
const FAR = Date.UTC(33658, 0);
const OPERATOR = { operator: 'arn:aws:iam::777788889999:user/kim' };
const EFFECTS: Effect['type'][] = ['mint', 'provision', 'revoke', 'clean-up', 'cards', 'confirm'];

type World = ReturnType<typeof world>;
type Deed = { does: (typeof DEEDS)[number]; how: number };
const DEEDS = [
  'rewrite',
  'rewrite',
  'rewrite',
  'spoil',
  'hide',
  'write-in-advance',
  'overwrite-order',
  'press',
  'wait',
  'wait',
  'mend',
] as const;

const deeds = array(record<Deed>({ does: constantFrom(...DEEDS), how: nat(2 ** 30) }), {
  minLength: 1,
  maxLength: 30,
});

/** The table of `w`, with somebody else's hands in it. */
function tampered(w: World, id: string, was: Active) {
  const over = { head: 'as-it-is' as 'as-it-is' | 'unreadable' | 'absent', inAdvance: false, order: false };
  const store: EngineStore = {
    ...w.store,
    async head(of) {
      if (of !== id || over.head === 'as-it-is') return w.store.head(of);
      if (over.head === 'absent') return undefined;
      throw new RecordFault('unreadable', 'The item cannot be read.');
    },
    async write(change) {
      if (change.head.id !== id) return w.store.write(change);
      if (over.head !== 'as-it-is') return 'conflict';
      if (over.inAdvance && change.records.length > 0)
        throw new RecordFault('disagreement', 'The items disagree.');
      return w.store.write(change);
    },
    async end(of) {
      const end = await w.store.end(of);
      return end && over.order ? 'unreadable' : end;
    },
  };

  function stateFrom(how: number): State {
    const at = [w.now(), w.now() + 9 * HOUR, FAR][how % 3]!;
    const lease = { ...was.lease, endsAt: at };
    const { activeAt: _1, receipt: _2, warned: _3, mints: _4, presses: _5, ...leased } = { ...was, lease };
    const { approvedAt: _6, settledBy: _7, lease: _8, ...asked } = leased;
    const states: State[] = [
      { ...was, lease },
      was,
      { ...leased, status: 'approved' },
      { ...leased, status: 'ending', cause: 'expired', endingAt: at, settledBy: at },
      { ...asked, status: 'closed', outcome: 'released', closedAt: w.now() },
      { ...asked, status: 'pending', checked: true },
    ];
    return states[Math.floor(how / 3) % states.length]!;
  }

  function headFrom(head: Head, how: number): Head {
    const owed = EFFECTS.filter((_, n) => (how >> n) & 1).map((type, n) => ({
      id: `forged.${how}.${n}`,
      effect: { type, waiting: 'V', requestedAt: w.now() } as Effect,
      attempts: how % 2,
      notBefore: [0, w.now(), w.now() + MINUTE / 2, w.now() + 4 * MINUTE, FAR][(how >> (6 + n)) % 5]!,
    }));
    const junk = how % 11 === 0 ? ([{ id: 'x' }] as unknown as Head['outbox']) : owed;
    return {
      ...head,
      version: head.version + 1,
      state: stateFrom(how),
      outbox: junk,
      dueAt: how % 5 ? w.now() : FAR,
    };
  }

  async function act({ does, how }: Deed): Promise<void> {
    switch (does) {
      case 'rewrite': {
        const head = (await w.store.head(id))!;
        await w.store.write({ head: headFrom(head, how), records: [] });
        return;
      }
      case 'spoil':
        over.head = 'unreadable';
        return;
      case 'hide':
        over.head = 'absent';
        return;
      case 'write-in-advance':
        over.inAdvance = true;
        return;
      case 'overwrite-order':
        over.order = true;
        return;
      case 'mend':
        over.head = 'as-it-is';
        over.inAdvance = false;
        return;
      case 'press': {
        const people = front({ ...w.deps, store, newId: () => 'R99', wake: () => undefined });
        await people.mint(actor('ana'), id, `V${how}`, w.seen()).catch(() => undefined);
        return;
      }
      case 'wait':
        w.pass((how % 4) * MINUTE);
        return;
      default:
        does satisfies never;
    }
  }

  /** A new process each time: nothing is remembered but by the table. */
  const sweep = () => w.makeEngine({ store }).sweep();
  return { store, act, sweep };
}

async function live() {
  const w = world();
  const id = await w.approved();
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  w.pass(MINUTE);
  const grant = (await w.store.grant(id))!;
  return { w, id, endsAt: grant.lease.endsAt, ...tampered(w, id, (await w.state(id)) as Active) };
}

const RUNS = { numRuns: tries(40, 150) };

test('invariant 1: whoever writes HEAD at will keeps no access alive: five minutes after its end, and one sweep, it is gone', async () => {
  await assert(
    asyncProperty(deeds, deeds, async (before, after) => {
      const { w, id, endsAt, act, sweep } = await live();
      for (const deed of before) {
        await act(deed);
        if (w.now() >= endsAt) break;
        await sweep();
      }
      w.pass(Math.max(0, endsAt - w.now()));
      for (const deed of after) {
        if (w.now() > endsAt + 4 * MINUTE) break;
        if (deed.does !== 'wait') await act(deed);
        w.pass(MINUTE);
        await sweep();
      }
      w.pass(Math.max(0, endsAt + 5 * MINUTE - w.now()));
      await sweep();
      expect(w.aws.live.has(id)).toBe(false);
      const mints = w.aws.mints;
      for (const deed of after) {
        await act(deed);
        await sweep();
      }
      expect(w.aws.live.has(id)).toBe(false);
      expect(w.aws.mints).toBe(mints);
    }),
    RUNS,
  );
});

test.each(['an operator', 'a person'])(
  'invariant 1: what %s takes back is gone within a minute and a sweep, and never comes back, whatever whoever writes HEAD does before and after',
  async (who) => {
    await assert(
      asyncProperty(deeds, deeds, async (before, after) => {
        const { w, id, endsAt, store, act, sweep } = await live();
        for (const deed of before) {
          await act(deed);
          await sweep();
          if (w.now() >= endsAt - 10 * MINUTE) return;
        }
        if (who === 'an operator') await w.store.putEnd(id, { at: w.now(), by: OPERATOR, text: 'stolen' });
        else {
          const people = front({ ...w.deps, store, newId: () => 'R98', wake: () => undefined });
          const answer = await people.revoke(actor('sam'), id, 'stolen', w.seen());
          // HEAD is theirs: what it hides from the front, an operator ends.
          if ('refusal' in answer) return;
        }
        await sweep();
        // HEAD may say that somebody has the revocation in hand.
        w.pass(MINUTE);
        await sweep();
        expect(w.aws.live.has(id)).toBe(false);
        const { mints } = w.aws;
        const denied = w.aws.denies.has(id);
        expect(denied).toBe(true);
        for (const deed of after) {
          await act(deed);
          await sweep();
          expect(w.aws.live.has(id)).toBe(false);
          expect(w.aws.mints).toBe(mints);
          expect(w.now() >= endsAt || w.aws.denies.has(id)).toBe(true);
        }
      }),
      RUNS,
    );
  },
);

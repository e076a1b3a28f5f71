import type { Head } from '../../src/domain/request/head.js';
import type { Owed } from '../../src/domain/request/outbox.js';
import type { Effect } from '../../src/domain/request/effects.js';
import type { State } from '../../src/domain/request/state.js';
import { HOUR } from './company.js';
import type { Judge } from './judge.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Tampering } from './tampering.js';

const FAR = Date.UTC(33658, 0);

/**
 * Whoever owns the front: at any moment they write what they like under `REQUEST#<id>` of a request that has a grant,
 * most of all right after something has happened to it.
 */
export function hostileWriter(
  {
    time,
    judge,
    table,
    log,
    changed,
  }: {
    time: Scheduler;
    judge: Judge;
    table: Tampering;
    log: (about: object) => void;
    /** The stream brings what they write, too. */
    changed: (id: string) => void;
  },
  random: Random,
) {
  /** Every HEAD that there was, oldest first. */
  const past = new Map<string, Head[]>();
  let forged = 0;

  const owe = (effect: Effect, notBefore: number): Owed => ({
    id: `forged.${++forged}`,
    effect,
    attempts: random.between(0, 1),
    notBefore,
  });

  /** An earlier HEAD, with what it owed and more. */
  function earlier(id: string): Partial<Head> {
    const heads = (past.get(id) ?? []).filter(({ state }) => state.status !== 'pending');
    if (heads.length === 0) return {};
    const { state, outbox, posts } = random.pick(heads);
    const now = time.now();
    const more: Owed[] = [
      ...(state.status === 'active'
        ? [owe({ type: 'mint', waiting: `V-forged-${forged}`, requestedAt: now }, now)]
        : []),
      ...(state.status === 'approved' ? [owe({ type: 'provision' }, now)] : []),
    ];
    return { state, posts, outbox: [...outbox, ...more], dueAt: now };
  }

  const owedBy = (outbox: Owed[], notBefore: number) => outbox.map((owed) => ({ ...owed, notBefore }));
  const rewrites: ((head: Head) => Partial<Head>)[] = [
    ({ id }) => earlier(id),
    ({ id }) => earlier(id),
    ({ outbox }) => ({ outbox: owedBy(outbox, FAR), dueAt: FAR }),
    ({ outbox }) => ({ outbox: owedBy(outbox, time.now()), dueAt: time.now() }),
    () => ({ outbox: [], dueAt: FAR }),
    () => ({ dueAt: NaN }),
    () => ({ dueAt: undefined }) as unknown as Partial<Head>,
    () => ({ outbox: [owe({ type: 'clean-up' }, time.now())], dueAt: time.now() }),
    () => ({ outbox: [owe({ type: 'provision' }, time.now())], dueAt: time.now() }),
    () => ({ outbox: [{ id: 'x' }] as unknown as Owed[] }),
    ({ state }) => ({ state: { ...state, status: 'none' } as unknown as State }),
    ({ state }) =>
      'lease' in state && state.lease
        ? { state: { ...state, lease: { ...state.lease, endsAt: time.now() + 9 * HOUR } } }
        : {},
  ];
  const deeds: ((id: string) => unknown)[] = [
    ...rewrites.map((change) => async (id: string) => {
      const next = await table.rewrite(id, change);
      if (next && next.state.status !== ('none' as string)) judge.heads.set(id, next);
    }),
    (id) => table.unreadable(id),
    (id) => table.absent(id),
    (id) => table.inAdvance(id),
    // A session in hand, an order that comes meanwhile, and HEAD as if there were none.
    async (id) => {
      const back = () => table.rewrite(id, () => earlier(id));
      await back();
      time.after(500, () => order(id));
      for (const later of [1_000, 1_800, 2_600]) time.after(later, back);
    },
    order,
  ];

  async function order(id: string): Promise<void> {
    // That it stands is what ends the access, whatever it says.
    judge.ordered(id);
    await table.overwriteOrder(id);
    changed(id);
  }

  async function strike(id: string): Promise<void> {
    if (!judge.grants.has(id)) return;
    judge.forged.add(id);
    const nth = random.between(0, deeds.length - 1);
    log({
      message: 'somebody writes under it',
      request: id,
      deed: String(rewrites[nth] ?? deeds[nth]).replace(/\s+/g, ' '),
    });
    await deeds[nth]!(id);
    changed(id);
  }

  return {
    /** A write has landed. */
    saw({ head, records }: { head: Head; records: { event: { type: string } }[] }): void {
      past.set(head.id, [...(past.get(head.id) ?? []), head]);
      if (records.length === 0 || !random.chance(0.15)) return;
      time.after(random.between(0, 3_000), () => strike(head.id));
    },
    strike: () => {
      const ids = [...judge.grants.keys()];
      return ids.length > 0 ? strike(random.pick(ids)) : undefined;
    },
  };
}

import { defined } from '../../domain/objects.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Lane } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import type { SoFar } from './claims.js';
import { drain } from './drain.js';
import type { EngineDeps } from './effect.js';
import { lookAtGrant, orFailed, turn, type Turned } from './grant-look.js';
import { sweeper, type Swept, type SweepOptions } from './sweep.js';

export interface Engine {
  /** Does everything that is due for one request. Safe to call at any time, any number of times, from anywhere. */
  advance(id: string): Promise<{ dueAt?: Instant }>;
  /**
   * Of what is due for one request, only what takes access away: for whoever has many to look at, so that no ending
   * waits behind another request's sessions and messages.
   */
  end(id: string): Promise<void>;
  /**
   * Does everything that is due for any request: the guarantee behind every lost wake-up.
   * @param options.until looks at what falls due by then too, for whoever sets timers by the answer; default: now
   */
  sweep(options?: SweepOptions): Promise<Swept>;
}

/** What makes and unmakes access. Nothing from outside calls it: it does what the record says is due. */
export function engine(deps: EngineDeps): Engine {
  const { store, clock, log } = deps;
  const turns = serially();
  const lanes: Record<Lane, typeof turns> = {
    ending: serially(),
    giving: serially(),
    messages: serially(),
  };

  /**
   * What is owed to the end of a request, and then, whatever stood in the way of that, the look at the grant itself.
   * @param known as it was read just now, where it was
   * @param onTo the lane that the caller goes on to
   */
  const drainEnding = (id: string, known: Turned = {}, onTo?: Lane) =>
    lanes.ending(id, async (): Promise<SoFar> => {
      const { head: read, held: begun } = known;
      const { head, grant, held, failed } = known.failed
        ? { failed: known.failed }
        : await orFailed(() => drain(deps, id, { lane: 'ending', onTo, from: { head: read, held: begun } }));
      // What this process has not changed is as it was read.
      const same = 'grant' in known && !failed && head === read;
      const acted = await lookAtGrant(deps, id, {
        ...(grant ? { grant } : same && { grant: known.grant }),
        head,
      });
      if (failed) throw failed.error;
      return { head: acted ? await store.head(id) : head, held };
    });

  const drainOther = (id: string, lane: Exclude<Lane, 'ending'>, from: SoFar, onTo?: Lane) =>
    lanes[lane](id, () => drain(deps, id, { lane, onTo, from, endFirst: () => drainEnding(id) }));

  /**
   * The turn, and what it means for access that ends. A turn that cannot be written keeps nothing from ending.
   * @param lanes those in which the caller goes on
   */
  const turnAndEnd = async (id: string, lanes: readonly Lane[]) => {
    const turned = await turns(id, () => turn(deps, id, lanes));
    return drainEnding(
      id,
      turned,
      lanes.find((lane) => lane === 'messages'),
    );
  };

  async function advance(id: string): Promise<{ dueAt?: Instant }> {
    const { head, held } = await turnAndEnd(id, ['ending', 'giving', 'messages']);
    if (!head) return {};
    const { status } = head.state;
    // People hear that it is over while a call for more of it may still be in hand.
    const isOver = status === 'ending' || status === 'closed';
    const [told, given] = await Promise.all([
      isOver ? drainOther(id, 'messages', { head, held }) : undefined,
      isOver ? drainOther(id, 'giving', { head }) : drainOther(id, 'giving', { head, held }, 'messages'),
    ]);
    const { head: last } = await drainOther(id, 'messages', {
      head: newer(told?.head, given.head),
      held: given.held,
    });
    if (last) deps.changed?.(last);
    return defined({ dueAt: last?.dueAt });
  }

  const end = async (id: string) => void (await turnAndEnd(id, ['ending']));
  return { advance, end, sweep: sweeper({ store, clock, log, advance, end }) };
}

function newer(one: Head | undefined, two: Head | undefined): Head | undefined {
  return one && (!two || one.version > two.version) ? one : two;
}

/**
 * Runs calls for the same key one after another, those for different keys side by side. It only saves lost races
 * within one process; what keeps processes apart is the version of HEAD.
 */
function serially(): <T>(key: string, call: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, call) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(call, call);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

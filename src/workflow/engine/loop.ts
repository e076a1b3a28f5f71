import { defined } from '../../domain/objects.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Lane } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
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
   */
  const drainEnding = (id: string, known: Turned = {}) =>
    lanes.ending(id, async () => {
      const { head, grant, failed } = known.failed
        ? { failed: known.failed }
        : await orFailed(() => drain(deps, id, { lane: 'ending', known: known.head }));
      // What this process has not changed is as it was read.
      const same = 'grant' in known && !failed && head === known.head;
      const acted = await lookAtGrant(deps, id, {
        ...(grant ? { grant } : same && { grant: known.grant }),
        head,
      });
      if (failed) throw failed.error;
      return acted ? store.head(id) : head;
    });

  const drainOther = async (id: string, lane: Exclude<Lane, 'ending'>, known?: Head) => {
    const drained = lanes[lane](id, () => drain(deps, id, { lane, known, endFirst: () => drainEnding(id) }));
    return (await drained).head;
  };

  /** The turn, and what it means for access that ends. A turn that cannot be written keeps nothing from ending. */
  const turnAndEnd = async (id: string) => drainEnding(id, await turns(id, () => turn(deps, id)));

  async function advance(id: string): Promise<{ dueAt?: Instant }> {
    const ended = await turnAndEnd(id);
    if (!ended) return {};
    const { status } = ended.state;
    // People hear that it is over while a call for more of it may still be in hand.
    const [told, given] = await Promise.all([
      status === 'ending' || status === 'closed' ? drainOther(id, 'messages', ended) : undefined,
      drainOther(id, 'giving', ended),
    ]);
    const last = await drainOther(id, 'messages', newer(told, given));
    return defined({ dueAt: last?.dueAt });
  }

  const end = async (id: string) => void (await turnAndEnd(id));
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

import { decide } from '../domain/decide.js';
import type { Instant } from '../domain/entitlement.js';
import { grantDue, type Grant } from '../domain/grant.js';
import { backOff, claim, dueNow, isMessage, owe, putOff, settle, type Owed } from '../domain/outbox.js';
import { apply, type Head } from '../domain/head.js';
import type { Clock, EngineStore, Notifier, OnCall, Provisioner } from '../ports.js';
import { carryOut, skewProblem } from './access.js';
import type { Facts } from './facts.js';
import { serially } from './lanes.js';
import { send } from './messages.js';
import { codeOf } from './outcome.js';
import { recordForEngine } from './record.js';

export interface EngineDeps extends Facts {
  store: EngineStore;
  provisioners: Record<string, Provisioner>;
  notifier: Notifier;
  clock: Clock;
  /** Absent: nobody can be asked who is on call. */
  onCall?: OnCall;
  log: {
    info(about: object, message: string): void;
    warn(about: object, message: string): void;
    error(about: object, message: string): void;
  };
}

export interface Engine {
  /** Does everything that is due for one request. Safe to call at any time, any number of times, from anywhere. */
  advance(id: string): Promise<{ dueAt?: Instant }>;
  /**
   * Does everything that is due for any request: the guarantee behind every lost wake-up.
   * @param until looks at what falls due by then too, for whoever sets timers by the answer; default: now
   * @returns which requests were looked at, and when each is due next
   */
  sweep(until?: Instant): Promise<{ id: string; dueAt?: Instant }[]>;
}

/** One pass cannot owe itself more than this; a request that does is left for the next sweep. */
const MOST_STEPS = 100;
/** Nothing is begun under a claim that is older: it has to be done before another process may take it over. */
const FRESH = 5_000;
const AT_ONCE = 8;
const BATCH = 2_000;

/** What makes and unmakes access. Nothing from outside calls it: it does what the record says is due. */
export function engine(deps: EngineDeps): Engine {
  const { store, clock, log, provisioners } = deps;
  const access = serially();
  const messages = serially();

  /**
   * Claims what is due in one lane and does it, until nothing is.
   * @param known the head as it was read or written just now, where it was
   * @returns the head in which nothing was due any more
   */
  async function drain(id: string, mine: (owed: Owed) => boolean, known?: Head): Promise<Head | undefined> {
    let head = known ?? (await store.head(id));
    for (let step = 0; step < MOST_STEPS; step++) {
      if (!head) return undefined;
      const now = clock.now();
      const due = ready(head, now).filter(mine);
      if (due.length === 0) return head;
      const ids = due.map((owed) => owed.id);
      const claimed = apply(head, [], { outbox: (outbox) => claim(outbox, ids, now) });
      if ((await store.write({ ...claimed, records: [] })) !== 'written') {
        head = await store.head(id);
        continue;
      }
      // What this process wrote last is as new as what a read before the effect would find.
      head = claimed.head;
      for (const owed of claimed.head.outbox.filter((one) => ids.includes(one.id))) {
        if (clock.now() - now > FRESH) break;
        if (!head.outbox.some((one) => one.id === owed.id)) continue;
        head = await (isMessage(owed) ? deliver(head, owed) : act(head, owed));
      }
    }
    log.warn({ request: id }, 'more is due than one pass does');
    return head;
  }

  /** @returns the head that records what came of it */
  async function act(head: Head, owed: Owed): Promise<Head> {
    const { id } = head;
    const outcome = await carryOut(deps, head.state, owed);
    const now = clock.now();
    if ('done' in outcome) {
      const { head: after, events } = await recordForEngine(store, id, outcome.done, ({ state }, led) => {
        // A duty to revoke ends with the proof that it is gone, and with nothing else.
        const open = owed.effect.type === 'revoke' && state.status === 'ending' && led.length === 0;
        return {
          outbox: (outbox) => (open ? putOff(outbox, owed.id, now) : settle(outbox, [owed.id])),
        };
      });
      for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
      return after;
    }
    const { later, why } = outcome;
    const waiting = later !== undefined;
    log[owed.effect.type === 'revoke' && !waiting ? 'error' : 'warn'](
      { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
      'put off',
    );
    const putBack = await recordForEngine(store, id, undefined, () => ({
      outbox: (outbox) => putOff(outbox, owed.id, now, later),
    }));
    return putBack.head;
  }

  /** @returns the head that records what came of it */
  async function deliver(shown: Head, owed: Owed): Promise<Head> {
    const { id } = shown;
    const sent = await send(deps, shown, owed);
    const now = clock.now();
    const { head: after } = await recordForEngine(store, id, undefined, (head) => {
      if (sent === 'given-up') return { outbox: (outbox) => settle(outbox, [owed.id]) };
      const later = 'later' in sent ? (sent.later ?? now + backOff(owed.attempts)) : now;
      // Somebody wrote meanwhile: what we showed, or may have, can be older than what they showed, so show it again,
      // even if they have settled it.
      const overtaken = owed.effect.type === 'cards' && head.tail.n !== shown.tail.n;
      if (overtaken) {
        const posts = 'posts' in sent ? sent.posts : unknown(head.posts);
        return { posts, outbox: (outbox) => owe(outbox, owed, later) };
      }
      if ('later' in sent) return { outbox: (outbox) => putOff(outbox, owed.id, now, later) };
      return { posts: sent.posts, outbox: (outbox) => settle(outbox, withTwins(outbox, owed)) };
    });
    return after;
  }

  /** Tells the state what the time is. @returns the head after that */
  async function turn(id: string): Promise<Head | undefined> {
    const head = await store.head(id);
    if (!head) return undefined;
    const tick = { type: 'Tick', at: clock.now() } as const;
    const decided = decide(tick, head.state);
    if ('events' in decided && decided.events.length > 0) {
      const { head: after, events } = await recordForEngine(store, id, tick);
      for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
      return after;
    }
    return head;
  }

  /** Ends a grant whose end has come though its request does not say so: whoever wrote HEAD cannot prolong it. */
  async function endOrphan(id: string): Promise<void> {
    const grant = await store.grant(id);
    const due = grant && grantDue(grant);
    if (!grant || due === undefined || due > clock.now()) return;
    const head = await store.head(id);
    if (head && seesToIt(head, grant)) return;
    const provisioner = provisioners[grant.grant.kind];
    log.error(
      { request: id, status: head?.state.status },
      'a grant outlived its request: ended by its own record',
    );
    try {
      if (grant.gone) {
        if (await skewProblem(deps)) return;
        await provisioner?.cleanUp(grant);
        await store.saveGrant({ ...grant, cleanedUp: true });
      } else if (provisioner) {
        await store.saveGrant({ ...grant, gone: await provisioner.revoke(grant, clock.now()) });
      }
    } catch (error) {
      log.error({ request: id, code: codeOf(error) }, 'a grant without a request could not be ended yet');
    }
  }

  async function advance(id: string): Promise<{ dueAt?: Instant }> {
    await access(id, async () => {
      await drain(id, (owed) => !isMessage(owed), await turn(id));
      await endOrphan(id);
    });
    const head = await messages(id, () => drain(id, isMessage));
    return head?.dueAt === undefined ? {} : { dueAt: head.dueAt };
  }

  async function sweep(until: Instant = clock.now()): Promise<{ id: string; dueAt?: Instant }[]> {
    const waiting = await store.due(until, BATCH);
    const looked: { id: string; dueAt?: Instant }[] = [];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        try {
          looked.push({ id, ...(await advance(id)) });
        } catch (error) {
          log.error({ request: id, err: error }, 'could not be advanced; the next sweep tries again');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return looked;
  }

  return { advance, sweep };
}

/** Whether the request itself is going to end this grant, or to clear away what is left of it. */
function seesToIt({ state, outbox }: Head, { gone, lease }: Grant): boolean {
  const owes = (type: Owed['effect']['type']) => outbox.some(({ effect }) => effect.type === type);
  if (gone) return owes('clean-up');
  if (state.status === 'ending') return owes('revoke');
  return (state.status === 'approved' || state.status === 'active') && state.lease.endsAt <= lease.endsAt;
}

/** What may be begun now: of cards one at a time, or two processes would each post the same card. */
function ready({ outbox }: Head, now: number): Owed[] {
  const inHand = outbox.some(
    ({ effect, attempts, notBefore }) => effect.type === 'cards' && attempts > 0 && notBefore > now,
  );
  let cards = inHand;
  return dueNow(outbox, now).filter(({ effect }) => {
    if (effect.type !== 'cards') return true;
    const first = !cards;
    cards = true;
    return first;
  });
}

/** A call whose fate nobody knows: what the cards show now may be anything. */
function unknown(posts: Head['posts']): Head['posts'] {
  return Object.fromEntries(Object.entries(posts).map(([stage, post]) => [stage, { ...post, shown: '' }]));
}

/** Cards were brought in line with HEAD as it is: whatever else asked for that has been served too. */
function withTwins(outbox: Owed[], owed: Owed): string[] {
  if (owed.effect.type !== 'cards') return [owed.id];
  return outbox.filter(({ effect }) => effect.type === 'cards').map(({ id }) => id);
}

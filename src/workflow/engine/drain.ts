import { laneOf, needsClaim, type Lane } from '../../domain/request/effects.js';
import type { Command } from '../../domain/request/command.js';
import { apply, type Head } from '../../domain/request/head.js';
import { claim, putOff, settle, type Owed } from '../../domain/request/outbox.js';
import type { Keep, Known } from '../record-command.js';
import { ready, recordAndClaim, stillOurs, take, type InHand, type SoFar } from './claims.js';
import { isToldOf, type EngineDeps } from './effect.js';
import { carryOut } from './effects/index.js';

/** One pass cannot owe itself more than this; a request that does is left for the next sweep. */
const MOST_STEPS = 100;
/**
 * Nothing is begun under a claim that is older: it has to be done before another process may take it over. Nor does a
 * pass begin anything after so long: what is left is due, and what changed meanwhile is seen first.
 */
const FRESH = 5_000;
/** What messages have come to waits no longer for others: a write is where the process sees what has begun to end. */
const TOGETHER = 1_000;

interface How {
  lane: Lane;
  /** The lane that this process goes on to when nothing is left in this one. */
  onTo?: Lane | undefined;
  /** How far it has come, where it has read or written the head just now. */
  from?: SoFar;
  /** In a lane that does not end access: what began to end while something else was in hand comes before whatever is next. */
  endFirst?: () => Promise<SoFar>;
}

/**
 * Does what is due in one lane, each effect under a claim of this process, until nothing is.
 * @returns the head in which nothing was due any more
 */
export async function drain(deps: EngineDeps, id: string, how: How): Promise<SoFar> {
  const { store, clock, log } = deps;
  const { lane, onTo, from = {} } = how;
  let { head = await store.head(id), grant, held } = from;
  const begun = clock.now();
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!head) return {};
    if (held && !held.owed.some(({ effect }) => laneOf(effect) === lane)) return { head, grant, held };
    const now = clock.now();
    const isLate = lane !== 'ending' && now - begun > FRESH;
    if (!held || now - held.at > FRESH) {
      const due = union(held ? stillOurs(head, held) : [], ready(head.outbox, now, lane));
      if (due.length === 0 || isLate) return { head, grant };
      const taken = await take(deps, head, due, now);
      if (!taken) {
        head = await store.head(id);
        grant = undefined;
        continue;
      }
      ({ head, held } = taken);
    }
    const next = [...(isLate ? [] : [lane]), ...(onTo ? [onTo] : [])];
    ({ head, grant, held } = await doAll(deps, { head, grant }, held, { ...how, next }));
  }
  log.warn({ request: id }, 'more is due than one pass does');
  return { head, grant, held };
}

/**
 * Does what this process has in hand, one after another, and records what came of it: of messages that are quickly sent
 * together, of everything else at once.
 * @returns also what it has in hand next, claimed in the same write
 */
async function doAll(
  deps: EngineDeps,
  reached: { head: Head } & Pick<SoFar, 'grant'>,
  { owed: all, at }: InHand,
  { lane, next, endFirst }: How & { next: Lane[] },
): Promise<SoFar> {
  const { clock, log } = deps;
  let { head, grant } = reached;
  let held: InHand | undefined;
  /** What came of messages that are sent, and is not on record yet. */
  let sent: Keep | undefined;

  async function put(came: CameOf, lanes: readonly Lane[]): Promise<void> {
    sent = undefined;
    const recorded = await recordAndClaim(deps, head.id, came, lanes);
    for (const { type } of recorded.events) log.info({ request: head.id, event: type }, 'recorded');
    ({ head, grant, held } = recorded);
    if (endFirst && ready(head.outbox, clock.now(), 'ending').length > 0)
      ({ head = head } = await endFirst());
  }

  for (const owed of all) {
    if (clock.now() - at > FRESH) break;
    const shown = sent ? withBooks(head, sent) : head;
    if (!shown.outbox.some((one) => one.id === owed.id)) continue;
    const came = await perform(deps, shown, owed).catch(async (error: unknown) => {
      if (sent) await put({ keep: sent, known: { head } }, []);
      throw error;
    });
    const keep = sent ? inTurn(sent, came.keep) : came.keep;
    const isLast = owed === all.at(-1);
    const waits = lane === 'messages' && !isLast && !came.command && clock.now() - at < TOGETHER;
    if (waits) sent = keep;
    else await put({ ...came, keep, known: { head, ...came.known } }, isLast ? next : []);
  }
  if (sent) await put({ keep: sent, known: { head } }, next);
  return { head, grant, held };
}

/** What came of an effect, as it goes on record. */
interface CameOf {
  command?: Command | undefined;
  keep: Keep;
  known?: Known | undefined;
}

/** The books of both, as two writes would keep them. */
function inTurn(first: Keep, second: Keep): Keep {
  return (head) => {
    const { outbox, posts, unasked = {} } = withBooks(withBooks(head, first), second);
    return { outbox: () => outbox, posts, unasked };
  };
}

function withBooks(head: Head, keep: Keep): Head {
  return apply(head, [], keep(head, [])).head;
}

/** Carries out one effect that this process has in hand. */
async function perform(deps: EngineDeps, head: Head, owed: Owed): Promise<CameOf> {
  const { clock, log } = deps;
  const { id } = head;
  const putOffUntil =
    (later?: number): Keep =>
    () => ({
      outbox: (outbox) => {
        const now = clock.now();
        // What needed no claim is counted as tried here.
        return putOff(needsClaim(owed.effect) ? outbox : claim(outbox, [owed.id], now), owed.id, now, later);
      },
    });
  const outcome = await carryOut(deps, head, owed).catch(async (error: unknown) => {
    // Without a claim it would else be due again at once, and fail again.
    if (!needsClaim(owed.effect))
      await recordAndClaim(deps, id, { keep: putOffUntil(), known: { head } }, []);
    throw error;
  });
  const { known } = outcome;
  if ('later' in outcome) {
    const { later, why, failures = 0 } = outcome;
    log[failures > 0 && isToldOf(failures) ? 'error' : 'warn'](
      { request: id, effect: owed.effect.type, attempts: owed.attempts, why },
      'put off',
    );
    return { keep: putOffUntil(later), known };
  }
  const { done: command, keep = () => ({ outbox: (outbox) => settle(outbox, [owed.id]) }) } = outcome;
  return { command, keep, known };
}

function union(some: Owed[], more: Owed[]): Owed[] {
  return [...some, ...more.filter(({ id }) => !some.some((one) => one.id === id))];
}

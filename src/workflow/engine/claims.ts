import type { Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { laneOf, needsClaim, type Lane } from '../../domain/request/effects.js';
import { apply, type Head } from '../../domain/request/head.js';
import { claim, dueNow, isInHand, type Owed } from '../../domain/request/outbox.js';
import type { Command } from '../../domain/request/command.js';
import { recordForEngine, type Keep, type Known, type Recorded } from '../record-command.js';
import type { EngineDeps } from './effect.js';

/** Effects that this process does next, and since when nobody else begins them. */
export interface InHand {
  owed: Owed[];
  at: Instant;
}

/** How far this process has come with a request: what it has read or written last, and what it has in hand. */
export interface SoFar {
  head?: Head | undefined;
  /** The grant's own record, where this process has just written it. */
  grant?: Grant | undefined;
  held?: InHand | undefined;
}

/** They show HEAD as it is. First the cards, so that what the requester reads of who was asked is true (invariant 15). */
const DRAWN = ['cards', 'living'] as const;

/** What may be begun now. Of what is drawn one at a time, or two processes would each post the same. */
export function ready(outbox: Owed[], now: Instant, lane: Lane): Owed[] {
  const due = dueNow(outbox, now).filter(({ effect }) => laneOf(effect) === lane);
  const drawn = DRAWN.flatMap((type) => {
    const inHand = outbox.some((one) => one.effect.type === type && isInHand(one, now));
    return inHand ? [] : due.filter(({ effect }) => effect.type === type).slice(0, 1);
  });
  return [...drawn, ...due.filter(({ effect: { type } }) => !DRAWN.some((one) => one === type))];
}

/** What is still this process's own: nobody has taken it over. */
export function stillOurs({ outbox }: Head, { owed }: InHand): Owed[] {
  return owed.flatMap(
    ({ id, attempts, notBefore }) =>
      outbox.find((one) => one.id === id && one.attempts === attempts && one.notBefore === notBefore) ?? [],
  );
}

/**
 * Takes these in hand: those that need a claim only once it is on record, with which they count as tried.
 * @returns undefined where somebody else has written first
 */
export async function take(
  { store }: EngineDeps,
  head: Head,
  due: Owed[],
  at: Instant,
): Promise<{ head: Head; held: InHand } | undefined> {
  const owed = claim(
    due,
    due.map(({ id }) => id),
    at,
  );
  const ids = claimable(due);
  if (ids.length === 0) return { head, held: { owed, at } };
  const claimed = apply(head, [], { claims: (outbox) => claim(outbox, ids, at) });
  if ((await store.write({ ...claimed, records: [] })) !== 'written') return undefined;
  // What this process wrote last is as new as what a read before the effect would find.
  return { head: claimed.head, held: { owed, at } };
}

/**
 * Records what the engine has to say, and claims in the same write what it does next, which counts as tried: whoever
 * takes it over looks before it posts.
 * @param lanes what is ready in the first of them in which anything is comes next; nothing does before what is to end
 */
export async function recordAndClaim(
  { store, clock }: { store: EngineDeps['store']; clock: Pick<EngineDeps['clock'], 'now'> },
  id: string,
  { command, keep, known }: { command?: Command | undefined; keep?: Keep; known?: Known | undefined },
  lanes: readonly Lane[],
): Promise<Recorded & { held?: InHand }> {
  let at = clock.now();
  let ids: string[] = [];
  const claims = (outbox: Owed[]) => {
    at = clock.now();
    ids = claimable(nextIn(outbox, at, lanes));
    return claim(outbox, ids, at);
  };
  const recorded = await recordForEngine(
    store,
    id,
    command,
    (head, events) => ({ ...keep?.(head, events), claims }),
    known,
  );
  const owed = ids.flatMap((wanted) => recorded.head.outbox.find((one) => one.id === wanted) ?? []);
  return { ...recorded, ...(owed.length > 0 && { held: { owed, at } }) };
}

function nextIn(outbox: Owed[], now: Instant, lanes: readonly Lane[]): Owed[] {
  if (!lanes.includes('ending') && ready(outbox, now, 'ending').length > 0) return [];
  return lanes.map((lane) => ready(outbox, now, lane)).find(({ length }) => length > 0) ?? [];
}

function claimable(owed: Owed[]): string[] {
  return owed.filter(({ effect }) => needsClaim(effect)).map(({ id }) => id);
}

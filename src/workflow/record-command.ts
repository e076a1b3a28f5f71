import { setTimeout as pause } from 'node:timers/promises';
import { decide } from '../domain/request/stories/index.js';
import { concernsGrant, evolveGrant, grantFrom, whyUnusable, type Grant } from '../domain/grant.js';
import { apply, type Bookkeeping, type Head } from '../domain/request/head.js';
import { hurry } from '../domain/request/outbox.js';
import type { Refusal } from '../domain/refusal.js';
import type { Command } from '../domain/request/command.js';
import type { Event } from '../domain/request/event.js';
import { RecordFault, type EngineChange, type EngineStore, type RequestStore } from '../ports/record.js';

/** Each lost race means that another write landed, so there is always progress. */
const TRIES = 30;
/** From this lost race on a writer waits by chance, so that a crowd cannot keep one of its number out for ever. */
const CROWD = 3;

/** @param lost how many races in a row were lost */
async function afterLosing(lost: number): Promise<void> {
  if (lost >= CROWD) await pause(Math.random() * 20 * Math.min(lost - CROWD + 1, 10));
}

/** What came of a command: the head as it now is, and the events that it led to (none: it had lost its meaning). */
export type RecordedCommand = { head: Head; events: Event[] } | { refusal: Refusal };

/**
 * Decides a person's command on the newest head and writes what follows. Who loses a race decides again on what
 * the winner wrote (invariant 6).
 * @param command made anew for each head, since facts such as candidates depend on it
 * @param tries how many races may be lost before the answer is `busy`
 */
export async function recordForPerson(
  store: RequestStore,
  id: string,
  seen: string,
  command: (head: Head | undefined) => Promise<Command | { refusal: Refusal }>,
  tries = TRIES,
): Promise<RecordedCommand> {
  for (let lost = 0; lost < tries; lost++) {
    await afterLosing(lost);
    const head = await store.head(id);
    const made = await command(head);
    if ('refusal' in made) return made;
    const decided = decide(made, head?.state);
    if ('refusal' in decided) return decided;
    // Another press to end what is ending has it tried now.
    const keep: Bookkeeping =
      made.type === 'Revoke' ? { outbox: (outbox) => hurry(outbox, 'revoke', made.at) } : {};
    const next = apply(head, decided.events, keep);
    const written = await store.write({ ...next, seen });
    if (written === 'written') return { head: next.head, events: decided.events };
    if (written === 'seen') return { refusal: { code: 'replayed' } };
  }
  return { refusal: { code: 'busy' } };
}

/** What the engine writes besides events: bookkeeping worked out on the newest head and the events decided on it. */
export type Keep = (head: Head, events: Event[]) => Bookkeeping;

/**
 * What this process has read or written last. It is not read again: each write is conditional on it, and where somebody
 * else has written meanwhile, it is.
 */
export interface Known {
  head?: Head | undefined;
  grant?: Grant | undefined;
}

/** What the engine has put on record: the head as it now is, and the grant's own record where that was written too. */
export interface Recorded {
  head: Head;
  events: Event[];
  grant?: Grant | undefined;
}

/**
 * Decides the engine's command (or none) on the newest head and writes it with its bookkeeping, the grant and the
 * lease in one transaction. Only here are grants and leases written. An attempt to give what the grant's own record or
 * an order to end it forbids leads to no event, whatever HEAD says (invariant 1).
 * @throws when the request does not exist, or after too many lost races
 */
export async function recordForEngine(
  store: EngineStore,
  id: string,
  command: Command | undefined,
  keep: Keep = () => ({}),
  known: Known = {},
): Promise<Recorded> {
  let { head: newest, grant: own } = known;
  for (let lost = 0; lost < TRIES; lost++) {
    await afterLosing(lost);
    const head = newest ?? (await store.head(id));
    if (!head) throw new Error(`no request ${id}`);
    const decided = command ? decide(command, head.state) : { events: [] };
    if ('refusal' in decided) throw new Error(`the engine was refused: ${decided.refusal.code}`);
    const access = await accessAfter(store, head, decided.events, own);
    if (access === 'unusable') return { head, events: [] };
    const next = apply(head, decided.events, keep(head, decided.events));
    try {
      if ((await store.write({ ...next, ...access })) === 'written')
        return { head: next.head, events: decided.events, grant: access.grant };
    } catch (error) {
      // The grant's own record may have been changed meanwhile, and HEAD not yet.
      if (!own || !(error instanceof RecordFault)) throw error;
    }
    newest = own = undefined;
  }
  throw new Error(`lost every race for ${id}`);
}

/** What gives access, or more of it. */
const GIVING: Event['type'][] = ['ProvisionAttempted', 'MintAttempted', 'LeaseExtended'];

/** The grant and lease items that go with these events; `unusable` where they would give what may not be given. */
async function accessAfter(
  store: EngineStore,
  { id, state }: Head,
  events: Event[],
  own: Grant | undefined,
): Promise<Pick<EngineChange, 'grant' | 'lease'> | 'unusable'> {
  const approval = events.find((event) => event.type === 'RequestApproved');
  if (approval && state.status === 'pending') {
    return { grant: grantFrom(state, approval), lease: 'put' };
  }
  if (!events.some(concernsGrant)) return {};
  const attempt = events.find(({ type }) => GIVING.includes(type));
  const [before, end] = await Promise.all([own ?? store.grant(id), attempt && store.end(id)]);
  if (attempt && (!before || whyUnusable(before, { now: attempt.at, end }))) return 'unusable';
  if (!before) return {};
  const grant = events.reduce(evolveGrant, before);
  // The timer goes by the new end from the moment on at which the grant does (invariant 2).
  if (events.some(({ type }) => type === 'LeaseExtended')) return { grant, lease: 'move' };
  return grant.gone && !before.gone ? { grant, lease: 'remove' } : { grant };
}

import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Account } from '../../domain/person.js';
import { personLedger, type PersonLedger } from '../../domain/record/ledger.js';
import type { Head } from '../../domain/request/head.js';
import { ifWithin } from '../../kit/deadline.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { ttlCache } from '../../kit/ttl-cache.js';
import type { Clock } from '../../ports/clock.js';
import type { HomeScreen } from '../../ports/home.js';
import { NotifyFault } from '../../ports/messages.js';
import type { EngineStore } from '../../ports/record.js';
import { candidatesOf } from '../facts.js';
import { standing } from '../seats/stand-ins.js';
import { FOLLOWED, homeNoteOf, LEAST, withHomeNote } from './drawn.js';
import { homesFrom, type HomeDeps } from './home.js';

/** Requests of which it is remembered what was drawn of them. */
const REQUESTS = 5_000;
const DAY: Millis = 86_400_000;
const RACES = 5;
/** How long a process that must go on waits for what is being drawn. */
const PATIENCE: Millis = 3_000;

export interface KeeperDeps extends HomeDeps {
  store: HomeDeps['store'] & Pick<EngineStore, 'ledger' | 'append'>;
  clock: Clock;
}

/** Draws App Homes again when a request changes. Best effort: nothing waits for it, and nothing is owed (invariant 16). */
export interface HomeKeeper {
  /** @param head a request as it is now. Never throws */
  changed(head: Head): void;
  /** @param accounts of people of whom something else has changed. Never throws */
  concerns(accounts: Account[]): void;
  /** For a process that is frozen once it has answered: waits for what is being drawn, not for long. Never throws */
  settled(): Promise<void>;
}

/** What is to be drawn for one person. */
interface Wanted {
  /** What was drawn after this shows it. */
  since: Instant;
  /** Requests that no index may have yet. */
  also: Set<string>;
}

/** @param of.screen where it is drawn @param of.pause what tests put in the place of real time */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function homeKeeper(
  deps: KeeperDeps,
  { screen, pause = pauseFor }: { screen: HomeScreen; pause?: (ms: Millis) => Promise<unknown> },
): HomeKeeper {
  const { store, clock, log } = deps;
  const { homeOf } = homesFrom(deps);
  const known = ttlCache<{ n: number; pending: boolean }>(REQUESTS, DAY);
  const wanted = new Map<PersonLedger, Wanted>();
  const drawing = new Map<PersonLedger, Promise<void>>();
  const inHand = new Set<Promise<void>>();
  let quietUntil: Instant = 0;

  /** For the requester; and while it waits for a decision, or has just been decided, for all who have to do with that. */
  async function redraw({ state, id }: Head, deciding: boolean, since: Instant): Promise<void> {
    const asked = deciding ? Object.values((await candidatesOf(deps, state)).asked).flat() : [];
    const standIns = deciding ? (await standing(deps)).map(({ to }) => to) : [];
    const people = [state.requester, ...asked, ...standIns].flatMap(({ account }) => account ?? []);
    const distinct = new Map(people.map((account) => [personLedger(account), account]));
    await sideBySide(distinct, ([name, account]) => want(name, account, { since, id }));
  }

  async function want(
    name: PersonLedger,
    account: Account,
    { since, id }: { since: Instant; id?: string },
  ): Promise<void> {
    const before = wanted.get(name);
    if (before) {
      before.since = since;
      if (id !== undefined) before.also.add(id);
      return;
    }
    const mine: Wanted = { since, also: new Set(id === undefined ? [] : [id]) };
    wanted.set(name, mine);
    const may = await claim(name, mine).finally(() => wanted.delete(name));
    if (!may) return;
    // One after another: an older drawing must not come to lie over a newer.
    const turn = (drawing.get(name) ?? Promise.resolve()).then(() => draw(account, [...mine.also]));
    drawing.set(name, turn);
    await turn.finally(() => drawing.get(name) === turn && drawing.delete(name));
  }

  /** Whether this process is to draw it now: one does each second, for who has opened it within a week. */
  async function claim(name: PersonLedger, mine: Wanted): Promise<boolean> {
    let paused = false;
    for (let race = 0; race < RACES; race++) {
      const head = await store.ledger(name);
      const now = clock.now();
      const { seenAt, drawnAt = -Infinity, showsAt = -Infinity } = homeNoteOf(head);
      if (seenAt === undefined || now - seenAt > FOLLOWED) return false;
      if (showsAt > mine.since || now < quietUntil) return false;
      const wait = drawnAt + LEAST - now;
      if (wait > 0 && !paused) {
        paused = true;
        await pause(Math.min(wait, LEAST));
        continue;
      }
      if ((await store.append(withHomeNote(name, head, { drawnAt: now }))) === 'written') return true;
    }
    return false;
  }

  async function draw(account: Account, also: string[]): Promise<void> {
    // Looked up each time: the directory may come later than the engine.
    const found = await deps.directory.person(account);
    if ('refusal' in found) return;
    try {
      await screen.draw(account, await homeOf(found.person, { also }));
    } catch (error) {
      if (error instanceof NotifyFault && error.retryAfter !== undefined)
        quietUntil = clock.now() + error.retryAfter;
      throw error;
    }
  }

  function begin(drawn: Promise<unknown>, about: object): void {
    const work: Promise<void> = drawn
      .then(() => undefined)
      .catch((error: unknown) => log.warn({ ...about, err: error }, 'an App Home could not be drawn again'))
      .finally(() => inHand.delete(work));
    inHand.add(work);
  }

  return {
    changed(head) {
      const now = clock.now();
      const before = known.get(head.id, now);
      if (before?.n === head.tail.n) return;
      const pending = head.state.status === 'pending';
      known.put(head.id, { n: head.tail.n, pending }, now);
      begin(redraw(head, pending || before?.pending !== false, now), { request: head.id });
    },
    concerns(accounts) {
      const since = clock.now();
      begin(
        sideBySide(accounts, (account) => want(personLedger(account), account, { since })),
        {},
      );
    },
    async settled() {
      await ifWithin(PATIENCE, Promise.all(inHand));
    },
  };
}

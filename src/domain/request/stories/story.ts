import type { Instant } from '../../entitlement.js';
import { samePerson, type Person } from '../../person.js';
import type { Past } from '../../record/past.js';
import type { Presence } from '../../record/values.js';
import type { Refusal } from '../../refusal.js';
import type { Effect, News, NoCredentials } from '../effects.js';
import type { By, Outcome, State } from '../state.js';

// What every story is made of. A story knows the states, never all events or all commands: those are made of the stories.

/** A command: time, identity and facts come as arguments. */
export interface Commanded {
  at: Instant;
}

/** An event: one fact about one request, past tense. */
export interface Happened {
  at: Instant;
  by: By;
}

/** What a command leads to. People's are refused with a code; the engine's are reports, and lead to nothing once they are overtaken. */
export type Decided<E extends Happened> = { events: E[] } | { refusal: Refusal };

/** An effect that an event owes, and when it is to happen if not at once. */
export interface Owes {
  effect: Effect;
  notBefore?: Instant;
}

/** What an event may follow: a request in this status, or nothing. */
export type Predecessor = State['status'] | 'nothing';
export type Before<P extends Predecessor> = P extends State['status']
  ? Extract<State, { status: P }>
  : undefined;

/** Everything that the program knows of one type of event. */
export interface EventRow<E extends Happened, P extends Predecessor, B = Before<P>> {
  /** What it may follow: after anything else the history is impossible. */
  after: Record<P, true>;
  /** Who may record it besides the program. What a law says of people stands in that law. */
  recordedBy: 'program' | 'people' | 'operators';
  /** Which members the program writes. */
  members: Record<Exclude<keyof E, 'type' | keyof Happened>, Presence>;
  /** The state after it. */
  evolve: (event: E, before: B) => State;
  /** What the world is owed once it has led to this state. */
  owes: (event: E, state: State) => Owes[];
  /** Sessions still owed are dropped; the windows that wait for them hear why. */
  dropsSessions?: NoCredentials;
  /** Why the program would never have recorded it there: what the decisions promise, checked from outside. */
  law: (event: E, before: B, past: Past) => string | undefined;
}

export const CARDS: Owes = { effect: { type: 'cards' } };
export const CONFIRM: Owes = { effect: { type: 'confirm' } };

export function tell(news: News): Owes {
  return { effect: { type: 'tell', news } };
}

export const NOTHING: { events: never[] } = { events: [] };

/** The program records one thing. */
export function record<F extends { type: string }>(at: Instant, fact: F) {
  return { events: [{ ...fact, at, by: 'jit' as const }] };
}

/** For a refusal: how things stand instead. */
export function standing(state: State): { status: State['status']; outcome?: Outcome } {
  return { status: state.status, ...(state.status === 'closed' && { outcome: state.outcome }) };
}

/** Why a person may not do what only the requester may. */
export function notTheirs(by: Person, { requester }: State): Refusal | undefined {
  const who = samePerson(by, requester);
  if (who === 'same') return undefined;
  return { code: who === 'changed' ? 'identity-changed' : 'not-yours' };
}

/** Throws: a history that is impossible is a fault. */
export function impossible(type: string, state: State | undefined): never {
  throw new Error(`impossible history: ${type} after ${state?.status ?? 'nothing'}`);
}

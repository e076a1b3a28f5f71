import { samePerson, type Person } from '../../person.js';
import { openStage } from '../../chain.js';
import { asOf, isEarly } from '../../lease.js';
import type { Instant, Millis } from '../../entitlement.js';
import type { Past } from '../../record/past.js';
import type { Presence } from '../../record/values.js';
import type { Refusal } from '../../refusal.js';
import type { Command, CommandOf } from '../command.js';
import type { Effect, News, NoCredentials } from '../effects.js';
import type { Event, EventOf, Fact } from '../event.js';
import type { By, Outcome, State } from '../state.js';

/** What a command leads to. People's are refused with a code; the engine's are reports, and lead to nothing once they are overtaken. */
export type Decided = { events: Event[] } | { refusal: Refusal };

export type Decisions<T extends Command['type']> = {
  [C in T]: (command: CommandOf<C>, state: State) => Decided;
};

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
export interface EventRow<T extends Event['type'], P extends Predecessor, B = Before<P>> {
  /** What it may follow: after anything else the history is impossible. */
  after: Record<P, true>;
  /** Who may record it besides the program; absent: nobody. What a law says of people stands in that law. */
  recordedBy?: 'people' | 'operators';
  members: Record<Exclude<keyof EventOf<T>, 'type' | 'at' | 'by'>, Presence>;
  evolve: (event: EventOf<T>, before: B) => State;
  /** What the world is owed once it has led to this state. */
  owes: (event: EventOf<T>, state: State) => Owes[];
  /** Sessions still owed are dropped; the windows that wait for them hear why. */
  dropsSessions?: NoCredentials;
  /** What is put off because of what this brings to an end is looked at again. */
  hurries?: readonly Effect['type'][];
  /** Why the program would never have recorded it there: what the decisions promise, checked from outside. */
  law: (event: EventOf<T>, before: B, past: Past) => string | undefined;
}

export const CARDS: Owes = { effect: { type: 'cards' } };
/** What the cards show, the requester's message shows, too: whatever owes the one owes the other. */
export const LIVING: Owes = { effect: { type: 'living' } };
/** And of an emergency what stands in the incident channel. */
export const INCIDENT: Owes = { effect: { type: 'incident' } };

/** The confirmation of a chain that is complete: at once, or at the start that it was asked for. */
export function confirmation(state: State, at: Instant): Owes {
  const effect = { type: 'confirm' } as const;
  return isEarly(state, at) ? { effect, notBefore: asOf(state, at) } : { effect };
}

export function tell(news: News): Owes {
  return { effect: { type: 'tell', news } };
}

/** The shortest time that directory.yml can set: what is decided within it needs no look. */
const SOON: Millis = 60_000;

/**
 * What is owed from the moment on at which a stage begins to wait: a look at what directory.yml says of it then.
 * Reminders and escalation put themselves off until their time, or come to nothing.
 */
export function waits({ at: since }: Event, state: State): Owes[] {
  const stage = waitingStage(state);
  if (stage === undefined) return [];
  return [
    { effect: { type: 'remind', stage, since } },
    { effect: { type: 'escalate', stage, since }, notBefore: since + SOON },
  ];
}

/** The stage whose people have been asked and have not all answered. */
export function waitingStage(state: State): string | undefined {
  return state.status === 'pending' && state.checked ? openStage(state)?.name : undefined;
}

export const NOTHING: Decided = { events: [] };

/** One thing goes on record, by default as the program's. */
export function record(at: Instant, fact: Fact, by: By = 'jit'): Decided {
  return { events: [{ ...fact, at, by }] };
}

/** For a refusal: how things stand instead. */
export function standing(state: State): { status: State['status']; outcome?: Outcome; agreed?: true } {
  const { status, startsAt } = state;
  const waitsForItsStart = status === 'pending' && startsAt !== undefined && openStage(state) === undefined;
  return {
    status,
    ...(status === 'closed' && { outcome: state.outcome }),
    ...(waitsForItsStart && { agreed: true }),
  };
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

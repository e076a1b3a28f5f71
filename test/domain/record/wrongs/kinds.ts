import type { Event } from '../../../../src/domain/request/event.js';
import type { Reason } from '../../../../src/domain/request/state.js';
import { ana } from '../../histories/facts.js';
import { SECOND, person, ruling } from '../../../support/requests.js';
import type { Life } from '../lives.js';

export type Type = Event['type'];
export type Of<T extends Type> = Extract<Event, { type: T }>;
/** A number below that many, by chance. */
export type Chance = (below: number) => number;

/** One way in which one step of a true history is made wrong. */
export interface Wrong {
  name: string;
  /** Why the record does not tell: absent where `verify` must find each history that the program could not write. */
  untold?: string;
  /** Left to chance, and so tried that many times as often. */
  often?: number;
  /** The history with that step wrong; undefined where it has no such step. */
  make: (life: Life, chance: Chance) => Event[] | undefined;
}

export const stranger = person('zed');

export function place(events: Event[], type: Type, chance: Chance): number | undefined {
  const places = events.flatMap((event, n) => (event.type === type ? [n] : []));
  return places.length === 0 ? undefined : places[chance(places.length)];
}

export type Around = { events: Event[]; n: number; chance: Chance };

/** One event of this type, changed. */
export function changed<T extends Type>(
  type: T,
  name: string,
  change: (event: Of<T>, around: Around) => object | undefined,
  untold?: string,
): Wrong {
  return {
    name: `${type}: ${name}`,
    ...(untold !== undefined && { untold }),
    make({ events }, chance) {
      const n = place(events, type, chance);
      const event = n === undefined ? undefined : (events[n] as Of<T>);
      const other = event && change(event, { events, n: n!, chance });
      return other && events.with(n!, other as Event);
    },
  };
}

/** Something put in after one event of this type. */
export function followed<T extends Type>(
  type: T,
  name: string,
  by: (event: Of<T>, around: Around) => Event | undefined,
  untold?: string,
): Wrong {
  return {
    name: `after ${type}: ${name}`,
    ...(untold !== undefined && { untold }),
    make({ events }, chance) {
      const n = place(events, type, chance);
      if (n === undefined) return undefined;
      const more = by(events[n] as Of<T>, { events, n, chance });
      return more && events.toSpliced(n + 1, 0, more);
    },
  };
}

export const SAID = 'the form, the directory and policy said so, and what they said then is not on record';

export function denied(at: number, reason: Reason): Event {
  return { type: 'RequestDenied', at, by: 'jit', reason };
}

export function voided(at: number, people: string[]): Event {
  return { type: 'VotesVoided', at, by: 'jit', people, why: 'no longer entitled to this stage' };
}
export function longer(at: number, events: Event[]): Event | undefined {
  const [first] = events;
  if (first?.type !== 'RequestSubmitted') return undefined;
  return {
    type: 'ChainChanged',
    at,
    by: 'jit',
    ruling,
    chain: [...first.asked.chain, { name: 'more', quorum: 1 }],
  };
}

export function leaseOf(events: Event[]) {
  return events.find((event) => event.type === 'RequestApproved')?.lease;
}
export function atEnd(event: Event, events: Event[], more: { until?: number } = {}): object | undefined {
  const endsAt = leaseOf(events)?.endsAt;
  if (endsAt === undefined) return undefined;
  return { ...event, at: endsAt, ...('until' in more && { until: endsAt + 30 * SECOND }) };
}
export function press(at: number): Event {
  return { type: 'MintRequested', at, by: ana, waiting: 'V2' };
}
export function mint(at: number): Event {
  return { type: 'MintAttempted', at, by: 'jit', permittedAt: at };
}
export function started(
  at: number,
  more: Omit<Of<'RevocationStarted'>, 'type' | 'at' | 'by'>,
  by: Event['by'] = 'jit',
): Event {
  return { type: 'RevocationStarted', at, by, ...more };
}

export function count(events: Event[], type: Type): number {
  return events.filter((event) => event.type === type).length;
}
/** With all members that any reason has. */
export function reasonOf(code: Reason['code']): object {
  const texts = { stage: 'manager', text: 'x', error: 'X', hint: 'x', principal: 'p', problem: 'guest' };
  return { code, ...texts, needed: 1, available: 0, used: 1, limit: 1, policies: [], advice: [], errors: [] };
}

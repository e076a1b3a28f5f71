import type { Instant, Millis } from '../entitlement.js';
import type { Owed } from './outbox.js';
import type { Extension, State } from './state.js';
import type { Before } from './stories/story.js';
import type { Event, Fact } from './event.js';

/** Something that the clock alone brings about. */
interface Turn {
  at: Instant;
  brings: readonly Extract<
    Fact,
    { type: 'RequestLapsed' | 'EndAnnounced' | 'RevocationStarted' | 'ExtensionRefused' }
  >[];
}

/** What the clock brings about in each status; of two that are due, the first. */
const TURNS: { [S in State['status']]: (state: Before<S>) => Turn[] } = {
  pending: ({ lapsesAt }) => [{ at: lapsesAt, brings: [{ type: 'RequestLapsed' }] }],
  approved: ({ lease }) => [{ at: lease.endsAt, brings: [TOO_LATE] }],
  active: ({ lease: { endsAt, warnAt }, warned, extension }) =>
    extension?.agreed
      ? [{ at: extension.agreed.from.endsAt, brings: [notReplaced(extension), EXPIRED] }]
      : [
          { at: endsAt, brings: [EXPIRED] },
          ...(warned || warnAt === undefined
            ? []
            : [{ at: warnAt, brings: [{ type: 'EndAnnounced' } as const] }]),
        ],
  ending: () => [],
  closed: () => [],
};

const TOO_LATE = {
  type: 'RevocationStarted',
  cause: 'failed',
  reason: {
    code: 'aws',
    error: 'TooLate',
    hint: 'AWS did not confirm the access before its end. Ask again.',
  },
} as const;

const EXPIRED = { type: 'RevocationStarted', cause: 'expired' } as const;

/** What AWS has still bears the old end, and that has come. */
const notReplaced = ({ number }: Extension) =>
  ({
    type: 'ExtensionRefused',
    number,
    reason: {
      code: 'aws',
      error: 'TooLate',
      hint: 'AWS did not confirm the new end before the old one. Ask again.',
    },
  }) as const;

function turnsOf(state: State): Turn[] {
  return (TURNS[state.status] as (state: State) => Turn[])(state);
}

function earliest(times: Instant[]): Instant | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When the clock alone next changes what a request is; undefined: never. */
export function turnsAt(state: State): Instant | undefined {
  return earliest(turnsOf(state).map(({ at }) => at));
}

/** What the clock alone has changed. */
export function tick(state: State, now: Instant): Event[] {
  const turn = turnsOf(state).find(({ at }) => now >= at);
  return turn ? turn.brings.map((fact) => ({ ...fact, at: now, by: 'jit' })) : [];
}

/** When a request next needs attention: an effect to do or to try again, a lapse, a warning, an end. */
export function dueAt(state: State, outbox: Owed[]): Instant | undefined {
  return earliest([...turnsOf(state).map(({ at }) => at), ...outbox.map(({ notBefore }) => notBefore)]);
}

/** A sweep that looked at so many has perhaps not seen all that falls due. */
const MANY = 1_000;
/** No sweep follows another sooner: what cannot be done yet would keep it spinning. */
const LEAST: Millis = 200;

/**
 * How long to wait for the next sweep. After a large one what falls due behind the last that was looked at is not
 * known yet, so the next comes when that one is due.
 * @param looked what the sweep looked at, with when each is due next
 * @param sweep.until up to when it looked ahead
 */
export function untilNextSweep(
  looked: { dueAt?: Instant }[],
  sweep: { now: Instant; until: Instant; interval: Millis },
): Millis {
  const { now, until, interval } = sweep;
  if (looked.length < MANY) return interval;
  const ahead = looked.flatMap(({ dueAt }) => (dueAt !== undefined && dueAt <= until ? [dueAt] : []));
  const last = ahead.reduce((latest, dueAt) => Math.max(latest, dueAt), 0);
  return Math.max(LEAST, Math.min(interval, last - now));
}

import { openStage } from '../chain.js';
import { rowOf } from '../objects.js';
import { EFFECTS } from './effects.js';
import type { Instant, Millis } from '../entitlement.js';
import type { Effect, NoCredentials } from './effects.js';
import type { State } from './state.js';

/** An effect that HEAD owes to the world. */
export interface Owed {
  /** `<event number>.<position>`: the same wherever the same event is applied. */
  id: string;
  effect: Effect;
  /** How often it has been begun; above 0, an earlier try may have landed. */
  attempts: number;
  notBefore: Instant;
  /** It was put off, so that nobody has it in hand; of what is claimed, and in older records, absent. */
  idle?: true;
}

const FIRST_RETRY: Millis = 2_000;
const LAST_RETRY: Millis = 300_000;

export function dueNow(outbox: Owed[], now: Instant): Owed[] {
  return outbox.filter((owed) => owed.notBefore <= now);
}

/** Marks as begun: if this process dies now, another takes over when the claim has run out. */
export function claim(outbox: Owed[], ids: string[], now: Instant): Owed[] {
  return outbox.map((owed) => {
    if (!ids.includes(owed.id)) return owed;
    const { idle: _, ...rest } = owed;
    return { ...rest, attempts: owed.attempts + 1, notBefore: now + EFFECTS[owed.effect.type].claim };
  });
}

/** Whether some process has begun it, and need not have given up yet. */
export function isInHand({ attempts, notBefore, idle, effect }: Owed, now: Instant): boolean {
  // Older records do not say of what was put off that it is in nobody's hand; for longer than a claim it is not.
  return !idle && attempts > 0 && notBefore > now && notBefore - now <= EFFECTS[effect.type].claim;
}

export function settle(outbox: Owed[], ids: string[]): Owed[] {
  return outbox.filter((owed) => !ids.includes(owed.id));
}

/** Tries again later: not before `until`, or after an exponential back-off by the attempts so far. */
export function putOff(outbox: Owed[], id: string, now: Instant, until?: Instant): Owed[] {
  return outbox.map((owed) =>
    owed.id === id ? { ...owed, idle: true, notBefore: until ?? now + backOff(owed.attempts) } : owed,
  );
}

/** Tries at once what has been put off for longer than somebody may have it in hand: a person has asked, or the folder has changed. */
export function hurry(outbox: Owed[], type: Effect['type'], now: Instant): Owed[] {
  return outbox.map((owed) =>
    owed.effect.type === type && owed.notBefore > now + EFFECTS[type].claim
      ? { ...owed, notBefore: now }
      : owed,
  );
}

/** Owed again, whether or not somebody has settled it meanwhile; first, since it knows of the tries that may have landed. */
export function owe(outbox: Owed[], owed: Owed, notBefore: Instant): Owed[] {
  return [{ ...owed, idle: true, notBefore }, ...settle(outbox, [owed.id])];
}

/** @param attempts how often it has been begun */
export function backOff(attempts: number, longest: Millis = LAST_RETRY): Millis {
  return Math.min(longest, FIRST_RETRY * 2 ** Math.min(Math.max(attempts - 1, 0), 11));
}

/**
 * What an event takes off the outbox: a newer press takes the place of an older one, and what begins to end gives no
 * more sessions. What a process has in hand is left to it; the window behind the rest hears why it stays empty.
 */
export function overtake(outbox: Owed[], why: NoCredentials | undefined, at: Instant): Owed[] {
  if (!why) return outbox;
  return outbox.map((owed) => {
    const { effect, attempts, notBefore } = owed;
    if (effect.type !== 'mint' || (attempts > 0 && notBefore > at)) return owed;
    return withoutCredentials(owed, { waiting: effect.waiting, why }, at);
  });
}

/** The message that takes the place of a mint: told to the window that waits for it. */
export function withoutCredentials(
  { id }: Owed,
  told: Omit<Extract<Effect, { type: 'no-credentials' }>, 'type'>,
  at: Instant,
): Owed {
  return { id: `${id}.told`, effect: { type: 'no-credentials', ...told }, attempts: 0, notBefore: at };
}

/** Owed for a start that may be days away: nobody looks at what is decided by then. */
const BEFORE_IT_IS_DECIDED: ReadonlySet<Effect['type']> = new Set(['confirm', 'look-ahead']);

/**
 * Keeps what is owed small: of each effect no more than its row says, of a stage only while it waits, and of a decision
 * only until it is made.
 */
export function bounded(all: Owed[], state: State): Owed[] {
  const stage = state.status === 'pending' ? openStage(state)?.name : undefined;
  const outbox = all.filter(({ effect }) =>
    'stage' in effect
      ? effect.stage === stage
      : state.status === 'pending' || !BEFORE_IT_IS_DECIDED.has(effect.type),
  );
  return outbox.filter((owed, at) => {
    const most = rowOf(EFFECTS, owed.effect.type)?.most ?? 'each';
    if (most === 'each') return true;
    const alike = ({ effect }: Owed) => effect.type === owed.effect.type;
    if (most === 'first')
      return owed.attempts > 0 || !outbox.slice(0, at).some((one) => alike(one) && one.attempts === 0);
    return outbox.slice(at + 1).filter(alike).length < most;
  });
}

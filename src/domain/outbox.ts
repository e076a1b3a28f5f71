import type { Instant, Millis } from './entitlement.js';
import type { Effect } from './request.js';

/** An effect that HEAD owes to the world. */
export interface Owed {
  /** `<event number>.<position>`: the same wherever the same event is applied. */
  id: string;
  effect: Effect;
  /** How often it has been begun; above 0, an earlier try may have landed. */
  attempts: number;
  notBefore: Instant;
}

/** How long a process may work on what it has claimed before another may take it over. */
export const CLAIM = { access: 30_000, message: 12_000 } as const satisfies Record<string, Millis>;
const FIRST_RETRY: Millis = 2_000;
const LAST_RETRY: Millis = 300_000;

export function dueNow(outbox: Owed[], now: Instant): Owed[] {
  return outbox.filter((owed) => owed.notBefore <= now);
}

export function isMessage({ effect }: Owed): boolean {
  return effect.type === 'cards' || effect.type === 'tell';
}

/** Marks as begun: if this process dies now, another takes over when the claim has run out. */
export function claim(outbox: Owed[], ids: string[], now: Instant): Owed[] {
  return outbox.map((owed) => {
    if (!ids.includes(owed.id)) return owed;
    const until = now + (isMessage(owed) ? CLAIM.message : CLAIM.access);
    return { ...owed, attempts: owed.attempts + 1, notBefore: until };
  });
}

export function settle(outbox: Owed[], ids: string[]): Owed[] {
  return outbox.filter((owed) => !ids.includes(owed.id));
}

/** Tries again later: not before `until`, or after an exponential back-off by the attempts so far. */
export function putOff(outbox: Owed[], id: string, now: Instant, until?: Instant): Owed[] {
  return outbox.map((owed) =>
    owed.id === id ? { ...owed, notBefore: until ?? now + backOff(owed.attempts) } : owed,
  );
}

/** Owed again, whether or not somebody has settled it meanwhile; first, since it knows of the tries that may have landed. */
export function owe(outbox: Owed[], owed: Owed, notBefore: Instant): Owed[] {
  return [{ ...owed, notBefore }, ...settle(outbox, [owed.id])];
}

/** @param attempts how often it has been begun */
export function backOff(attempts: number): Millis {
  return Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(Math.max(attempts - 1, 0), 10));
}

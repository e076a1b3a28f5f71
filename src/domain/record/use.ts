import { isObject } from '../is-object.js';
import type { Instant, JsonObject, Millis } from '../entitlement.js';
import type { Event } from '../request/event.js';

/** What is kept of one entitlement: of its last requests that were used, for how long. */
const KEPT = 50;
/** Of fewer, nothing is said. */
const ENOUGH = 10;

/** The name of the note that holds it. */
export function useNote(entitlement: string): string {
  return `use-${entitlement}`;
}

/** One request whose access was used. */
interface Use {
  request: string;
  /** In ms. */
  used: Millis;
}

/**
 * How long access was really used: from when it was active until it ended or was handed back.
 * @param endsAt when it ended by itself: that it had, is found out a little later
 * @returns undefined for what was never used, and for what was cut short by somebody else or by a fault
 */
export function timeUsed(events: readonly Event[], endsAt: Instant): Millis | undefined {
  const began = events.find(({ type }) => type === 'GrantProvisioned')?.at;
  const end = events.find((event) => event.type === 'RevocationStarted');
  if (began === undefined || (end?.cause !== 'expired' && end?.cause !== 'released')) return undefined;
  return Math.max(0, Math.min(end.at, endsAt) - began);
}

/**
 * The note with one request more, the newest of them.
 * @returns undefined where that request is in it already
 */
export function withUse(note: JsonObject | undefined, { request, used }: Use): JsonObject | undefined {
  const uses = usesIn(note);
  if (uses.some((one) => one.request === request)) return undefined;
  return { uses: [...uses, { request, used }].slice(-KEPT).map((one) => ({ ...one })) };
}

/** How long people usually need it: the median; undefined while too few have used it. */
export function usualUse(note: JsonObject | undefined): Millis | undefined {
  const times = usesIn(note)
    .map(({ used }) => used)
    .sort((a, b) => a - b);
  if (times.length < ENOUGH) return undefined;
  const middle = times.length >> 1;
  return times.length % 2 === 1 ? times[middle] : (times[middle - 1]! + times[middle]!) / 2;
}

/** What is not as `withUse` writes it counts as absent: nothing depends on it but a word in the form. */
function usesIn(note: JsonObject | undefined): Use[] {
  const uses: unknown[] = Array.isArray(note?.['uses']) ? note['uses'] : [];
  return uses.flatMap((one) => {
    const { request, used } = isObject(one) ? one : {};
    return typeof request === 'string' && typeof used === 'number' && used >= 0 ? [{ request, used }] : [];
  });
}

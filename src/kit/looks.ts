import type { Instant, Millis } from '../domain/entitlement.js';
import { freshRun } from './fresh-run.js';

/** What was found, and when the look for it began: it is no older. */
interface Look<T> {
  at: Instant;
  found: T;
}

/** From this part of a look's time on, the next one is begun. */
const AHEAD = 0.8;

/**
 * Looks that callers share. Each caller says how old theirs may be.
 * @param how.lasts for so long a look may be had again by who asks for a recent one
 */
export function looks<T>(run: () => Promise<T>, { now, lasts }: { now: () => Instant; lasts: Millis }) {
  let last: Look<T> | undefined;
  let under: { at: Instant; look: Promise<Look<T>> } | undefined;
  let ahead: Promise<unknown> | undefined;
  const anew = freshRun(() => {
    const at = now();
    const look = run().then((found) => (last = { at, found }));
    const mine = (under = { at, look });
    const over = () => void (under === mine && (under = undefined));
    look.then(over, over);
    return look;
  });
  const age = (look: { at: Instant } | undefined) => (look ? now() - look.at : Infinity);
  const isRecent = (look: { at: Instant } | undefined) => age(look) >= 0 && age(look) < lasts;

  return {
    /**
     * When the last look began, or the one that is under way, if that is recent. Where it soon will not be, the next one is
     * begun, so that of many callers nobody waits for it.
     */
    recent(): Instant | undefined {
      if (!isRecent(last)) return isRecent(under) ? under?.at : undefined;
      if (age(last) >= lasts * AHEAD)
        ahead ??= anew()
          .catch(() => undefined)
          .finally(() => (ahead = undefined));
      return last?.at;
    },
    /** @param at the look is to have begun then or later; absent: after this call */
    async since(at: Instant = Infinity): Promise<Look<T>> {
      if (last && last.at >= at) return last;
      return under && under.at >= at ? under.look : anew();
    },
  };
}

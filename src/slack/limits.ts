import type { Instant, Millis } from '../domain/entitlement.js';
import type { Limited, SignedAct } from './acts/handler-context.js';

const TOO_MANY =
  'You are doing too many things at once, so this one was not done. Please wait a second and try again.';
const TOO_OFTEN =
  'You are doing more than jit allows one person, so nothing was done. Please wait a few seconds and try again. /jit cancel and /jit revoke still work.';

/** Acts of one person at work at once in this process. Each takes a look-up in Slack and a write. */
const AT_ONCE = 8;
/** Acts of one account in this process, before it is known who that is. Acts that end access are not counted. */
const ACTS = { burst: 20, perMinute: 30 };
/** Sessions that one person may ask for in this process, of all their access together. */
const SESSIONS = { burst: 10, perMinute: 10 };
/** Choices in forms, which cost a look at the policies and change nothing. */
const CHOICES = { burst: 40, perMinute: 60 };
/** So many keys are remembered, and more only while they are over their rate. */
const KEPT = 1000;

/**
 * One person's flood leaves the process to the others (invariant 16). In memory, for this process alone.
 * @param of.refuse marks a signed request as answered, so that it is not carried out when Slack sends it again
 */
export function personLimits({ now, refuse }: { now: () => Instant; refuse(seen: string): Promise<void> }) {
  const working = turns(AT_ONCE);
  // Counted apart, so that a person can end access even amid a flood of their own acts.
  const ending = turns(AT_ONCE);
  // Counted apart, so that a person who types fast can still send the form.
  const suggesting = turns(AT_ONCE);
  const replying = turns(AT_ONCE);
  // Counted apart, so that a person who tries out durations can still send the form.
  const choosing = turns(AT_ONCE);
  const mayChoose = allowance(CHOICES, now);
  const mayAct = allowance(ACTS, now);
  const mayOpen = allowance(SESSIONS, now);

  /** Carries out the act, or says why not, where that person does too much. */
  async function inTurn<T>(
    { actor: { id }, seen, ends, opens }: SignedAct & Limited,
    refused: (text: string) => T,
    work: () => Promise<T>,
  ): Promise<T> {
    const turnAway = (text: string) => refuse(seen).then(() => refused(text));
    if (ends) return ending(id, work) ?? turnAway(TOO_MANY);
    const may = () => mayAct(id) && (!opens || mayOpen(id));
    return working(id, () => (may() ? work() : turnAway(TOO_OFTEN))) ?? turnAway(TOO_MANY);
  }

  /** Draws a form anew; where a person does that too often, the form stays as it is. */
  async function filling<T>({ actor: { id } }: SignedAct, work: () => Promise<T>): Promise<T | undefined> {
    return mayChoose(id) ? choosing(id, work) : undefined;
  }

  return { inTurn, filling, suggesting, replying };
}

/**
 * Lets each key have at most `most` pieces of work at once. In memory, for this process alone; an idle key takes no memory.
 * @returns undefined, without having begun, when there are too many
 */
export function turns(most: number): <T>(key: string, work: () => Promise<T>) => Promise<T> | undefined {
  const atWork = new Map<string, number>();
  const count = (key: string, by: 1 | -1): void => {
    const now = (atWork.get(key) ?? 0) + by;
    if (now > 0) atWork.set(key, now);
    else atWork.delete(key);
  };
  return (key, work) => {
    if ((atWork.get(key) ?? 0) >= most) return undefined;
    count(key, 1);
    return work().finally(() => count(key, -1));
  };
}

/**
 * A rate limit for each key: `burst` at once, then `perMinute`. In memory, for this process alone.
 * @returns whether the key may act now; only an act that may be done counts
 */
function allowance({ burst, perMinute }: { burst: number; perMinute: number }, now: () => Instant) {
  const every: Millis = 60_000 / perMinute;
  /** When each key has its whole burst again; a key that is absent has it. */
  const whole = new Map<string, Instant>();

  return (key: string): boolean => {
    const at = now();
    const until = Math.max(whole.get(key) ?? at, at) + every;
    if (until - at > burst * every) return false;
    whole.set(key, until);
    if (whole.size > KEPT) for (const [other, then] of whole) if (then <= at) whole.delete(other);
    return true;
  };
}

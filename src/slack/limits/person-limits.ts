import type { Instant } from '../../domain/entitlement.js';
import type { Actor } from '../../ports/people.js';
import { turns } from './at-once.js';
import { allowance } from './rate-limit.js';

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

export interface Attempt {
  actor: Actor;
  seen: string;
  /** It cancels a request or ends access. */
  ends: boolean;
  /** It opens a session. */
  opens?: boolean;
}

/**
 * One person's flood leaves the process to the others (invariant 16). In memory, for this process alone.
 * @param of.refuse marks a signed request as answered, so that it is not carried out when Slack sends it again
 */
export function personLimits({ now, refuse }: { now: () => Instant; refuse(seen: string): Promise<void> }) {
  const working = turns(AT_ONCE);
  // Counted apart, so that no flood keeps anybody from ending access.
  const ending = turns(AT_ONCE);
  // Counted apart, so that a person who types fast can still send the form.
  const suggesting = turns(AT_ONCE);
  const replying = turns(AT_ONCE);
  const mayAct = allowance({ ...ACTS, now });
  const mayOpen = allowance({ ...SESSIONS, now });

  /** Carries out the act, or says why not, where that person does too much. */
  async function inTurn<T>(
    { actor: { id }, seen, ends, opens = false }: Attempt,
    refused: (text: string) => T,
    work: () => Promise<T>,
  ): Promise<T> {
    const turnAway = async (text: string): Promise<T> => {
      await refuse(seen);
      return refused(text);
    };
    if (ends) return ending(id, work) ?? turnAway(TOO_MANY);
    const may = () => mayAct(id) && (!opens || mayOpen(id));
    return working(id, () => (may() ? work() : turnAway(TOO_OFTEN))) ?? turnAway(TOO_MANY);
  }

  return { inTurn, suggesting, replying };
}

export type PersonLimits = ReturnType<typeof personLimits>;

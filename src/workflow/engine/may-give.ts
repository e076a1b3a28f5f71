import { whyUnusable, type Grant } from '../../domain/grant.js';
import { isLive, type State } from '../../domain/request/state.js';
import type { Clock } from '../../ports/clock.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';
import type { EngineDeps } from './effect.js';

/**
 * Why nothing is given now, if so: by policies that could be out of date, or half written, or while there are none, or
 * by a wrong clock. Access is taken away as ever.
 */
export async function whyNothingIsGiven(deps: EngineDeps): Promise<string | undefined> {
  return whyPoliciesDoNotCount(deps) ?? (await skewProblem(deps));
}

function whyPoliciesDoNotCount({ bundle }: { bundle: () => Bundle }): string | undefined {
  try {
    return bundle().standIn && 'policies only stand in';
  } catch (error) {
    if (error instanceof Unknowable) return error.message;
    throw error;
  }
}

/**
 * The grant by which access may be given now, by its own record and by the order to end it, never by HEAD. An error in
 * the log where HEAD promises what the grant's own record does not bear: somebody has rewritten one of the two.
 */
export async function usableGrant(
  { store, clock, log }: EngineDeps,
  { id }: State,
): Promise<Grant | undefined> {
  const [grant, end] = await Promise.all([store.grant(id), store.end(id)]);
  const why = grant ? whyUnusable(grant, { now: clock.now(), end }) : 'never-made';
  if (why === 'gone' || why === 'never-made') {
    // Read anew: a click during a hand-back is ordinary.
    const state = (await store.head(id))?.state;
    const what =
      why === 'gone'
        ? 'the access is gone, and its request says that it is not: nothing is given'
        : 'approved without a grant on record: nothing is provisioned';
    if (state && isLive(state)) log.error({ request: id, status: state.status }, what);
  }
  return why ? undefined : grant;
}

/** A clock further from AWS's than this cannot keep its promise of an end. */
const MOST_SKEW = 5_000;

/** Why this machine's clock cannot be relied on now, if so. */
export async function skewProblem({ clock }: { clock: Clock }): Promise<string | undefined> {
  const skew = await clock.skew();
  if (skew === undefined) return 'the clock could not be compared with that of AWS';
  return Math.abs(skew) > MOST_SKEW ? `the clock is ${skew} ms from that of AWS` : undefined;
}

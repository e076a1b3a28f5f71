import { SETTLED, type CarryOut } from '../effect.js';
import { skewProblem } from '../may-give.js';
import { failedTry, provisionerOf } from '../provisioner.js';

/** Clears away what an early end left standing, once no session can live any more. */
export const cleanUp: CarryOut<'clean-up'> = async (deps, { state: { id } }) => {
  const { store, clock, log } = deps;
  // A clock that is ahead would clear away a Deny that a living session still needs.
  const skewed = await skewProblem(deps);
  if (skewed) return { later: undefined, why: skewed };
  const grant = await store.grant(id);
  if (!grant || grant.cleanedUp) return SETTLED;
  const due = grant.gone?.cleanUpAt;
  if (due === undefined) {
    log.error({ request: id }, 'its request would clear away what nobody has left behind: nothing is done');
    return SETTLED;
  }
  // HEAD does not say when: what stands there keeps a session shut that still lives (invariant 1).
  if (clock.now() < due) return { later: due, why: 'a session may still live' };
  try {
    await provisionerOf(deps, grant).cleanUp(grant);
    return { done: { type: 'RecordCleanUp', at: clock.now() } };
  } catch (error) {
    const { later, why } = await failedTry(deps, grant, error);
    return { later, why };
  }
};

import { leaseFrom } from '../../../domain/duration.js';
import { termsOf, type State, type Terms } from '../../../domain/request/state.js';
import type { EngineDeps } from '../deps.js';
import { SETTLED, type CarryOut } from '../effect-outcome.js';
import { whyNothingIsGiven } from '../may-give.js';
import { confirmation } from './confirmation.js';

/** Decides once more, on everything as it is now, whether what approvers agreed to takes effect. */
export const confirm: CarryOut<'confirm'> = async (deps, { state }) => {
  if (state.status !== 'pending') return SETTLED;
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  const facts = await confirmation(deps, state);
  if ('why' in facts)
    return { later: undefined, why: `what the decision rests on cannot be known: ${facts.why}` };
  const at = deps.clock.now();
  const lease = leaseFrom(at, state.duration, deps.bundle().directory.warnBefore);
  return { done: { type: 'Confirm', at, lease, ...terms(deps, state), ...facts } };
};

/** What the grant keeps of the time of its approval. */
function terms({ kinds, bundle }: EngineDeps, { grant }: State): Terms {
  const form = kinds.find(({ name }) => name === grant.kind)?.form;
  const access = bundle().directory.accounts[grant.account];
  return termsOf({ form, access });
}

import { isEarly } from '../../../domain/lease.js';
import { Unknowable } from '../../../ports/policy.js';
import { SETTLED, type CarryOut } from '../effect.js';
import { whyNothingIsGiven } from '../may-give.js';
import { confirmation } from './confirm.js';

/**
 * Before its start, asks what the confirmation will ask then, so that the requester hears in time of what would keep it
 * from beginning. Put off while that cannot be known; at the start there is nothing left to look ahead to.
 */
export const lookAhead: CarryOut<'look-ahead'> = async (deps, { state }) => {
  const isOver = () => !isEarly(state, deps.clock.now());
  if (state.status !== 'pending' || isOver()) return SETTLED;
  // Who has to agree is looked at once more only where all have agreed, and that is after the preflight.
  if (!state.checked) return { later: undefined, why: 'the preflight comes first' };
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  try {
    const { basis: _, decidedAt: __, ...facts } = await confirmation(deps, state);
    return isOver() ? SETTLED : { done: { type: 'LookAhead', at: deps.clock.now(), ...facts } };
  } catch (error) {
    if (!(error instanceof Unknowable)) throw error;
    return { later: undefined, why: `whether it will begin cannot be known: ${error.message}` };
  }
};

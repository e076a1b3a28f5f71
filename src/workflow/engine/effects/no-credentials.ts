import { SETTLED, type CarryOut } from '../effect-outcome.js';
import { sendAgain, trySending } from '../message.js';

/** No person looks at an empty window for longer. */
const MOST_TRIES_OF_A_WINDOW = 4;

/** Says in the window that waits for credentials why there are none. */
export const noCredentials: CarryOut<'no-credentials'> = async (deps, head, owed) => {
  const { effect, attempts } = owed;
  const result = await trySending(deps, head, owed, () =>
    deps.notifier.showNoCredentials(effect.waiting, effect.why, effect.hint),
  );
  // If the person has closed the window, they press again: nothing is lost.
  if ('sent' in result || result.permanent || attempts > MOST_TRIES_OF_A_WINDOW) return SETTLED;
  return sendAgain(owed, result);
};

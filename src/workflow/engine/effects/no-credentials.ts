import type { CarryOut } from '../effect.js';
import { sendOrPutOff } from '../message.js';

/** No person looks at an empty window for longer. */
const MOST_TRIES_OF_A_WINDOW = 4;

/** Says in the window that waits for credentials why there are none. If the person has closed it, they press again. */
export const noCredentials: CarryOut<'no-credentials'> = (deps, head, owed) => {
  const { waiting, why, hint } = owed.effect;
  return sendOrPutOff(deps, head, owed, MOST_TRIES_OF_A_WINDOW, () =>
    deps.notifier.showNoCredentials(waiting, why, hint),
  );
};

import { putOff } from '../../../domain/request/outbox.js';
import { waitingStage } from '../../../domain/request/stories/story.js';
import { SETTLED, type CarryOut } from '../effect.js';
import { escalatesAt, stageNow, UNSURE } from '../../waiting.js';

/** Lets others decide, too, where nobody has in time. It waits for no message, and for nobody's morning. */
export const escalate: CarryOut<'escalate'> = async (deps, { state }, { id, effect }) => {
  const { stage } = effect;
  const now = deps.clock.now();
  if (waitingStage(state) !== stage || now >= state.lapsesAt) return SETTLED;
  const def = stageNow(deps, stage);
  const at = def === 'unknown' ? now + UNSURE : escalatesAt(def, state, effect);
  if (at === undefined) return SETTLED;
  if (def === 'unknown' || !def?.escalate || now < at)
    return { keep: () => ({ outbox: (outbox) => putOff(outbox, id, now, at) }) };
  return { done: { type: 'Escalate', at: now, stage, to: def.escalate.to } };
};

import { waitingStage } from '../../domain/request/stories/story.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { drawnAgain } from '../draw-again.js';
import type { EngineDeps } from '../engine/effect.js';
import { recordForEngine } from '../record-command.js';

/** So many requests are looked at. */
const MOST = 1_000;

/**
 * Has the messages of requests drawn again that wait at such a stage: who may decide there has changed, so somebody has to
 * hear of them, or has a button that no longer holds (invariant 15).
 */
export async function redrawWaiting(
  { store, clock, log }: Pick<EngineDeps, 'store' | 'clock' | 'log'>,
  isMeant: (stage: string) => boolean,
): Promise<void> {
  await sideBySide((await store.undecided()).slice(0, MOST), async (id) => {
    try {
      const head = await store.head(id);
      const stage = head && waitingStage(head.state);
      if (stage === undefined || !isMeant(stage)) return;
      await recordForEngine(store, id, undefined, (newest) => ({
        outbox: (all) => drawnAgain(all, newest, clock.now()),
      }));
    } catch (err) {
      // One that cannot be read keeps no other from being drawn (invariant 16).
      log.warn({ request: id, err }, 'the messages of a request could not be drawn again');
    }
  });
}

import type { Millis } from '../../domain/entitlement.js';
import { hurry } from '../../domain/request/outbox.js';
import type { EngineDeps } from '../engine/effect.js';
import { recordForEngine } from '../record-command.js';
import { sideBySide } from '../../kit/side-by-side.js';

/** What failed is tried again by then at the latest. */
const LONGEST: Millis = 3_600_000;
const MOST = 5_000;
const NOTE = 'retries';

/**
 * When the policy folder has changed, what could not be taken away is tried at once: a role, an account or a name that
 * was put right there may be what stood in the way.
 */
export async function retryAfterChange(deps: EngineDeps): Promise<void> {
  const { store, clock, bundle, log } = deps;
  const { hash } = bundle();
  const note = await store.note(NOTE);
  if (note?.['bundle'] === hash) return;
  const now = clock.now();
  await sideBySide(await store.due(now + LONGEST, MOST, now), async (id) => {
    try {
      const grant = await store.grant(id);
      if (!grant?.tries || grant.tries.next <= now) return;
      await store.saveGrant({ ...grant, tries: { ...grant.tries, next: now } });
      await recordForEngine(store, id, undefined, () => ({
        outbox: (outbox) => hurry(hurry(outbox, 'revoke', now), 'clean-up', now),
      }));
    } catch (error) {
      log.warn({ request: id, err: error }, 'could not be brought forward; it is tried when it is due');
    }
  });
  await store.saveNote(NOTE, { bundle: hash });
}

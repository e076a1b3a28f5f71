import type { Effect, State } from '../domain/request.js';
import { NotifyFault } from '../ports.js';
import type { EngineDeps } from './engine.js';
import { codeOf, isPermanent, RECORDING, type Outcome } from './outcome.js';
import { recordForEngine } from './record.js';

/** A person who has waited longer has turned away; they press again. */
const PATIENCE = 60_000;

/**
 * Opens a session and shows its credentials in the modal that waits for them. They are in this function and in
 * that modal, and nowhere else (invariant 9).
 */
export async function mint(
  deps: EngineDeps,
  { id }: State,
  { viewId, requestedAt }: Extract<Effect, { type: 'mint' }>,
): Promise<Outcome> {
  const { store, provisioners, clock } = deps;
  if (clock.now() - requestedAt > PATIENCE) return none('late');
  const before = await store.grant(id);
  const provisioner = before && provisioners[before.grant.kind];
  if (!before || clock.now() >= before.lease.endsAt) return none('ended');
  if (!provisioner?.mint) return none('failed', 'This access is not a session; it needs no credentials.');
  // On record before the call: whoever ends this early must know that a session may exist.
  const at = clock.now();
  const attempt = await recordForEngine(store, id, { type: 'AttemptMint', at });
  const grant = await store.grant(id);
  if (attempt.events.length === 0 || !grant) return none('ended');
  if (clock.now() - at > RECORDING) return { later: clock.now(), why: 'the record is slow' };
  try {
    const credentials = await provisioner.mint(grant, clock.now());
    const { accessKeyId, expiresAt } = credentials;
    const recorded = await recordForEngine(store, id, {
      type: 'RecordMint',
      at: clock.now(),
      accessKeyId,
      expiresAt,
    });
    if (recorded.head.state.status !== 'active') return await none('ended');
    return await shown(() => deps.notifier.showCredentials(viewId, recorded.head.state, credentials));
  } catch (error) {
    if (isPermanent(error)) return none('failed', error.hint);
    return { later: clock.now() + 3_000, why: codeOf(error) };
  }

  function none(why: 'ended' | 'late' | 'failed', hint?: string): Promise<Outcome> {
    return shown(() => deps.notifier.showNoCredentials(viewId, why, hint));
  }

  /** A modal that has been closed meanwhile is nobody's loss: the person presses again. */
  async function shown(show: () => Promise<void>): Promise<Outcome> {
    try {
      await show();
    } catch (error) {
      const code = error instanceof NotifyFault ? error.code : codeOf(error);
      deps.log.info({ request: id, code }, 'the credentials modal could not be updated');
    }
    return { done: undefined };
  }
}

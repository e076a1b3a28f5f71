import { defined } from '../../../domain/objects.js';
import type { Grant } from '../../../domain/grant.js';
import { putOff, settle } from '../../../domain/request/outbox.js';
import type { Ending } from '../../../domain/request/state.js';
import type { Keep } from '../../record-command.js';
import type { CarryOut, EngineDeps } from '../effect.js';
import { checkProof, failedTry, provisionerOf } from '../provisioner.js';

/** Takes the access away, and proves that it is gone. */
export const revoke: CarryOut<'revoke'> = async (deps, { state }, owed) => {
  const { clock } = deps;
  // The duty ends with the proof that it is gone, and with nothing else.
  const keep: Keep = (head, events) => ({
    outbox: (outbox) =>
      head.state.status === 'ending' && events.length === 0
        ? putOff(outbox, owed.id, clock.now())
        : settle(outbox, [owed.id]),
  });
  if (state.status !== 'ending') return { keep };
  const grant = await markedAsEnding(deps, state);
  const settledBy = Math.max(state.settledBy, grant?.settledBy ?? 0);
  try {
    // What has been cleared away is over: asked once more by a rewritten HEAD, AWS would keep a Deny for ever.
    const over = grant?.cleanedUp ? grant.gone : undefined;
    const proof = grant
      ? (over ?? (await provisionerOf(deps, grant).revoke(grant, clock.now())))
      : { checkedAt: clock.now(), evidence: 'no grant was ever recorded' };
    await checkProof(deps, state.id, proof);
    // Gone now, but a provisioning call may still be on its way: look again when none can be.
    if (proof.checkedAt <= settledBy) return { later: settledBy + 1_000, why: 'a call may still land' };
    return { done: { type: 'RecordGone', at: clock.now(), proof }, keep, known: { grant } };
  } catch (error) {
    return failedTry(deps, grant, error);
  }
};

/**
 * The grant that an ending request has. Before anything is taken away early, its own record says so: whoever rewrites
 * HEAD while AWS is asked, or while a call may still land, brings nothing back.
 */
async function markedAsEnding({ store, clock, log }: EngineDeps, state: Ending): Promise<Grant | undefined> {
  const grant = await store.grant(state.id);
  const at = clock.now();
  if (!grant || grant.gone || grant.ending || at >= grant.lease.endsAt) return grant;
  const { cause, by = 'jit', reason } = state;
  const marked: Grant = { ...grant, ending: { at, by, cause, ...defined({ reason }) } };
  await store.saveGrant(marked).catch((err: unknown) => {
    log.warn({ request: state.id, err }, 'that it is ending could not be noted; it is ended all the same');
  });
  return marked;
}

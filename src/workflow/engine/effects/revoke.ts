import { defined } from '../../../domain/defined.js';
import type { Millis } from '../../../domain/entitlement.js';
import type { Grant } from '../../../domain/grant.js';
import { backOff, putOff, settle } from '../../../domain/request/outbox.js';
import type { Ending, Proof } from '../../../domain/request/state.js';
import type { Keep } from '../../record-command.js';
import { isPermanent, SETTLED, type CarryOut, type EngineDeps } from '../effect.js';
import { skewProblem } from '../may-give.js';
import { GrantFault, type Provisioner } from '../../../ports/access.js';
import { codeOf } from '../../../kit/error-code.js';

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
    return { done: { type: 'RecordGone', at: clock.now(), proof }, keep };
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

/** What made this grant, and unmakes it. */
export function provisionerOf({ provisioners }: EngineDeps, { grant }: Pick<Grant, 'grant'>): Provisioner {
  const provisioner = provisioners[grant.kind];
  if (!provisioner) throw new GrantFault('UnknownGrantKind', `no provisioner for ${grant.kind}`, false);
  return provisioner;
}

/**
 * Says at the level of an alarm what the proof asks for, at once: the next look no longer finds what was changed by hand.
 * @throws GrantFault while the clock is wrong: what was looked at is true; when it was looked at, only a clock that
 *   agrees with AWS's can say
 */
export async function checkProof(deps: EngineDeps, id: string, proof: Proof): Promise<void> {
  if (proof.alarm) deps.log.error({ request: id, alarm: proof.alarm }, proof.evidence);
  await requireTrueClock(deps);
}

/** @throws GrantFault while the clock is wrong */
export async function requireTrueClock(deps: EngineDeps): Promise<void> {
  const skewed = await skewProblem(deps);
  if (skewed) throw new GrantFault('ClockSkew', skewed, false);
}

/** What may pass is tried again within five minutes, what will not within an hour. */
const A_WHILE: Millis = 300_000;
const LONGEST: Millis = 3_600_000;

/** A try to take away that failed goes into the grant's own record, with when the next is due: it is never given up. */
export async function failedTry(
  { store, clock, log }: EngineDeps,
  grant: Grant | undefined,
  error: unknown,
): Promise<{ later: number | undefined; why: string; failures: number }> {
  const why = codeOf(error);
  if (!grant) return { later: undefined, why, failures: 1 };
  const count = (grant.tries?.count ?? 0) + 1;
  const next = clock.now() + backOff(count, isPermanent(error) ? LONGEST : A_WHILE);
  await store.saveGrant({ ...grant, tries: { count, next } }).catch((err: unknown) => {
    log.warn({ request: grant.requestId, err }, 'a failed try could not be noted');
  });
  return { later: next, why, failures: count };
}

import { withFailedTry, type Grant } from '../../domain/grant.js';
import type { Proof } from '../../domain/request/state.js';
import { GrantFault, type Provisioner } from '../../ports/access.js';
import { skewProblem } from './may-give.js';
import { isPermanent, type EngineDeps } from './effect.js';
import { codeOf } from '../../kit/error-code.js';

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

/** A try to take away that failed goes into the grant's own record, with when the next is due: it is never given up. */
export async function failedTry(
  { store, clock, log }: EngineDeps,
  grant: Grant | undefined,
  error: unknown,
): Promise<{ later: number | undefined; why: string; failures: number }> {
  const why = codeOf(error);
  if (!grant) return { later: undefined, why, failures: 1 };
  const tried = withFailedTry(grant, { now: clock.now(), permanent: isPermanent(error) });
  await store.saveGrant(tried).catch((err: unknown) => {
    log.warn({ request: grant.requestId, err }, 'a failed try could not be noted');
  });
  return { later: tried.tries.next, why, failures: tried.tries.count };
}

import type { Millis } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { backOff } from '../../domain/request/outbox.js';
import type { Proof, Reason, State } from '../../domain/request/state.js';
import { codeOf } from '../../kit/error-code.js';
import { GrantFault, type Provisioner } from '../../ports/access.js';
import { isPermanent, type EngineDeps } from './effect.js';
import { skewProblem } from './may-give.js';

/** What made this grant, and unmakes it. */
export function provisionerOf({ provisioners }: EngineDeps, { grant }: Pick<Grant, 'grant'>): Provisioner {
  const provisioner = provisioners[grant.kind];
  if (!provisioner) throw new GrantFault('UnknownGrantKind', `no provisioner for ${grant.kind}`, false);
  return provisioner;
}

/** Why there is no access, for people: AWS refused it. */
export function refusedByAws({ code, hint }: GrantFault): Reason {
  return { code: 'aws', error: code, hint };
}

/** Why there is no access, for people: this release cannot make it. */
export function unknownKind({ grant }: State): Reason {
  return { code: 'aws', error: 'UnknownGrantKind', hint: `The grant kind ${grant.kind} is not known.` };
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
